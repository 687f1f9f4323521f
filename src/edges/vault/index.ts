export { createVault, openVault } from './opening.ts'
export { newVaultId, readHeader, type Header, type Slot } from './header.ts'
export type { SecretEntry } from './contents.ts'
export type { PutInput, Vault } from './vault.ts'
