export type { Keystore, SlotKey } from './keystore.ts'
export { systemStore } from './system.ts'
export { passphraseStore } from './passphrase.ts'
export { fileStore } from './file.ts'
