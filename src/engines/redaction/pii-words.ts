// The words before a value that say what it is, or that it is something else.
import { utf8 } from '#base'
import { alnum, byteClass, lower, upper } from './classes.ts'
import { once } from './once.ts'
import { endsPlaceholder } from './placeholder.ts'
import { fold, type Text } from './text.ts'

/** A list of words that mean the same. */
export interface Needles {
  readonly words: readonly Needle[]
}

interface Needle {
  readonly of: Needles
  readonly bytes: Uint8Array
  /** It may begin, or end, within a longer word. */
  readonly isOpenLeft: boolean
  readonly isOpenRight: boolean
}

/** The words before a place. */
export interface Words {
  /** Those that some list holds, and where, counted in words. */
  readonly hits: readonly { readonly of: Needles; readonly at: number }[]
  readonly count: number
  /** A placeholder ends what can be seen: other words may have stood there. */
  readonly isCut: boolean
}

const reach = 64
const fewest = 4
const escaped = byteClass('nrt')
const backslash = 0x5c
const blank = 0x20
const closingBracket = 0x5d

/** Needles of all lists in groups of the same first two bytes; for each pair of bytes the place of its group. */
const groups: Needle[][] = [[]]
const groupOf = once(() => new Uint16Array(0x1_0000))
/** Lower case, apart by single blanks, UTF-8 byte by byte; a word that may be cut off has no blank before it. */
const line = new Uint8Array(2 * reach + 8)

/** Words of all kinds; those of single rows stand with the rows. */
export const lexicon = once(() => ({
  /** Long numbers that are no personal data. */
  others: needlesOf(
    'trace, span, request, correlation, commit, sha, sha1, sha256, hash, digest, checksum, etag, integrity, build, ' +
      'version, revision, timestamp, ts, epoch, nonce, offset, seq, sequence, uuid, guid, snowflake, thread, pid, ' +
      'port, duration, elapsed, bytes, size, length, count, total, amount, price, cost, parent id, message id, event id',
  ),
  phones: needlesOf(
    'phone, phones, telephone, tel, tél, mobile, cell, cellphone, fax, msisdn, whatsapp, sms, hotline, handy, desk, ' +
      'telefon*, teléfono, telefono, téléphone, portable, celular, cellulare, móvil, gsm, rufnummer, mobil*, puhelin, ' +
      '*电话*, *手机*, *電話*, *携帯*, *전화*, *телефон*, *тел*',
  ),
  /** What is done with a phone. */
  calls: needlesOf(
    'call, called, calling, dial, ring, message, messages, answering, reach, contact, registered',
  ),
  banks: needlesOf('iban, konto, kontonummer, bank, account, compte, cuenta, conto, rekening'),
  addressed: needlesOf(
    'email, e mail, mail, mailto, to, from, cc, bcc, user, username, login, contact, author, reply, account',
  ),
  hosts: needlesOf(
    'ip, ips, ipv, addr, address, addresses, host, client, remote, peer, from, server, gateway, dns, forwarded',
  ),
  versions: needlesOf(
    'version, versions, ver, v, release, firmware, build, revision, upgrade, assembly, section, chapter, oid',
  ),
}))

/** Reads a list of words: `ssn, social security, steuerid*` where a star leaves the word open at that end. */
export function needlesOf(list: string): Needles {
  const words: Needle[] = []
  const of = { words }
  for (const spelled of list.split(', ')) {
    const bytes = utf8(spelled.replaceAll('*', ''))
    const needle = { of, bytes, isOpenLeft: spelled.startsWith('*'), isOpenRight: spelled.endsWith('*') }
    words.push(needle)
    const key = (bytes[0]! << 8) | bytes[1]!
    if (groupOf()[key] === 0) groupOf()[key] = groups.push([]) - 1
    groups[groupOf()[key]!]!.push(needle)
  }
  return of
}

/** The words within 64 bytes before `start`, `camelCase` and `snake_case` taken apart. */
export function wordsBefore(text: Text, start: number): Words {
  // Before the first look, so that no list is missing from the index.
  lexicon()
  const from = visibleFrom(text, start)
  text.steps += 2 * (start - from)
  const isCut = endsPlaceholder(text, from)
  const isWhole = !isCut && (from === 0 || !isWordByte(text.bytes[from - 1]!))
  return hitsIn(spell(text.bytes, [from, start], isWhole), isCut)
}

/** Looks up each word of the line. */
function hitsIn(length: number, isCut: boolean): Words {
  const hits: { of: Needles; at: number }[] = []
  const places = groupOf()
  let count = 0
  for (let at = 0; at < length; at++) {
    const isStart = at > 0 && line[at - 1] === blank
    if (isStart && line[at] !== blank) count++
    const group = isStart || line[at]! >= 0x80 ? places[(line[at]! << 8) | line[at + 1]!]! : 0
    if (group === 0) continue
    for (const needle of groups[group]!)
      if (isAt(needle, at, isStart)) hits.push({ of: needle.of, at: count })
  }
  return { hits, count, isCut }
}

/** Tells whether one of the words is there. */
export function names({ hits }: Words, needles: Needles): boolean {
  return hits.some(({ of }) => of === needles)
}

/** How far to the right one of the words stands among the last few, or -1. */
export function nearest({ hits, count }: Words, needles: Needles): number {
  let last = -1
  for (const { of, at } of hits) if (of === needles && at > count - fewest) last = at
  return last
}

/** The nearest words cannot all be seen: they may have said that it is something else before they were masked. */
export function isUnseen({ isCut, count }: Words): boolean {
  return isCut && count < fewest
}

/** The nearest words name something else, or may have done so. */
export function namesOther(words: Words): boolean {
  return isUnseen(words) || nearest(words, lexicon().others) >= 0
}

/** Writes the words to the line, a blank behind each. @returns The length of the line. */
function spell(bytes: Uint8Array, [from, to]: readonly [number, number], isWhole: boolean): number {
  let length = 0
  if (isWhole) line[length++] = blank
  let isBlank = isWhole
  for (let at = from; at < to; at++) {
    const isWord = isWordByte(bytes[at]!) && !(at > from && isEscape(bytes, at))
    if (!isBlank && (!isWord || (at > from && isHump(bytes, at)))) line[length++] = blank
    if (isWord) line[length++] = fold(bytes[at]!)
    isBlank = !isWord
  }
  if (!isBlank) line[length++] = blank
  line[length] = 0
  return length
}

function isAt({ bytes, isOpenLeft, isOpenRight }: Needle, at: number, isStart: boolean): boolean {
  if (!isStart && !isOpenLeft) return false
  for (let offset = 2; offset < bytes.length; offset++) if (line[at + offset] !== bytes[offset]) return false
  return isOpenRight || line[at + bytes.length] === blank
}

/** The letter of \n, which is no letter of a word. */
function isEscape(bytes: Uint8Array, at: number): boolean {
  return escaped[bytes[at]!] === 1 && bytes[at - 1] === backslash
}

function isHump(bytes: Uint8Array, at: number): boolean {
  return upper[bytes[at]!] === 1 && lower[bytes[at - 1]!] === 1
}

function isWordByte(byte: number): boolean {
  return alnum[byte] === 1 || byte >= 0x80
}

/** What lies before a placeholder is not seen: once all is masked, it stands where other text has stood. */
function visibleFrom(text: Text, start: number): number {
  const first = Math.max(0, start - reach)
  for (let at = start; at > first; at--)
    if (text.bytes[at - 1] === closingBracket && endsPlaceholder(text, at)) return at
  return first
}
