// What one server process keeps for itself: a vault with its keys, and the journal of what it did.
import { asFault, Fault, fromBase64url, Secret, type Clock, type Random } from '#base'
import { openLog, type JournalEvent, type Log, type LogKeys } from '#journal'
import { fileStore, type Keystore } from '#keystore'
import {
  createVault,
  dayKeys,
  journalKeys,
  keyFor,
  newVaultId,
  openVault,
  readHeader,
  type Vault,
} from '#vault'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where a server keeps things, and by which key. */
export interface StateOptions {
  /** Folder of this process alone, mode 0700. */
  readonly folder: string
  /** File of the vault's key; without one it lies in the folder, which protects from nobody who reads the folder. */
  readonly vaultKey: string | null
  /** File of 32 bytes that all processes of one registry share; without one the key comes from the vault. */
  readonly sharedKey: string | null
  readonly clock: Clock
  readonly random: Random
}

/** An open state. */
export interface State {
  /** Seals signing keys in the registry. 32 bytes. */
  readonly wrappingKey: Secret
  readonly log: Log
  /** Records an event; settles when it is on disk. */
  record(event: JournalEvent): Promise<void>
  close(): Promise<void>
}

const keyBytes = 32

/**
 * Opens the state of a server, or begins one.
 * @throws Fault `already-running` or `vault-in-use` if another process has it; `keystore-lost`, `vault-corrupt`,
 *   `journal-corrupt`; `server-key-invalid` for a shared key of a wrong form.
 */
export async function openState(options: StateOptions): Promise<State> {
  const { folder, clock, random } = options
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const vault = await openOrCreate(options)
  try {
    const wrappingKey = wrappingKeyOf(options, vault)
    const log = await openLog({ dir: join(folder, 'journal'), keys: logKeys(vault, options), clock, random })
    return {
      wrappingKey,
      log,
      record: async (event) => void (await log.append(event)),
      close: async () => {
        await log.close()
        wrappingKey.dispose()
        vault.close()
      },
    }
  } catch (thrown) {
    vault.close()
    throw thrown
  }
}

async function openOrCreate({ folder, vaultKey, clock, random }: StateOptions): Promise<Vault> {
  const dir = join(folder, 'vault')
  const store = fileStore(vaultKey ?? join(folder, 'vault-key'), random)
  return isBegun(dir) ? open(dir, { store, clock, random }) : create(dir, { store, clock, random })
}

interface Means {
  readonly store: Keystore
  readonly clock: Clock
  readonly random: Random
}

async function create(dir: string, { store, clock, random }: Means): Promise<Vault> {
  const id = newVaultId(random)
  const slot = await store.enrol(id)
  try {
    return createVault(dir, { id, slots: [slot], clock, random })
  } finally {
    slot.key.dispose()
  }
}

async function open(dir: string, { store, clock, random }: Means): Promise<Vault> {
  const { id, slots } = readHeader(dir)
  const slot = slots.find(({ kind }) => kind === store.kind)
  if (slot === undefined) throw new Fault('keystore-absent', 'no key slot of this vault opens by a file')
  using key = await store.unlock(id, slot.params)
  return openVault(dir, { slot: slot.id, key, clock, random })
}

function isBegun(dir: string): boolean {
  try {
    readHeader(dir)
    return true
  } catch (thrown) {
    const fault = asFault(thrown, 'the vault cannot be read')
    if (fault.code === 'vault-absent') return false
    throw fault
  }
}

function wrappingKeyOf({ sharedKey, random }: StateOptions, vault: Vault): Secret {
  if (sharedKey === null)
    return Secret.own(fromBase64url(keyFor('keyreeve/server/signing-keys/v1', vault, random)))
  const key = Secret.own(readKey(sharedKey))
  if (key.length === keyBytes) return key
  key.dispose()
  throw new Fault('server-key-invalid', `${sharedKey} does not hold ${keyBytes} bytes`)
}

function readKey(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new Fault('server-key-invalid', `${path} cannot be read`, { cause })
  }
}

function logKeys(vault: Vault, sources: StateOptions): LogKeys {
  const { origin, signingKey, session, ratchet } = journalKeys(vault, sources)
  return {
    origin,
    signingKey: Secret.own(fromBase64url(signingKey)),
    session,
    ratchet: Secret.own(fromBase64url(ratchet)),
    async dayKey(day) {
      const [found] = dayKeys(vault, [day], sources)
      return found === undefined ? null : Secret.own(fromBase64url(found.key))
    },
  }
}
