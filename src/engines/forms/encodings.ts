// The forms in which a secret travels: as it is, escaped, in hexadecimal, base32 and base64, in UTF-16.
import { concat, hex, utf8 } from '#base'
import { byteStyles, textStyles, type Style } from './styles.ts'

/** A secret in one encoding. */
export interface Encoded {
  readonly bytes: Uint8Array
  /** Bytes of the secret that each byte tells, at least. */
  readonly each: number
  /** How much longer it is than the secret; a stretch may tell more by this than by `each`. */
  readonly more?: number
  /** Characters before it that hold some of its bits: base64 that does not begin at a multiple of three bytes. */
  readonly lead?: number
  /** 1 if the character behind it holds the last bits, and padding may follow. */
  readonly tail?: number
  /** It is cut to pieces at multiples of this only. */
  readonly unit?: number
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
/** How lines end, in JSON too. */
const lineEnds = ['\n', '\r\n', '\\n', '\\r\\n']

/** All encodings of a value, some more than once. What was compressed or encrypted with it is not among them. */
export function encodingsOf(value: Uint8Array): Encoded[] {
  const inBase64s = [0, 1, 2].flatMap((before) => inBase64(value, before))
  const backwards = { bytes: reversed(value), each: 1 }
  return [
    ...writtenForms(value),
    backwards,
    ...inHex(value),
    ...inBase32(value),
    ...inBase64s,
    ...inLines(value),
  ]
}

/** The value as it is, and as text is written: all that a line of a longer secret is looked for in. */
export function writtenForms(value: Uint8Array): Encoded[] {
  const text = textOf(value)
  const ofText = text === '' ? [] : [utf16(text), ...textStyles.flatMap(styledAs(text, value.length))]
  const ofBytes = byteStyles.flatMap(styledAs(binary(value), value.length))
  return [{ bytes: Uint8Array.from(value), each: 1 }, ...ofText, ...ofBytes]
}

/** From the last character to the first; from the last byte, where it is no text. */
function reversed(value: Uint8Array): Uint8Array {
  const text = textOf(value)
  return text === '' ? value.toReversed() : utf8(Array.from(text).toReversed().join(''))
}

/** The text of a value, or an empty one if it is not UTF-8. */
export function textOf(value: Uint8Array): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(value)
  return text.includes('\ufffd') ? '' : text
}

function styledAs(text: string, length: number): (style: Style) => Encoded[] {
  const distinct = [...new Set(text)]
  return (style) => {
    if (distinct.every((char) => style(char) === char)) return []
    const bytes = utf8(Array.from(text, style).join(''))
    const each = Math.min(...distinct.map((char) => char.length / style(char).length))
    return [{ bytes, each, more: bytes.length - length }]
  }
}

/** Little-endian. Each character counts for one byte, though it may hold more. */
function utf16(text: string): Encoded {
  const bytes = text.split('').flatMap((unit) => [unit.charCodeAt(0) & 255, unit.charCodeAt(0) >>> 8])
  return { bytes: Uint8Array.from(bytes), each: 1 / 2 }
}

/** Bare, and as string literals write it. */
function inHex(value: Uint8Array): Encoded[] {
  return [hex(value), hex(value).toUpperCase()].flatMap((digits) => [
    { bytes: utf8(digits), each: 1 / 2 },
    { bytes: utf8(digits.replaceAll(/../g, '\\x$&')), each: 1 / 4 },
  ])
}

/** @see RFC 4648, section 6 */
function inBase32(value: Uint8Array): Encoded[] {
  const rest = { each: 5 / 8, tail: Math.min(1, value.length % 5) }
  return [base32, base32.toLowerCase()].map((digits) => ({ bytes: digitsOf(value, 5, digits), ...rest }))
}

/** The value `before` bytes into a group, without the characters that its neighbours have a part in. */
function inBase64(value: Uint8Array, before: number): Encoded[] {
  const padded = concat(new Uint8Array(before), value)
  const ends = { lead: before === 0 ? 0 : before + 1, tail: Math.min(1, padded.length % 3) }
  const forms = ['+/', '-_'].map((last) => digitsOf(padded, 6, base64 + last).subarray(ends.lead))
  return forms.map((bytes) => ({ bytes, each: 3 / 4, ...ends }))
}

/** Base64 of the value alone, in lines of PEM or MIME. A window may hold the end of one; a piece begins with a line. */
function inLines(value: Uint8Array): Encoded[] {
  const text = binary(digitsOf(value, 6, `${base64}+/`))
  return [64, 76].flatMap((length) => {
    const line = new RegExp(`.{${length}}(?!$)`, 'g')
    const ends = text.length > length ? lineEnds : []
    return ends.map((end) => ({
      bytes: utf8(text.replaceAll(line, `$&${end}`)),
      each: 0.55,
      tail: Math.min(1, value.length % 3),
      unit: length + end.length,
    }))
  })
}

/** Without a last digit that is not full. */
function digitsOf(value: Uint8Array, bits: number, digits: string): Uint8Array {
  return Uint8Array.from({ length: Math.floor((value.length * 8) / bits) }, (_, index) => {
    const bit = index * bits
    const two = (value[bit >>> 3]! << 8) | (value[(bit >>> 3) + 1] ?? 0)
    return digits.charCodeAt((two >>> (16 - bits - (bit & 7))) & (2 ** bits - 1))
  })
}

function binary(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}
