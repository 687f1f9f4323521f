export type { Confidence, Finding, KnownFinder, ScanOptions } from './finding.ts'
export { redact, scan } from './redact.ts'
export { redactStream } from './stream.ts'
