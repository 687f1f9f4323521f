// `keyreeve/redaction`: finds and masks secrets, those that look like one and those that are known.
export { Secret } from '#base'
export { redact, redactStream, scan, StreamRedactor } from '#redaction'
export type { Confidence, Finding, KnownFinder, RedactOptions, Replacement, ScanOptions } from '#redaction'
export { knownSecrets, KnownSecrets, parseKnownSecrets } from '#known'
