// `keyreeve/redaction`: finds and masks secrets, those that look like one and those that are known.
export { Secret } from '#base'
export { redact, redactStream, scan } from '#redaction'
export type { Confidence, Finding, KnownFinder, ScanOptions } from '#redaction'
export { knownSecrets, KnownSecrets, parseKnownSecrets } from '#known'
