// `@keyreeve/redaction`: what `keyreeve/redaction` has but known secrets, which take Node. It runs in browsers, too.
export { Secret } from '#base'
export {
  EventRedactor,
  GuardedRedactor,
  parseRules,
  PseudonymMap,
  RecordRedactor,
  redact,
  redactEvents,
  redactRecord,
  redactStream,
  Rules,
  scan,
  StreamRedactor,
  StreamScanner,
} from '#redaction'
export type {
  Confidence,
  EventOptions,
  Finding,
  KnownFinder,
  PiiKind,
  PseudonymLimits,
  RecordLimits,
  RecordOptions,
  RedactOptions,
  Replacement,
  Restoration,
  ScanOptions,
} from '#redaction'
