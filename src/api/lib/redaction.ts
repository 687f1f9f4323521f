// `keyreeve/redaction`: finds and masks secrets, those that look like one and those that are known.
export * from './package.ts'
export { KnownSecrets, parseKnownSecrets } from '#known'
export { knownSecrets } from './known.ts'
