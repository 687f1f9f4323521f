// One line of JSON as bytes: what its strings say once their escapes are gone, and which value a position lies in.
import { latin1 } from './content.ts'

const backslash = 0x5c
const quote = 0x22
const colon = 0x3a
const plain = new Map([
  [0x62, 0x08], // b
  [0x66, 0x0c], // f
  [0x6e, 0x0a], // n
  [0x72, 0x0d], // r
  [0x74, 0x09], // t
])
const encoder = new TextEncoder()
const mostDepth = 64
const longestKey = 60

/**
 * Takes the escapes out, so that a secret that they cut in two is whole again.
 * @param line Attacker-controlled. The same bytes come back where it holds no backslash.
 */
export function unescaped(line: Uint8Array): Uint8Array {
  if (!line.includes(backslash)) return line
  const out = new Uint8Array(line.length)
  const { written } = unescape(line, out, line.length)
  return out.subarray(0, written)
}

/** Position in the line of a position in what `unescaped` gave. */
export function escapedPosition(line: Uint8Array, position: number): number {
  return unescape(line, new Uint8Array(line.length), position).read
}

/** Goes on until `most` bytes are written. No escape is shorter than what it stands for. */
function unescape(line: Uint8Array, out: Uint8Array, most: number): { read: number; written: number } {
  let read = 0
  let written = 0
  while (read < line.length && written < most) {
    const byte = line[read]!
    if (byte !== backslash || read + 1 >= line.length) {
      out[written++] = byte
      read++
    } else if (line[read + 1] === 0x75) {
      const { units, length } = unicodeAt(line, read)
      written += encoder.encodeInto(units, out.subarray(written)).written
      read += length
    } else {
      const letter = line[read + 1]!
      out[written++] = plain.get(letter) ?? letter
      read += 2
    }
  }
  return { read, written }
}

/** One `\uXXXX`, or the two of a pair. */
function unicodeAt(line: Uint8Array, at: number): { units: string; length: number } {
  const matched = /^(?:\\u([0-9a-fA-F]{4}))(?:\\u([dD][c-fC-F][0-9a-fA-F]{2}))?/.exec(
    latin1(line.subarray(at, at + 12)),
  )
  if (matched === null) return { units: 'u', length: 2 }
  const [, first = '', second] = matched
  const high = Number.parseInt(first, 16)
  const isPair = second !== undefined && high >= 0xd800 && high <= 0xdbff
  const units = String.fromCharCode(high, ...(isPair ? [Number.parseInt(second, 16)] : []))
  return { units, length: isPair ? 12 : 6 }
}

interface Level {
  readonly isArray: boolean
  key: string
  index: number
}

/**
 * Names the value that holds a position, as `message.content[2].text`; empty where that is the whole.
 * @param line Attacker-controlled; what is no JSON has some name.
 */
export function pathAt(line: Uint8Array, position: number): string {
  const levels: Level[] = []
  let string: readonly [start: number, end: number] = [0, 0]
  for (let at = 0; at < position; at++) {
    const byte = line[at]!
    if (byte === quote) {
      const end = stringEnd(line, at)
      if (end >= position) break
      string = [at + 1, end - 1]
      at = end - 1
    } else if (byte === colon) name(levels, keyOf(line.subarray(...string)))
    else step(levels, byte)
  }
  return pathOf(levels)
}

function name(levels: readonly Level[], key: string): void {
  const level = levels.at(-1)
  if (level !== undefined) level.key = key
}

/** Into an object or array, out of it, or on to its next member. */
function step(levels: Level[], byte: number): void {
  const level = levels.at(-1)
  if (byte === 0x7b || byte === 0x5b) levels.push({ isArray: byte === 0x5b, key: '', index: 0 })
  else if (byte === 0x7d || byte === 0x5d) levels.pop()
  else if (byte === 0x2c && level !== undefined) level.index++
}

/** One past the closing quote. */
function stringEnd(line: Uint8Array, start: number): number {
  for (let at = line.indexOf(quote, start + 1); at >= 0; at = line.indexOf(quote, at + 1)) {
    let before = at
    while (line[before - 1] === backslash) before--
    if ((at - before) % 2 === 0) return at + 1
  }
  return line.length
}

function keyOf(raw: Uint8Array): string {
  return new TextDecoder().decode(unescaped(raw.subarray(0, longestKey)))
}

function pathOf(levels: readonly Level[]): string {
  return levels
    .slice(0, mostDepth)
    .map(({ isArray, key, index }) => {
      if (isArray) return `[${index}]`
      return /^[A-Za-z_$][\w$-]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
    })
    .join('')
    .replace(/^\./, '')
}
