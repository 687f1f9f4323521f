// Opens the vault with the keystores at hand, or makes one where there is none.
import { asFault, Fault, type FaultCode, type Secret } from '#base'
import { fileStore, passphraseStore, systemStore, type Keystore, type SlotKey } from '#keystore'
import { createVault, newVaultId, openVault, readHeader, type Header, type Slot, type Vault } from '#vault'
import { dirname, join } from 'node:path'
import type { KeeperOptions } from './keeper.ts'

export interface Open {
  readonly vault: Vault
  /** The one that opened it. */
  readonly slot: Slot
  readonly created: boolean
}

interface Stores {
  readonly system: Keystore
  /** Null if nobody typed one. */
  readonly passphrase: Keystore | null
  readonly file: Keystore
}

const strongestFirst = ['hardware', 'system', 'passphrase', 'file']

/** Another slot may still open the vault. */
const slotFaults: readonly FaultCode[] = [
  'keystore-absent',
  'keystore-locked',
  'keystore-lost',
  'passphrase-wrong',
]

/**
 * Opens the vault with the passphrase if one is given, else with any keystore that needs no person.
 * @throws Fault `locked` if only a passphrase opens it; `passphrase-wrong`, `keystore-absent`, `keystore-locked`,
 *   `keystore-lost`; what `openVault` and `createVault` throw.
 */
export async function openOrCreate(options: KeeperOptions, passphrase: Secret | null): Promise<Open> {
  const stores = storesOf(options, passphrase)
  const header = headerOf(options.dir)
  return header === null ? create(options, stores) : open(options, stores, header)
}

function storesOf(options: KeeperOptions, passphrase: Secret | null): Stores {
  const { dir, random } = options
  return {
    system: systemStore(options),
    passphrase: passphrase === null ? null : passphraseStore(passphrase, random),
    file: fileStore(join(dirname(dir), 'vault-key'), random),
  }
}

function headerOf(dir: string): Header | null {
  try {
    return readHeader(dir)
  } catch (thrown) {
    const fault = asFault(thrown, 'the vault cannot be read')
    if (fault.code === 'vault-absent') return null
    throw fault
  }
}

async function create({ dir, random, clock }: KeeperOptions, stores: Stores): Promise<Open> {
  const id = newVaultId(random)
  const first = await firstSlot(id, stores)
  try {
    const vault = createVault(dir, { id, slots: [first], random, clock })
    return { vault, slot: vault.slots[0]!, created: true }
  } finally {
    first.key.dispose()
  }
}

/** A system keystore that is there but locked is no reason for a weaker slot: only one that is absent is. */
async function firstSlot(id: string, { system, passphrase, file }: Stores): Promise<SlotKey> {
  try {
    return await system.enrol(id)
  } catch (thrown) {
    const fault = asFault(thrown, 'the system keystore failed')
    if (fault.code !== 'keystore-absent') throw fault
    return (passphrase ?? file).enrol(id)
  }
}

async function open(options: KeeperOptions, stores: Stores, header: Header): Promise<Open> {
  const faults: Fault[] = []
  for (const slot of slotsToTry(header, stores)) {
    try {
      return await openWith(options, { header, slot, store: storeOf(slot, stores) })
    } catch (thrown) {
      const fault = asFault(thrown, 'the vault could not be opened')
      if (!slotFaults.includes(fault.code)) throw fault
      faults.push(fault)
    }
  }
  throw faults[0] ?? new Fault('locked', 'this vault opens with a passphrase')
}

/** Whoever types a passphrase means it: it is tried alone, so that a wrong one is not hidden by another slot. */
function slotsToTry({ slots }: Header, stores: Stores): Slot[] {
  const typed = stores.passphrase === null ? [] : slots.filter(({ kind }) => kind === 'passphrase')
  if (typed.length > 0) return typed
  return slots
    .filter((slot) => storeOf(slot, stores) !== null)
    .toSorted((a, b) => strongestFirst.indexOf(a.assurance) - strongestFirst.indexOf(b.assurance))
}

/** Null for a slot that nothing at hand can open. */
function storeOf({ kind }: Slot, { system, passphrase, file }: Stores): Keystore | null {
  return [system, passphrase, file].find((store) => store?.kind === kind) ?? null
}

interface Try {
  readonly header: Header
  readonly slot: Slot
  readonly store: Keystore | null
}

async function openWith({ dir, random, clock }: KeeperOptions, { header, slot, store }: Try): Promise<Open> {
  if (store === null) throw new Fault('keystore-absent', `no keystore here opens slot ${slot.id}`)
  using key = await store.unlock(header.id, slot.params)
  const vault = openVault(dir, { slot: slot.id, key, random, clock })
  return { vault, slot, created: false }
}
