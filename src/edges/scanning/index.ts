export { readBaseline, writeBaseline, type Baseline, type BaselineEntry } from './baseline.ts'
export type { FoundSecret, Gap, GapReason } from './finding.ts'
export { annotation, sarifLog } from './sarif.ts'
export { scanPaths, type ScanRequest, type ScanResult } from './scan.ts'
export { scanOptions, usualLimits, type Limits, type Settings } from './settings.ts'
export type { TranscriptFindings, TranscriptSecret } from './transcript.ts'
export {
  scanTranscripts,
  type Assistant,
  type TranscriptReport,
  type TranscriptRequest,
} from './transcripts.ts'
