// The vault: values at rest, each sealed under a key of its own, opened by any one key slot.
import { asFault, Fault, hex, type Clock, type Random, type Secret } from '#base'
import { replaceFile } from '#os'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  indexKey,
  readContents,
  readRecord,
  recordPath,
  settleHeader,
  sweep,
  type Contents,
  type Indexed,
  type SecretEntry,
} from './contents.ts'
import { digestOf } from './envelope.ts'
import { encodeHeader, makeSlot, mostSlots, type NewSlot, type Slot } from './header.ts'
import { encodeManifest, type Manifest } from './manifest.ts'
import { filedName } from './name.ts'
import { kindForm, largestValue, openBody, sealRecord } from './record.ts'

/** A value to be kept, and what to call it. */
export interface PutInput {
  /** `secret` for what people put in; other kinds are the product's own. A word in small letters. */
  readonly kind: string
  /** Attacker-controlled. */
  readonly name: string
  /** At most 1 MiB. Stays the caller's. */
  readonly value: Secret
  /** Kept with the value; the vault itself lets nothing expire. */
  readonly expiresAt?: number
}

export interface Opened {
  readonly dir: string
  readonly kek: Secret
  readonly unlock: () => void
  readonly repairs: readonly string[]
  readonly random: Random
  readonly clock: Clock
}

/**
 * An open vault. It holds the folder's lock until `close`. Calls are synchronous: a change is on disk when the call
 * returns, and no two changes can interleave. After `close` every call throws Fault `locked`.
 */
export class Vault {
  /** What had to be put right at opening (modes of files), one sentence each. */
  readonly repairs: readonly string[]
  readonly #opened: Opened
  #contents: Contents | null

  /** For `createVault` and `openVault`, which hold the lock that this needs. */
  constructor(opened: Opened) {
    this.#opened = opened
    this.repairs = opened.repairs
    try {
      this.#contents = this.#readAgain()
    } catch (thrown) {
      opened.kek.dispose()
      throw thrown
    }
  }

  get id(): string {
    return this.#live().header.id
  }

  /** One more with each change; a smaller number than was seen before means that the folder was rolled back. */
  get version(): number {
    return this.#live().manifest.version
  }

  get slots(): readonly Slot[] {
    return this.#live().header.slots
  }

  /**
   * Sets a value. The one before it is removed.
   * @throws Fault `secret-name-invalid`, `secret-too-large`, `disk-full`; after any of them the old value stands.
   */
  put({ kind, name, value, expiresAt }: PutInput): SecretEntry {
    const { index } = this.#live()
    const filed = filedName(name)
    if (!kindForm.test(kind)) throw new Fault('internal', 'a kind of record without a valid name')
    if (value.length > largestValue) throw new Fault('secret-too-large', `a value of ${value.length} bytes`)
    const known = index.get(indexKey(kind, filed))
    const now = this.#opened.clock.now()
    const entry = {
      name: filed,
      kind,
      createdAt: known?.entry.createdAt ?? now,
      updatedAt: now,
      bytes: value.length,
      ...(expiresAt !== undefined && { expiresAt }),
      version: (known?.entry.version ?? 0) + 1,
    }
    this.#write({ id: known?.id ?? hex(this.#opened.random(16)), entry }, value)
    return entry
  }

  /** Opens a value; it belongs to the caller, who disposes it. @throws Fault `secret-unknown`, `vault-corrupt` */
  get(kind: string, name: string): Secret {
    const { id } = this.#find(kind, name)
    const { bytes, place } = readRecord(this.#opened.dir, this.#live().manifest, id)
    return openBody(place, this.#opened.kek, bytes)
  }

  has(kind: string, name: string): boolean {
    return this.#live().index.has(indexKey(kind, filedName(name)))
  }

  /** What is known of the values of a kind, sorted by name. */
  list(kind: string): SecretEntry[] {
    return [...this.#live().index.values()]
      .map(({ entry }) => entry)
      .filter((entry) => entry.kind === kind)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** Removes a value. @throws Fault `secret-unknown`, `disk-full` */
  remove(kind: string, name: string): void {
    const { id, entry } = this.#find(kind, name)
    const { manifest, index } = this.#live()
    const records = new Map(manifest.records)
    records.delete(id)
    this.#commit({ records })
    const rest = new Map(index)
    rest.delete(indexKey(entry.kind, entry.name))
    this.#contents = { ...this.#live(), index: rest }
    discard(this.#path(id, entry.version))
  }

  /** Lets one more key open the vault. @throws Fault `usage` above 32 slots */
  addSlot(slot: NewSlot): Slot {
    const { id: vault, kekId, slots } = this.#live().header
    if (slots.length >= mostSlots) throw new Fault('usage', `a vault has at most ${mostSlots} key slots`)
    const { kek, random, clock } = this.#opened
    const made = makeSlot(slot, { kek, vault, kekId, now: clock.now(), random })
    this.#changeSlots([...slots, made])
    return made
  }

  /**
   * Lets a key open the vault no more. Whoever kept a copy of the old header and has the slot's key can still take the
   * key-encryption key out of it.
   * @throws Fault `slot-unknown`; `usage` for the only slot.
   */
  removeSlot(id: string): void {
    const rest = this.slots.filter((slot) => slot.id !== id)
    if (rest.length === this.slots.length) throw new Fault('slot-unknown', 'the vault has no such key slot')
    if (rest.length === 0) throw new Fault('usage', 'the only key slot of a vault cannot be removed')
    this.#changeSlots(rest)
  }

  /** Zeroes the key and gives the lock back. A second call does nothing. */
  close(): void {
    if (this.#contents === null) return
    this.#contents = null
    this.#opened.kek.dispose()
    this.#opened.unlock()
  }

  #find(kind: string, name: string): Indexed {
    const found = this.#live().index.get(indexKey(kind, filedName(name)))
    if (found === undefined) throw new Fault('secret-unknown', 'the vault holds nothing under this name')
    return found
  }

  #write({ id, entry }: Indexed, value: Secret): void {
    const { header, manifest } = this.#live()
    const { kek, random } = this.#opened
    const { version, ...meta } = entry
    const place = { vault: header.id, kekId: header.kekId, id, version }
    const bytes = sealRecord(place, { kek, meta, value, random })
    this.#guarded(() => replaceFile(this.#path(id, version), bytes))
    this.#commit({ records: new Map(manifest.records).set(id, { version, digest: digestOf(bytes) }) })
    const { index } = this.#live()
    this.#contents = {
      ...this.#live(),
      index: new Map(index).set(indexKey(meta.kind, meta.name), { id, entry }),
    }
    discard(this.#path(id, version - 1))
  }

  /** The new header waits beside the old one until the manifest names it. */
  #changeSlots(slots: readonly Slot[]): void {
    const header = { ...this.#live().header, slots }
    const bytes = encodeHeader(header)
    this.#guarded(() => replaceFile(join(this.#opened.dir, 'header.next.json'), bytes))
    this.#commit({ header: digestOf(bytes) })
    this.#contents = { ...this.#live(), header }
    this.#guarded(() => settleHeader(this.#opened.dir))
  }

  /** The one step that makes a change true. */
  #commit(change: Partial<Pick<Manifest, 'records' | 'header'>>): void {
    const { dir, kek } = this.#opened
    const contents = this.#live()
    const manifest = { ...contents.manifest, ...change, version: contents.manifest.version + 1 }
    this.#guarded(() => replaceFile(join(dir, 'manifest.json'), encodeManifest(manifest, kek)))
    this.#contents = { ...contents, manifest }
  }

  /** A write that failed may or may not have reached the disk: what is there is read again, and what is left over goes. */
  #guarded(write: () => void): void {
    try {
      write()
    } catch (thrown) {
      this.#contents = this.#readAgain()
      throw asFault(thrown, 'the vault could not be written')
    }
  }

  #readAgain(): Contents {
    const contents = readContents(this.#opened.dir, this.#opened.kek)
    sweep(this.#opened.dir, contents)
    return contents
  }

  #path(id: string, version: number): string {
    return recordPath(this.#opened.dir, { kekId: this.#live().header.kekId, id, version })
  }

  #live(): Contents {
    if (this.#contents === null) throw new Fault('locked', 'the vault was closed')
    return this.#contents
  }
}

/** Removes a file that no longer counts. One that cannot be removed now goes at the next opening. */
function discard(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // The change is on disk already: it must not look as if it had failed.
  }
}
