// The table as text, for programs that must find secrets without holding them. 26 bytes a form.
import { concat, Fault } from '#base'
import { keyBytes, macBytes, mostNames, pieceBytes, type Form, type Table } from './form.ts'
import { windowOf } from './windows.ts'

const formBytes = 26
const longestTable = 16 * 1024 * 1024
const longestName = 128

export function writeTable({ key, names, forms }: Table): string {
  const packedForms = Buffer.concat(forms.map(packed)).toString('base64url')
  return JSON.stringify({ v: 1, key: Buffer.from(key).toString('base64url'), names, forms: packedForms })
}

/** @throws Fault `message-invalid` */
export function readTable(text: string): Table {
  if (text.length > longestTable) throw invalid()
  const value = parsed(text)
  if (!isWritten(value)) throw invalid()
  const { names } = value
  const key = fromBase64(value.key)
  const bytes = fromBase64(value.forms)
  if (key.length !== keyBytes || bytes.length % formBytes !== 0) throw invalid()
  const forms = Array.from({ length: bytes.length / formBytes }, (_, index) =>
    unpacked(bytes, index * formBytes),
  )
  if (!forms.every((form) => isForm(form, names.length))) throw invalid()
  return { key, names, forms }
}

function packed(form: Form): Uint8Array {
  const bytes = new Uint8Array(formBytes - macBytes)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, form.name)
  view.setUint16(2, form.length)
  view.setUint8(4, form.window)
  view.setUint8(5, form.lead | (form.tail << 2))
  view.setInt32(6, form.hash)
  return concat(bytes, Buffer.from(form.mac, 'latin1'))
}

function unpacked(
  bytes: Uint8Array,
  at: number,
): { [Part in keyof Form]: Part extends 'mac' ? string : number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, formBytes)
  return {
    name: view.getUint16(0),
    length: view.getUint16(2),
    window: view.getUint8(4),
    lead: view.getUint8(5) & 3,
    tail: view.getUint8(5) >>> 2,
    hash: view.getInt32(6),
    mac: Buffer.from(bytes.subarray(at + formBytes - macBytes, at + formBytes)).toString('latin1'),
  }
}

function isForm(form: ReturnType<typeof unpacked>, names: number): form is Form {
  const { name, length, window, tail } = form
  return (
    name < names && length < 2 * pieceBytes && tail <= 1 && length >= window && window === windowOf(length)
  )
}

interface Written {
  readonly key: string
  readonly names: readonly string[]
  readonly forms: string
}

function isWritten(value: unknown): value is Written {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 4) return false
  if (!('v' in value && 'key' in value && 'names' in value && 'forms' in value)) return false
  const { v, key, names, forms } = value
  return v === 1 && typeof key === 'string' && typeof forms === 'string' && areNames(names)
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

function fromBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.toString('base64url') !== text) throw invalid()
  return bytes
}

/** Without a cause: the parser's own message would quote the table. */
function invalid(): Fault {
  return new Fault('message-invalid', 'not a table of known secrets')
}
