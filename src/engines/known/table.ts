// Reads the table that src/engines/forms makes where the plaintext is.
import { Fault } from '#base'

/** One form of a secret, or a piece of a long one. */
export interface Form {
  /** Index in `names`. */
  readonly name: number
  readonly length: number
  /** Where its windows begin: at `base` and the next, `stride` of them; `window` bytes each. */
  readonly window: number
  readonly stride: number
  readonly base: number
  /** What a text must look like for the form to go on at its end. */
  readonly kind: Kind
  /** Characters of base64 before and behind that share bits with the form. */
  readonly lead: number
  readonly tail: number
  /** Keyed hash of the whole form. */
  readonly check: number
  /** First 16 bytes of its HMAC-SHA-256. */
  readonly mac: Uint8Array
  /** Keyed hashes of its windows. */
  readonly hashes: Uint32Array
}

/**
 * Escaped: a backslash first, and among each eight bytes. Graphic characters only, but for the quote. UTF-16 of ASCII, the
 * first no space. Or anything. So it looks up to the end of its last window.
 */
const kinds = ['escaped', 'graphic', 'wide', 'any'] as const
export type Kind = (typeof kinds)[number]

export interface Table {
  /** Of the HMACs. */
  readonly key: Uint8Array
  /** Odd numbers by which all hashes are made. */
  readonly words: BigUint64Array
  readonly names: readonly string[]
  readonly forms: readonly Form[]
}

/** Longer than any window, and than what comes before the last one that is looked at. */
export const longestForm = 2040
export const longestWindow = 66
export const furthestOffset = 255
const leastWindow = 11
const fixedBytes = 28
const keyBytes = 32
const wordCount = 10
const mostNames = 65_535
const mostForms = 1 << 20
const longestTable = 16 * 1024 * 1024
const longestName = 128

/**
 * @param text From another program, not trusted further than its shape.
 * @throws Fault `message-invalid`
 */
export function readTable(text: string): Table {
  if (text.length > longestTable) throw invalid()
  const value = parsed(text)
  if (!isWritten(value)) throw invalid()
  const { names } = value
  const [key, words, records] = [value.key, value.words, value.forms].map(fromBase64)
  if (key?.length !== keyBytes || words?.length !== wordCount * 8 || records === undefined) throw invalid()
  const view = new DataView(records.buffer)
  const forms: Form[] = []
  for (let at = 0; at < records.length;) {
    const form = formAt(view, at, names.length)
    forms.push(form)
    at += fixedBytes + 4 * form.stride
  }
  if (forms.length > mostForms) throw invalid()
  return { key, words: new BigUint64Array(words.buffer), names, forms }
}

function formAt(view: DataView<ArrayBuffer>, at: number, names: number): Form {
  const rest = view.byteLength - at - fixedBytes
  if (rest < 0 || rest < 4 * view.getUint8(at + 5)) throw invalid()
  const ends = view.getUint8(at + 7)
  const stride = view.getUint8(at + 5)
  const form: Form = {
    name: view.getUint16(at),
    length: view.getUint16(at + 2),
    window: view.getUint8(at + 4),
    stride,
    base: view.getUint8(at + 6),
    kind: kinds[ends & 3] ?? 'any',
    lead: (ends >>> 2) & 3,
    tail: ends >>> 4,
    check: view.getUint32(at + 8),
    mac: new Uint8Array(view.buffer, at + 12, 16),
    hashes: Uint32Array.from({ length: stride }, (_, index) => view.getUint32(at + fixedBytes + 4 * index)),
  }
  if (!isForm(form, names)) throw invalid()
  return form
}

function isForm({ name, length, window, stride, base, tail }: Form, names: number): boolean {
  if (name >= names || tail > 1 || length >= longestForm || window < leastWindow || window > longestWindow)
    return false
  return (
    [1, 2, 4, 8, 16].includes(stride) &&
    base + stride <= furthestOffset &&
    base + window + stride - 1 <= length
  )
}

interface Written {
  readonly key: string
  readonly words: string
  readonly names: readonly string[]
  readonly forms: string
}

function isWritten(value: unknown): value is Written {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 5) return false
  if (!('v' in value && 'key' in value && 'words' in value && 'names' in value && 'forms' in value))
    return false
  const texts = [value.key, value.words, value.forms]
  return value.v === 2 && texts.every((text) => typeof text === 'string') && areNames(value.names)
}

function areNames(names: unknown): boolean {
  return Array.isArray(names) && names.length <= mostNames && names.every(isName)
}

function isName(name: unknown): boolean {
  return typeof name === 'string' && name.length > 0 && name.length <= longestName
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalid()
  }
}

/** Strictly: one text for one value. Much faster than base's, which knows nothing of Node. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.toString('base64url') !== text) throw invalid()
  return new Uint8Array(bytes)
}

/** Without a cause: the parser's own message would quote the table. */
function invalid(): Fault {
  return new Fault('message-invalid', 'not a table of known secrets')
}
