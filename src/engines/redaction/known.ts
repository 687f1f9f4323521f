// The table of known secrets: enough to recognise them in every encoding, too little to learn them from.
import { concat, Fault, utf8, type Random, type Secret } from '#base'
import { createHmac } from 'node:crypto'
import { formsOf } from './encodings.ts'
import { estimatedBits, guessableBelow } from './entropy.ts'
import { windowHash, windowTable, type WindowLength } from './windows.ts'

/** One form, or a piece of a long one. */
export interface KnownForm {
  /** Index in `names`. */
  readonly name: number
  readonly length: number
  readonly window: WindowLength
  /** Characters of base64 before and behind that share bits with the form. */
  readonly lead: number
  readonly tail: number
  /** Keyed hash of the first `window` bytes. */
  readonly hash: number
  /** First 16 bytes of the HMAC-SHA-256 of the whole form. */
  readonly mac: string
}

const keyBytes = 32
const macBytes = 16
const leastBytes = 12
const longestPiece = 1024
const formBytes = 26
const mostNames = 65_535
const mostForms = 400_000
const longestTable = 16 * 1024 * 1024
const longestName = 128
const formDomain = utf8('keyreeve/known/form/v1\0')

/**
 * Known secrets as keyed hashes, made anew with a random key at each start. Whoever holds the table can test a guess of
 * a whole secret, nothing less: each window covers at least eleven bytes of the secret in every encoding, so that it
 * cannot be guessed piece by piece. That is why values that can be guessed are left out.
 */
export class KnownSecrets {
  /** Names of the secrets that were left out: shorter than 12 bytes, or easily guessed. Empty on a parsed table. */
  readonly left: readonly string[]
  readonly #key: Uint8Array
  readonly #names: readonly string[]
  readonly #forms: readonly KnownForm[]

  /** @internal Use `knownSecrets` or `parseKnownSecrets`. */
  constructor(table: {
    key: Uint8Array
    names: readonly string[]
    forms: readonly KnownForm[]
    left: readonly string[]
  }) {
    this.left = table.left
    this.#key = table.key
    this.#names = table.names
    this.#forms = table.forms
  }

  /** @internal */
  get key(): Uint8Array {
    return this.#key
  }

  /** @internal */
  get names(): readonly string[] {
    return this.#names
  }

  /** @internal */
  get forms(): readonly KnownForm[] {
    return this.#forms
  }

  /** The table as text, for rooms without keys. Holds names, no plaintext, no hash without the table's key. */
  serialise(): string {
    const forms = Buffer.concat(this.#forms.map(packed)).toString('base64url')
    const key = Buffer.from(this.#key).toString('base64url')
    return JSON.stringify({ v: 1, key, names: this.#names, forms })
  }
}

/**
 * Builds the table where the plaintext is.
 * @param random Gives the table's key, from which all hashes in it are made.
 */
export function knownSecrets(
  secrets: readonly { name: string; secret: Secret }[],
  random: Random,
): KnownSecrets {
  const key = random(keyBytes)
  const hashes = windowTable(key)
  const names: string[] = []
  const forms: KnownForm[] = []
  const left: string[] = []
  for (const { name, secret } of secrets) {
    const made = secret.lend((bytes) => piecesOf(bytes, names.length, { key, hashes }))
    if (made.length === 0 || names.length >= mostNames || forms.length + made.length > mostForms)
      left.push(name)
    else {
      names.push(name)
      for (const form of made) forms.push(form)
    }
  }
  return new KnownSecrets({ key, names, forms, left })
}

/**
 * Reads a table that `serialise` wrote.
 * @param table From another program, not trusted further than its shape.
 * @throws Fault `message-invalid` for whatever is no such table.
 */
export function parseKnownSecrets(table: string): KnownSecrets {
  if (table.length > longestTable) throw invalid()
  const value = parsed(table)
  if (!isTable(value) || !value.names.every(isName)) throw invalid()
  const key = fromBase64(value.key)
  const bytes = fromBase64(value.forms)
  if (key.length !== keyBytes || bytes.length % formBytes !== 0) throw invalid()
  const forms = Array.from({ length: bytes.length / formBytes }, (_, index) =>
    unpacked(bytes, index * formBytes),
  )
  if (!forms.every((form) => isForm(form, value.names.length))) throw invalid()
  return new KnownSecrets({ key, names: value.names, forms, left: [] })
}

/** The HMAC by which a form is confirmed. */
export function formMac(key: Uint8Array, form: Uint8Array): string {
  return createHmac('sha256', key)
    .update(formDomain)
    .update(form)
    .digest()
    .subarray(0, macBytes)
    .toString('latin1')
}

function piecesOf(
  bytes: Uint8Array,
  name: number,
  table: { key: Uint8Array; hashes: Uint32Array },
): KnownForm[] {
  const value = trimmed(bytes)
  if (value.length < leastBytes || estimatedBits(value) < guessableBelow) return []
  return formsOf(value).flatMap(({ bytes: form, lead, tail }) =>
    cut(form).map((piece, index, pieces) => {
      const window = windowOf(piece.length)
      const hash = windowHash(table.hashes, piece, window)
      const mac = formMac(table.key, piece)
      const ends = { lead: index === 0 ? lead : 0, tail: index === pieces.length - 1 ? tail : 0 }
      return { name, length: piece.length, window, ...ends, hash, mac }
    }),
  )
}

/** Files of keys end with a line feed that does not travel with the key. */
function trimmed(bytes: Uint8Array): Uint8Array {
  let [start, end] = [0, bytes.length]
  while (start < end && bytes[start]! <= 0x20) start++
  while (end > start && bytes[end - 1]! <= 0x20) end--
  return bytes.subarray(start, end)
}

/** Pieces of a long form, so that a stream need hold no more than one of them. The last is never shorter than a window. */
function cut(form: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.floor(form.length / longestPiece))
  return Array.from({ length: count }, (_, index) =>
    form.subarray(index * longestPiece, index === count - 1 ? form.length : (index + 1) * longestPiece),
  )
}

/** The longest window that fits. 15 is what the trimmed base64 of 12 bytes has, 24 what their hexadecimal has. */
function windowOf(length: number): WindowLength {
  if (length >= 24) return 24
  return length >= 15 ? 15 : 12
}

function packed(form: KnownForm): Uint8Array {
  const bytes = new Uint8Array(formBytes - macBytes)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, form.name)
  view.setUint16(2, form.length)
  view.setUint8(4, form.window)
  view.setUint8(5, form.lead | (form.tail << 2))
  view.setUint32(6, form.hash)
  return concat(bytes, Buffer.from(form.mac, 'latin1'))
}

function unpacked(
  bytes: Uint8Array,
  at: number,
): { [Part in keyof KnownForm]: Part extends 'mac' ? string : number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, formBytes)
  return {
    name: view.getUint16(0),
    length: view.getUint16(2),
    window: view.getUint8(4),
    lead: view.getUint8(5) & 3,
    tail: view.getUint8(5) >>> 2,
    hash: view.getUint32(6),
    mac: Buffer.from(bytes.subarray(at + formBytes - macBytes, at + formBytes)).toString('latin1'),
  }
}

function isForm(form: ReturnType<typeof unpacked>, names: number): form is KnownForm {
  const { name, length, window, tail } = form
  return (
    name < names && length < 2 * longestPiece && tail <= 1 && length >= window && window === windowOf(length)
  )
}

interface Table {
  readonly v: 1
  readonly key: string
  readonly names: readonly unknown[]
  readonly forms: string
}

function isTable(value: unknown): value is Table {
  if (typeof value !== 'object' || value === null) return false
  const keys = Object.keys(value).toSorted().join()
  if (
    keys !== 'forms,key,names,v' ||
    !('v' in value && 'key' in value && 'names' in value && 'forms' in value)
  )
    return false
  const { v, key, names, forms } = value
  return (
    v === 1 &&
    typeof key === 'string' &&
    typeof forms === 'string' &&
    Array.isArray(names) &&
    names.length <= mostNames
  )
}

function isName(name: unknown): name is string {
  return typeof name === 'string' && name.length > 0 && name.length <= longestName
}

function parsed(table: string): unknown {
  try {
    return JSON.parse(table)
  } catch {
    throw invalid()
  }
}

function fromBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.toString('base64url') !== text) throw invalid()
  return bytes
}

/** Without a cause: the parser's own message would quote the table. */
function invalid(): Fault {
  return new Fault('message-invalid', 'not a table of known secrets')
}
