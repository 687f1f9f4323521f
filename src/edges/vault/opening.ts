// Makes a vault and opens one: under the folder's lock, from private files only.
import { asFault, Fault, hex, Secret, type Clock, type Random } from '#base'
import { lockFolder, replaceFile, syncFolder } from '#os'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { recordFolder } from './contents.ts'
import { digestOf, keyBytes } from './envelope.ts'
import { makePrivate } from './folder.ts'
import { encodeHeader, makeSlot, openSlot, standingHeader, type NewSlot } from './header.ts'
import { encodeManifest } from './manifest.ts'
import { Vault } from './vault.ts'

export interface CreateWith {
  /** From `newVaultId`. */
  readonly id: string
  /** At least one. */
  readonly slots: readonly NewSlot[]
  readonly random: Random
  readonly clock: Clock
}

export interface OpenWith {
  /** Id of the slot, from `readHeader`. */
  readonly slot: string
  /** The slot's key, 32 bytes. Stays the caller's. */
  readonly key: Secret
  readonly random: Random
  readonly clock: Clock
}

/**
 * Makes a vault in `dir`, which may exist but holds none. The header is written last: until then there is no vault.
 * @throws Fault `vault-exists`; `usage` without a slot; `vault-corrupt` if records are there and the header is gone; `home-insecure`,
 *   `vault-in-use`, `disk-full`
 */
export function createVault(dir: string, { id, slots, random, clock }: CreateWith): Vault {
  return underLock(dir, (unlock, repairs) => {
    if (slots.length === 0) throw new Fault('usage', 'a vault has at least one key slot')
    if (isThere(dir)) throw new Fault('vault-exists', 'there is a vault already')
    const kek = Secret.own(random(keyBytes))
    const kekId = hex(random(8))
    const maker = { kek, vault: id, kekId, now: clock.now(), random }
    const header = { id, createdAt: maker.now, kekId, slots: slots.map((slot) => makeSlot(slot, maker)) }
    const bytes = encodeHeader(header)
    const manifest = { vault: id, kek: kekId, version: 1, header: digestOf(bytes), records: new Map() }
    mkdirSync(recordFolder(dir, kekId), { mode: 0o700 })
    replaceFile(join(dir, 'manifest.json'), encodeManifest(manifest, kek))
    replaceFile(join(dir, 'header.json'), bytes)
    syncFolder(dirname(dir))
    return new Vault({ dir, kek, unlock, repairs, random, clock })
  })
}

/**
 * Opens a vault with the key of one of its slots: proves header, manifest and every record's file.
 * @throws Fault `vault-absent`; `slot-unknown`; `passphrase-wrong` or `keystore-lost` for a key that does not fit;
 *   `vault-corrupt` naming the file; `vault-in-use`; `home-insecure`; `version-unsupported`
 */
export function openVault(dir: string, { slot: slotId, key, random, clock }: OpenWith): Vault {
  if (!isThere(dir)) throw new Fault('vault-absent', 'there is no vault yet')
  return underLock(dir, (unlock, repairs) => {
    const { header } = standingHeader(dir)
    const slot = header.slots.find(({ id }) => id === slotId)
    if (slot === undefined) throw new Fault('slot-unknown', 'the vault has no such key slot')
    const kek = Secret.own(openSlot(header, slot, key))
    return new Vault({ dir, kek, unlock, repairs, random, clock })
  })
}

function isThere(dir: string): boolean {
  try {
    standingHeader(dir)
    return true
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'vault-absent') return false
    throw thrown
  }
}

type UnderLock = (unlock: () => void, repairs: readonly string[]) => Vault

function underLock(dir: string, act: UnderLock): Vault {
  let unlock: (() => void) | null = null
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    const repairs = makePrivate(dir)
    unlock = lockFolder(dir, { busy: 'vault-in-use', what: 'this vault' })
    return act(unlock, repairs)
  } catch (thrown) {
    unlock?.()
    throw asFault(thrown, 'the vault could not be opened')
  }
}
