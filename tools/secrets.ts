// Makes well-formed secrets, and broken ones, of every kind that the tables describe: for tests, vectors and benches.
// None of them ever opened anything.
import { bech32Sum, crcOf, type Checksum } from '../src/engines/redaction/checksum.ts'
import type { Detector, Structure } from '../src/engines/redaction/detector.ts'
import { parseForm, parseRun, type Form, type Run } from '../src/engines/redaction/form.ts'
import type { NamedFormat } from '../src/engines/redaction/named.ts'

/** A whole number from 0 to below `limit`. */
export type Random = (limit: number) => number

/** A secret, and what must stand around it to be known. */
export interface Example {
  /** A word that must stand somewhere before, or nothing. */
  readonly context: string
  readonly lead: string
  readonly secret: string
  readonly tail: string
}

const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz')
const digits = Array.from('0123456789')
const bech32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const checksumLength = 6
/** Runs without a bound are this much longer than they must be, at most. */
const spare = 24

/** The same numbers for the same seed, everywhere. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return (limit) => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}

/** A well-formed secret of a row, with what must stand before and behind it. */
export function exampleOf(detector: Detector, random: Random): string {
  const { context, lead, secret, tail } = partsOf(detector, random)
  return [...(context === '' ? [] : [context]), lead + secret + tail].join(' ')
}

/** The same, in its parts. */
export function partsOf(detector: Detector, random: Random): Example {
  // With a backslash in it, it stands in JSON within JSON.
  const anchor = pick(
    detector.anchors.filter((text) => !text.includes('\\')),
    random,
  )
  return makers[detector.structure ?? 'token'](anchor, random, detector)
}

const makers: Readonly<Record<Structure, (anchor: string, random: Random, row: Detector) => Example>> = {
  token: (anchor, random, row) => tokenOf(row, anchor, random),
  aws: (anchor, random, row) => tokenOf(row, anchor, random),
  jwt: (anchor, random) => bare(jwt(anchor, random)),
  pem: (anchor, random) => bare(pem(anchor, random)),
  url: (_, random) => ({
    context: '',
    lead: 'postgres://app:',
    secret: mixed(18, random),
    tail: '@db.internal/app',
  }),
  authorization: (anchor, random) => ({ ...bare(mixed(40, random)), lead: `${anchor}: Bearer ` }),
  bearer: (anchor, random) => ({ ...bare(mixed(40, random)), lead: anchor }),
  assignment: (anchor, random) => ({ ...bare(mixed(24, random)), lead: `${anchor}=` }),
}

/** A value of a format that is known by its name, under such a name. */
export function namedPartsOf({ words, form }: NamedFormat, random: Random): Example {
  const word = pick(words ?? ['service'], random).replace(/[_-]$/, '')
  return {
    context: '',
    lead: `${word.toUpperCase().replaceAll('-', '_')}_API_KEY=`,
    secret: both(parseForm(form), random),
    tail: '',
  }
}

/** A secret of a row with one thing wrong: a byte of another class, too few bytes, or another anchor. */
export function corrupted(detector: Detector, random: Random): string {
  const text = exampleOf(detector, random)
  const [from] = detector.anchors
    .filter((anchor) => text.includes(anchor))
    .map((anchor) => text.indexOf(anchor) + anchor.length)
    .toSorted((a, b) => a - b)
  if (from === undefined) return text.slice(1)
  const least = leastOf(detector)
  const at = from + random(Math.max(1, least))
  return random(2) === 0 ? `${text.slice(0, at)}!${text.slice(at + 1)}` : text.slice(0, Math.max(from, at))
}

function tokenOf(detector: Detector, anchor: string, random: Random): Example {
  const before = detector.before === undefined ? '' : sample(parseRun(detector.before), random)
  const body = checked(detector.checksum, anchor, bodyOf(detector, random))
  const context = detector.context === undefined ? '' : pick(detector.context, random)
  return detector.keepsAnchor === true
    ? { context, lead: anchor, secret: body, tail: '' }
    : { context, lead: '', secret: before + anchor + body, tail: '' }
}

function bodyOf({ form, needsDigit }: Detector, random: Random): string {
  const parsed = parseForm(form)
  return needsDigit === true ? both(parsed, random) : spelled(parsed, random)
}

/** Tries until there are a digit and a letter in it, as there nearly always are. */
function both(form: Form, random: Random): string {
  for (let attempt = 0; attempt < 100; attempt++) {
    const text = spelled(form, random)
    if (/\d/.test(text) && /[A-Za-z]/.test(text)) return text
  }
  return spelled(form, random)
}

function spelled({ head, last }: Form, random: Random): string {
  const parts = head.map((item) => ('literal' in item ? latin1(item.literal) : sample(item, random)))
  return parts.join('') + sample(last, random)
}

/** A padding or a joint stands at no end of a run: there it could be taken for what surrounds the secret. */
function sample({ of, min, max }: Run, random: Random): string {
  const all = Array.from(of.keys()).filter((byte) => of[byte] === 1)
  const chars = all.map((byte) => String.fromCharCode(byte))
  const inner = chars.filter((char) => /[A-Za-z0-9]/.test(char))
  const from = inner.length > 0 ? inner : chars
  const length = min + random(Math.min(max - min, spare) + 1)
  return Array.from({ length }, () => pick(from, random)).join('')
}

function checked(checksum: Checksum | undefined, anchor: string, body: string): string {
  if (checksum === undefined) return body
  if (checksum === 'bech32') return withBech32(anchor, body)
  const data = body.slice(0, -checksumLength)
  return data + crcOf(checksum, Buffer.from(data))
}

/** @see BIP 173, "Checksum" */
function withBech32(anchor: string, body: string): string {
  const prefix = anchor.toLowerCase().slice(0, -1)
  const data = Array.from(body.toLowerCase().slice(0, -checksumLength), (char) => bech32.indexOf(char))
  const sum = bech32Sum(prefix, [...data, 0, 0, 0, 0, 0, 0]) ^ 1
  const check = Array.from({ length: checksumLength }, (_, index) => (sum >> (5 * (5 - index))) & 31)
  const text = [...data, ...check].map((value) => bech32[value]!).join('')
  return anchor === anchor.toUpperCase() ? text.toUpperCase() : text
}

function jwt(anchor: string, random: Random): string {
  const openings: Readonly<Record<string, string>> = { eyJ: '{"', ewog: '{\n  "', eyAi: '{ "' }
  const header = base64url(`${openings[anchor] ?? '{"'}alg":"HS256","typ":"JWT"}`)
  return [header, base64url(`{"sub":"${mixed(12, random)}"}`), mixed(43, random)].join('.')
}

function pem(anchor: string, random: Random): string {
  const lines = Array.from({ length: 6 }, () => mixed(64, random))
  return [`${anchor}PRIVATE KEY-----`, ...lines, '-----END PRIVATE KEY-----'].join('\n')
}

/** Letters and digits, at least one of each. */
function mixed(length: number, random: Random): string {
  const rest = Array.from({ length: length - 2 }, () => pick([...letters, ...digits], random)).join('')
  return pick(letters, random) + pick(digits, random) + rest
}

function bare(secret: string): Example {
  return { context: '', lead: '', secret, tail: '' }
}

/** Fewest bytes that must follow the anchor. */
function leastOf({ form }: Detector): number {
  const { head, last } = parseForm(form)
  return head.reduce((sum, item) => sum + ('literal' in item ? item.literal.length : item.min), last.min)
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

function pick<T>(from: readonly T[], random: Random): T {
  return from[random(from.length)]!
}
