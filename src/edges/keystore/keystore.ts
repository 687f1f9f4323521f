// What every keystore does: keeps, or derives, the 32-byte key of one slot of a vault.
import type { Secret } from '#base'

/** What protects a key: weaker to the right. */
type Assurance = 'hardware' | 'system' | 'passphrase' | 'file'

/** What a keystore wrote down in the slot. Nothing secret, and attacker-controlled when it comes back. */
export type SlotParams = Readonly<Record<string, string | number>>

/** All that a new key slot needs to know. */
export interface SlotKey {
  readonly kind: string
  readonly assurance: Assurance
  /** Where the key is, a sentence for people. */
  readonly place: string
  readonly params: SlotParams
  /** 32 bytes. */
  readonly key: Secret
}

/** A place that keeps the key of a slot: what the vault needs of any of them. */
export interface Keystore {
  readonly kind: string
  readonly assurance: Assurance
  /** Where it keeps keys, a sentence for people. */
  readonly place: string
  /**
   * Tries whether the store can keep a key now.
   * @throws Fault `keystore-absent`, `keystore-locked`
   */
  probe(): Promise<void>
  /** Makes a slot key for a vault and keeps it. Never overwrites one. @throws as `probe`; `passphrase-weak` */
  enrol(vault: string): Promise<SlotKey>
  /**
   * Gives the slot key back. It belongs to the caller.
   * @throws Fault `keystore-absent`, `keystore-locked`; `keystore-lost` if the store works and the key is gone;
   *   `vault-corrupt` for parameters out of range.
   */
  unlock(vault: string, params: SlotParams): Promise<Secret>
}

export const slotKeyBytes = 32
