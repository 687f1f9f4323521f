export { knownSecrets, KnownSecrets, parseKnownSecrets } from './known.ts'
