export type { Confidence, Finding, KnownFinder, ScanOptions } from './finding.ts'
export { redact, scan } from './redact.ts'
export { redactStream } from './stream.ts'
export { RecordRedactor, redactRecord, type RecordLimits, type RecordOptions } from './record.ts'
