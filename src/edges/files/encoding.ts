// Tells text from other bytes, and decodes it without ever cutting a character in two.
import { Fault } from '#base'

/** Encodings that are read as text. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be'

export interface Sniffed {
  readonly encoding: TextEncoding
  /** Bytes of the byte order mark, which is no part of the text. */
  readonly mark: number
}

/** Reads the byte order mark. Without one it is UTF-8, or no text at all. @see Unicode 17, section 23.8 */
export function sniff(head: Uint8Array): Sniffed {
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', mark: 2 }
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', mark: 2 }
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', mark: 3 }
  return { encoding: 'utf-8', mark: 0 }
}

/** Decodes whole characters. @throws Fault `file-not-text` for NUL and for what the encoding does not allow. */
export function decode(bytes: Uint8Array, encoding: TextEncoding): string {
  const text = tryDecode(bytes, encoding)
  if (text === undefined || text.includes('\0')) throw notText()
  return text
}

/** Leaves out the rest of a character whose beginning lies before `bytes`. */
export function withoutTornStart(bytes: Uint8Array, encoding: TextEncoding): Uint8Array {
  if (encoding !== 'utf-8')
    return isSurrogate(bytes, 0, { encoding, high: false }) ? bytes.subarray(2) : bytes
  let start = 0
  while (start < 3 && isContinuation(bytes[start])) start++
  return bytes.subarray(start)
}

/** Leaves out the beginning of a character whose rest lies after `bytes`. */
export function withoutTornEnd(bytes: Uint8Array, encoding: TextEncoding): Uint8Array {
  if (encoding !== 'utf-8') {
    const even = bytes.subarray(0, bytes.length - (bytes.length % 2))
    const isTorn = isSurrogate(even, even.length - 2, { encoding, high: true })
    return isTorn ? even.subarray(0, -2) : even
  }
  let lead = bytes.length - 1
  while (lead > bytes.length - 4 && isContinuation(bytes[lead])) lead--
  return lead + lengthFrom(bytes[lead]) > bytes.length ? bytes.subarray(0, lead) : bytes
}

export function notText(): Fault {
  return new Fault('file-not-text', 'the file is no text in UTF-8 or UTF-16')
}

function tryDecode(bytes: Uint8Array, encoding: TextEncoding): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}

/** Bytes of the UTF-8 character that begins with `lead`. */
function lengthFrom(lead: number | undefined): number {
  if (lead === undefined || lead < 0xc0) return 1
  if (lead < 0xe0) return 2
  return lead < 0xf0 ? 3 : 4
}

interface Surrogate {
  readonly encoding: 'utf-16le' | 'utf-16be'
  readonly high: boolean
}

function isSurrogate(bytes: Uint8Array, at: number, { encoding, high }: Surrogate): boolean {
  const upper = bytes[encoding === 'utf-16le' ? at + 1 : at]
  return upper !== undefined && (upper & 0xfc) === (high ? 0xd8 : 0xdc)
}
