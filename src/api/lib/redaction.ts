// `keyreeve/redaction`: finds and masks secrets, those that look like one and those that are known.
export { Secret } from '#base'
export {
  EventRedactor,
  PseudonymMap,
  redact,
  redactEvents,
  redactStream,
  scan,
  StreamRedactor,
} from '#redaction'
export type {
  Confidence,
  EventOptions,
  Finding,
  KnownFinder,
  PseudonymLimits,
  RedactOptions,
  Replacement,
  Restoration,
  ScanOptions,
} from '#redaction'
export { knownSecrets, KnownSecrets, parseKnownSecrets } from '#known'
