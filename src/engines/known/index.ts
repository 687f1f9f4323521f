export { KnownSecrets, parseKnownSecrets } from './known.ts'
