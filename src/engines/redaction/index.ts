export type { Confidence, Finding, ScanOptions } from './finding.ts'
export { redact, scan } from './redact.ts'
export { redactStream } from './stream.ts'
export { knownSecrets, KnownSecrets, parseKnownSecrets } from './known.ts'
