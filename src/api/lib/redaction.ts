// `keyreeve/redaction`: finds and masks secrets, those that look like one and those that are known.
export { Secret } from '#base'
export {
  EventRedactor,
  parseRules,
  PseudonymMap,
  redact,
  redactEvents,
  redactStream,
  Rules,
  scan,
  StreamRedactor,
} from '#redaction'
export type {
  Confidence,
  EventOptions,
  Finding,
  KnownFinder,
  PiiKind,
  PseudonymLimits,
  RedactOptions,
  Replacement,
  Restoration,
  ScanOptions,
} from '#redaction'
export { RecordRedactor, redactRecord, type RecordLimits, type RecordOptions } from '#redaction'
export { KnownSecrets, parseKnownSecrets } from '#known'
export { knownSecrets } from './known.ts'
