export { openIngest, type Ingest, type IngestOptions } from './ingest.ts'
export type { DropReason, IngestCounts } from './counts.ts'
export type { Place } from './syslog.ts'
