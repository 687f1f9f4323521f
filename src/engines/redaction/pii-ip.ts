// Internet addresses, of version 4 and 6; those that mean something in one network only are a kind of their own.
import { alnum, byteClass, digit, hexAny, word } from './classes.ts'
import type { Confidence, Found } from './finding.ts'
import type { PiiId } from './pii-kinds.ts'
import { isMasked } from './pii-place.ts'
import { isUnseen, lexicon, nearest, wordsBefore } from './pii-words.ts'
import { endsPlaceholder } from './placeholder.ts'
import type { Text } from './text.ts'

const dot = 0x2e
const colon = 0x3a
const slash = 0x2f
const groupCount = 8
/** Eight groups of four, and seven colons. */
const longestIpv6 = 39
const hexColon = byteClass('0-9A-Fa-f:')
const zone = byteClass('A-Za-z0-9_-')
const longestZone = 16
/** They make what follows part of something else. */
const binding = byteClass('+$^-')
/** They join what stands behind them. */
const joining = byteClass('.+-')
/** First number, and the second from and to. */
const privateNetworks = [
  [10, 0, 255],
  [127, 0, 255],
  [192, 168, 168],
  [172, 16, 31],
  [169, 254, 254],
  [100, 64, 127],
  [198, 18, 19],
] as const

/**
 * Four numbers up to 255. @see RFC 791, section 3.2
 * @param ids Those that are looked for.
 */
export function readIpv4(text: Text, start: number, ids: ReadonlySet<string>, out: Found[]): void {
  const octets: number[] = []
  let at = start
  for (let index = 0; index < 4; index++) {
    if (index > 0 && text.at(at++) !== dot) return
    const end = text.runEnd(at, digit, 4)
    const octet = octetAt(text, at, end)
    if (octet < 0) return
    octets.push(octet)
    at = end
  }
  const detector = kindOf(octets)
  if (detector === null || !ids.has(detector) || isJoined(text, start, at)) return
  out.push({ start, end: at, detector, confidence: confidenceOf(text, start, octets) })
}

/** @see RFC 4291, section 2.2, and RFC 4007, section 11 for the zone */
export function readIpv6(text: Text, firstColon: number, out: Found[]): void {
  const start = text.runStart(firstColon, hexAny, 5)
  if (firstColon - start > 4 || text.at(start - 1) === colon) return
  const runEnd = text.runEnd(start, hexColon, longestIpv6 + 2)
  const isTrailed = text.at(runEnd - 1) === colon && text.at(runEnd - 2) !== colon
  const end = isTrailed ? runEnd - 1 : runEnd
  if (end - start > longestIpv6 || !hasColons(text, start, end)) return
  if (text.at(end) === dot || isMasked(text, runEnd) || isJoined(text, start, end)) return
  const detector = kindOf6(text.latin1(start, end).toLowerCase())
  if (detector !== null) out.push({ start, end: zoneEnd(text, end), detector, confidence: 'likely' })
}

/** Two that touch, or seven: times of day have fewer. */
function hasColons(text: Text, start: number, end: number): boolean {
  let count = 0
  for (let at = start; at < end; at++) {
    if (text.at(at) !== colon) continue
    if (++count === groupCount - 1 || text.at(at + 1) === colon) return true
  }
  return false
}

/** From 0 to 255, spelled without zeros before it, or -1. */
function octetAt(text: Text, start: number, end: number): number {
  const length = end - start
  if (length < 1 || length > 3 || (length > 1 && text.at(start) === 0x30)) return -1
  let value = 0
  for (let at = start; at < end; at++) value = 10 * value + text.bytes[at]! - 0x30
  return value > 255 ? -1 : value
}

/** `1.2.3.4` is the number of a chapter as well, and `4.0.0.0` that of a version. */
function confidenceOf(text: Text, start: number, octets: readonly number[]): Confidence {
  const words = wordsBefore(text, start)
  const versionAt = nearest(words, lexicon().versions)
  if (nearest(words, lexicon().hosts) > versionAt) return 'likely'
  // Chrome/120.0.0.0, but not https://81.2.69.142.
  const isProduct = text.at(start - 1) === slash && text.is(start - 2, word)
  const isVersion = versionAt >= 0 || isProduct || isUnseen(words)
  return isVersion || octets.every((octet) => octet < 10) ? 'hint' : 'likely'
}

function isJoined(text: Text, start: number, end: number): boolean {
  return joinsLeft(text, start) || joinsRight(text, end)
}

function joinsLeft(text: Text, start: number): boolean {
  if (text.is(start - 1, word) || text.is(start - 1, binding) || endsPlaceholder(text, start)) return true
  return text.at(start - 1) === dot && (text.is(start - 2, alnum) || endsPlaceholder(text, start - 1))
}

function joinsRight(text: Text, end: number): boolean {
  if (text.is(end, word) || isMasked(text, end)) return true
  return text.is(end, joining) && (text.is(end + 1, alnum) || isMasked(text, end + 1))
}

/** @see RFC 6890 */
function kindOf(octets: readonly number[]): PiiId | null {
  const first = octets[0]!
  const second = octets[1]!
  if (first === 0 || first >= 224) return null
  for (const [network, from, to] of privateNetworks)
    if (first === network && second >= from && second <= to) return 'private-ip-address'
  return 'ip-address'
}

/** Eight groups, or fewer around one `::`; not the eight pairs of a hardware address. */
function kindOf6(spelling: string): PiiId | null {
  const sides = spelling.split('::')
  const groups = sides.flatMap((side) => (side === '' ? [] : side.split(':')))
  const isWhole = sides.length === 1 && groups.length === groupCount
  const isShortened = sides.length === 2 && groups.length < groupCount
  if (!(isWhole || isShortened) || !groups.every((group) => /^[0-9a-f]{1,4}$/.test(group))) return null
  if (isWhole && groups.every(({ length }) => length === 2)) return null
  if (spelling === '::1') return 'private-ip-address'
  return kindOfNetwork(sides[0] === '' ? 0 : Number.parseInt(groups[0]!, 16), isWhole)
}

/** @see RFC 4291, section 2.4, and RFC 4193 */
function kindOfNetwork(first: number, isWhole: boolean): PiiId | null {
  if (first >= 0xfc00 && first < 0xfec0) return 'private-ip-address'
  // `a::b` is a path in code; what is routed begins with 2 or 3.
  return isWhole || (first >= 0x2000 && first < 0x4000) ? 'ip-address' : null
}

function zoneEnd(text: Text, end: number): number {
  if (text.at(end) !== 0x25) return end
  const zoneAt = text.runEnd(end + 1, zone, longestZone)
  return zoneAt > end + 1 ? zoneAt : end
}
