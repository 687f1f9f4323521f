// The forms in which a secret travels: as it is, escaped, in hexadecimal, in base64.
import { hex, utf8 } from '#base'

/** A secret in one encoding. */
export interface Encoded {
  readonly bytes: Uint8Array
  /** Characters before it that hold some of its bits: base64 that does not begin at a multiple of three bytes. */
  readonly lead: number
  /** 1 if the character behind it holds the last bits, and padding may follow. */
  readonly tail: number
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const unreserved = /[A-Za-z0-9._~-]/

/** All encodings of a value, each once. */
export function encodingsOf(value: Uint8Array): Encoded[] {
  const texts = [...escaped(value), ...percent(value), hex(value), hex(value).toUpperCase()]
  const plain = [value, ...texts.map(utf8)].map((bytes) => ({ bytes, lead: 0, tail: 0 }))
  const seen = new Set<string>()
  return [...plain, ...inBase64(value)].filter(({ bytes }) => {
    const key = Buffer.from(bytes).toString('latin1')
    const isNew = !seen.has(key)
    seen.add(key)
    return isNew
  })
}

/** @see RFC 8259, section 7: the solidus may be escaped, and all beyond ASCII may. */
function escaped(value: Uint8Array): string[] {
  const text = decoded(value)
  if (text === undefined) return []
  const json = JSON.stringify(text).slice(1, -1)
  const ascii = json.replaceAll(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  const twice = JSON.stringify(json).slice(1, -1)
  return [json, ascii, json.replaceAll('/', '\\/'), twice]
}

/** @see RFC 3986, section 2.1, and the URL Standard, application/x-www-form-urlencoded */
function percent(value: Uint8Array): string[] {
  const chars = Array.from(value, (byte) => String.fromCharCode(byte))
  const upper = chars.map((char) =>
    unreserved.test(char) ? char : `%${hex(Uint8Array.of(char.charCodeAt(0))).toUpperCase()}`,
  )
  const lower = upper.map((char) => (char.length > 1 ? char.toLowerCase() : char))
  return [upper.join(''), lower.join(''), upper.join('').replaceAll('%20', '+')]
}

/** The value at each of the three places in a group, without the characters that its neighbours have a part in. */
function inBase64(value: Uint8Array): Encoded[] {
  return [0, 1, 2].flatMap((before) => {
    const padded = Buffer.concat([new Uint8Array(before), value])
    const lead = before === 0 ? 0 : before + 1
    const end = Math.floor((padded.length * 8) / 6)
    const tail = padded.length % 3 === 0 ? 0 : 1
    const text = padded.toString('base64').slice(lead, end)
    return [text, text.replaceAll('+', '-').replaceAll('/', '_')].map((form) => ({
      bytes: utf8(form),
      lead,
      tail,
    }))
  })
}

function decoded(value: Uint8Array): string | undefined {
  try {
    return decoder.decode(value)
  } catch {
    return undefined
  }
}
