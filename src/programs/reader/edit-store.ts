// Keeps what is needed to undo edits, sealed: the content before each, which may hold secrets.
import { Fault } from '#base'
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

/** What can be undone. */
export interface UndoRecord {
  readonly edit: string
  readonly path: string
  /** Wall clock of the edit. */
  readonly time: number
  readonly before: Uint8Array
  /** SHA-256, lower-case hex, of the content after the edit. */
  readonly after: string
}

/** Edits that are kept; the oldest go first. */
const mostKept = 200
const sizes = { nonce: 12, tag: 16 }

export class EditStore {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Writes a record, and returns when it is on disk. @param key 32 bytes. */
  save(record: UndoRecord, key: Uint8Array): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    for (const name of this.#names().slice(0, -(mostKept - 1)))
      rmSync(join(this.#folder, name), { force: true })
    const { before, ...more } = record
    const text = JSON.stringify({ v: 1, ...more, before: Buffer.from(before).toString('base64') })
    const temporary = join(this.#folder, `.new-${record.edit}`)
    const fd = openSync(temporary, 'wx', 0o600)
    try {
      writeFileSync(fd, sealed(text, nameOf(record), key))
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(temporary, join(this.#folder, nameOf(record)))
  }

  /** @throws Fault `edit-unknown`; `seal-invalid` for a record that was changed. */
  load(edit: string, key: Uint8Array): UndoRecord {
    const name = this.#names().find((one) => one.endsWith(`-${edit}`))
    if (name === undefined) throw new Fault('edit-unknown', 'no such edit can be undone')
    return this.#read(name, key)
  }

  /** What can be undone, the newest first; a record that was changed is left out. */
  list(key: Uint8Array): Pick<UndoRecord, 'edit' | 'path' | 'time'>[] {
    return this.#names()
      .toReversed()
      .flatMap((name) => {
        try {
          const { edit, path, time } = this.#read(name, key)
          return [{ edit, path, time }]
        } catch {
          return []
        }
      })
  }

  remove(edit: string): void {
    for (const name of this.#names())
      if (name.endsWith(`-${edit}`)) rmSync(join(this.#folder, name), { force: true })
  }

  /** The oldest first. */
  #names(): string[] {
    try {
      return readdirSync(this.#folder)
        .filter((name) => /^\d{15}-[\w-]{16}$/.test(name))
        .toSorted()
    } catch {
      return []
    }
  }

  #read(name: string, key: Uint8Array): UndoRecord {
    const { edit, path, time, before, after } = opened(readFileSync(join(this.#folder, name)), name, key)
    return { edit, path, time, before: Buffer.from(before, 'base64'), after }
  }
}

function nameOf({ time, edit }: Pick<UndoRecord, 'time' | 'edit'>): string {
  return `${String(time).padStart(15, '0')}-${edit}`
}

type Saved = Omit<UndoRecord, 'before'> & { readonly before: string }

/** The name is sealed along, so that no record can pass for another. */
function sealed(text: string, name: string, key: Uint8Array): Buffer {
  const nonce = randomBytes(sizes.nonce)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name))
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body])
}

function opened(bytes: Buffer, name: string, key: Uint8Array): Saved {
  try {
    const body = sizes.nonce + sizes.tag
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, sizes.nonce), {
      authTagLength: sizes.tag,
    })
      .setAAD(Buffer.from(name))
      .setAuthTag(bytes.subarray(sizes.nonce, body))
    const text = decipher.update(bytes.subarray(body), undefined, 'utf8') + decipher.final('utf8')
    const saved: unknown = JSON.parse(text)
    if (isSaved(saved)) return saved
  } catch {
    // Said below.
  }
  throw new Fault('seal-invalid', 'the record of the edit was changed')
}

function isSaved(value: unknown): value is Saved {
  if (typeof value !== 'object' || value === null || !('edit' in value && 'path' in value)) return false
  return 'time' in value && 'before' in value && 'after' in value
}
