// Sets of bytes, as tables of 256 flags.

/** `table[byte]` is 1 if the byte belongs to the class. */
export type ByteClass = Uint8Array

const tables = new Map<string, ByteClass>()

/** Builds a class from characters and ranges such as `A-Z`; a hyphen at the end means itself. Equal ones are one table. */
export function byteClass(spec: string): ByteClass {
  const known = tables.get(spec)
  if (known !== undefined) return known
  const table = new Uint8Array(256)
  for (let at = 0; at < spec.length; at++) {
    const from = spec.charCodeAt(at)
    const isRange = spec[at + 1] === '-' && at + 2 < spec.length
    const to = isRange ? spec.charCodeAt(at + 2) : from
    table.fill(1, from, to + 1)
    if (isRange) at += 2
  }
  tables.set(spec, table)
  return table
}

/** What belongs to either class. */
export function union(a: ByteClass, b: ByteClass): ByteClass {
  return a.map((flag, byte) => flag | b[byte]!)
}

function complement(table: ByteClass): ByteClass {
  return table.map((flag) => 1 - flag)
}

export const digit = byteClass('0-9')
export const upper = byteClass('A-Z')
export const lower = byteClass('a-z')
export const letter = byteClass('A-Za-z')
export const alnum = byteClass('A-Za-z0-9')
/** Letters, digits and underscore. */
export const word = byteClass('A-Za-z0-9_')
export const hexLower = byteClass('0-9a-f')
const hexUpper = byteClass('0-9A-F')
export const hexAny = byteClass('0-9A-Fa-f')
/** @see RFC 4648, section 6 */
const base32 = byteClass('A-Z2-7')
/** @see RFC 4648, section 4, with padding */
export const base64 = byteClass('A-Za-z0-9+/=')
/** @see RFC 4648, section 5 */
export const base64url = byteClass('A-Za-z0-9_-')
/** base64url in parts that are joined by dots. */
const dotted = byteClass('A-Za-z0-9_.-')
/** Alphabet of Bech32 in upper case. @see BIP 173 */
const bech32 = byteClass('02-9AC-HJ-NP-Z')
/** Path segments of a webhook's URL. */
const segments = byteClass('A-Za-z0-9_/-')
/** @see RFC 6750, section 2.1, `b64token` */
export const b64token = byteClass('A-Za-z0-9._~+/=-')
/** What the name of a setting is made of. */
export const keyName = byteClass('A-Za-z0-9_.-')
export const blank = byteClass(' \t')
export const space = byteClass(' \t\r\n')
/** Ends an unquoted value anywhere: white space, quotes, escapes and separators of the formats that we read. */
export const bare = complement(byteClass(`${controls()} "'\`\\,;&<>(){}[]|\x7f`))
/** Ends an unquoted value that has the rest of its line to itself. */
export const solid = complement(byteClass(`${controls()} \x7f`))
/** The same, but nothing that ends a JSON string or could be cut in it. */
export const plain = complement(byteClass(`${controls()} "\\\x7f`))
/** Whatever a userinfo part may hold in practice, stricter writers percent-encode more. @see RFC 3986, section 3.2.1 */
export const userinfo = complement(byteClass(`${controls()} "'\`\\<>/?#@:\x7f`))
/** One run of a text: where attempts are counted. Bytes above ASCII end it, so that no character is ever cut. */
export const unbroken = byteClass('!#-%*-+./0-9:=?@A-Z^_a-z~-')

function controls(): string {
  return String.fromCharCode(...Array.from({ length: 32 }, (_, code) => code))
}

/** Classes that a form may name; any other is written as a set. */
const named: Readonly<Record<string, ByteClass>> = {
  digit,
  lower,
  upper,
  letter,
  alnum,
  word,
  hex: hexLower,
  HEX: hexUpper,
  hexany: hexAny,
  base32,
  base58: byteClass('1-9A-HJ-NP-Za-km-z'),
  base64,
  base64url,
  dotted,
  bech32,
  segments,
  b64token,
}

/** The class of that name, or nothing. */
export function classNamed(name: string): ByteClass | undefined {
  return Object.hasOwn(named, name) ? named[name] : undefined
}
