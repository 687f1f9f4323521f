// keyreeve/journal: writes a log that proves itself, and verifies one without any secret.
export {
  DurableIntent,
  openLog,
  type Entry,
  type JournalEvent,
  type Log,
  type LogKeys,
  type OpenOptions,
} from '#journal'
export {
  openProof,
  proveEvent,
  verifyLog,
  type Problem,
  type ProblemCode,
  type Verification,
  type VerifyOptions,
} from '#verify'
