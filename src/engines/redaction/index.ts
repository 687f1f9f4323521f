export type { Confidence, Finding, KnownFinder, RedactOptions, Replacement, ScanOptions } from './finding.ts'
export { redact, scan } from './redact.ts'
export { redactStream, StreamRedactor } from './stream.ts'
export { RecordRedactor, redactRecord, type RecordLimits, type RecordOptions } from './record.ts'
