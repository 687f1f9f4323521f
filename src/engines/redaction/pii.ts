// Finds personal data that has a structure: addresses, numbers with check digits, and numbers that words name.
import { alnum, digit, hexAny } from './classes.ts'
import type { Found } from './finding.ts'
import { cardRows } from './pii-card.ts'
import { readEmail } from './pii-email.ts'
import { formsOf, FormState, type Form } from './pii-form.ts'
import { glance, worth } from './pii-glance.ts'
import { readIban } from './pii-iban.ts'
import { northernIds } from './pii-ids-north.ts'
import { westernIds } from './pii-ids-west.ts'
import { worldIds } from './pii-ids-world.ts'
import { readIpv4, readIpv6 } from './pii-ip.ts'
import { chosenIds, type PiiId, type PiiKind } from './pii-kinds.ts'
import { NumberReader } from './pii-number.ts'
import { readInternational, readNational } from './pii-phone.ts'
import { joinsLeft, openFrom, pairBefore, startOf, type Start } from './pii-place.ts'
import { once } from './once.ts'
import { Text } from './text.ts'

/** What a byte may belong to. */
const sign = { none: 0, digit: 1, at: 2, percent: 3, colon: 4, plus: 5, open: 6 } as const

interface Finds {
  readonly found: readonly Found[]
  readonly until: number
}

/** Most bytes of an unfinished text that may still become part of a finding, and how far before its sign one begins. */
const longestOpen = 80
const numberReach = 16
/** How far behind its sign a number may begin: behind the escape sequence that the sign belongs to. */
const longestEscape = 8

/** What it takes to look for some kinds. */
interface Plan {
  readonly ids: ReadonlySet<string>
  readonly signs: Uint8Array
  /** What digits are looked at for. */
  readonly flags: number
  readonly first: FormState
}

/** All forms, made once. */
const forms = once(() => [...cardRows(), ...westernIds(), ...northernIds(), ...worldIds()].flatMap(formsOf))
const plans = new Map<string, Plan>()

/** Finds what is chosen of personal data. What it finds depends on the text alone: it keeps nothing between calls. */
export class PiiFinder {
  readonly #ids: ReadonlySet<string>
  readonly #signs: Uint8Array
  readonly #flags: number
  readonly #numbers: NumberReader

  constructor(choice: true | readonly PiiKind[]) {
    const { ids, signs, flags, first } = planOf(chosenIds(choice))
    this.#ids = ids
    this.#signs = signs
    this.#flags = flags
    this.#numbers = new NumberReader(first)
  }

  /** Keeps the contract of `KnownFinder`. */
  find(bytes: Uint8Array, from: number, isFinal: boolean): Finds {
    return this.read(new Text(bytes, isFinal), from)
  }

  /** As `find`, on a text that counts the work. */
  read(text: Text, from: number): Finds {
    const found: Found[] = []
    let until: number = text.isFinal ? Infinity : openFrom(text, longestOpen)
    const { bytes, end } = text
    const signs = this.#signs
    for (let at = Math.max(0, from - longestEscape); at < end; at++) {
      const of = signs[bytes[at]!]!
      if (of === sign.none) continue
      if (of === sign.digit && at > 0 && signs[bytes[at - 1]!] === sign.digit) continue
      text.isShort = false
      this.#readAt(text, at, of, found)
      if (text.isShort) until = Math.min(until, at - reachOf(of))
      // No number begins at a later digit of a word.
      if (of === sign.digit) while (alnum[bytes[at + 1]!] === 1) at++
    }
    until = Math.max(until, from)
    const isNew = ({ start, detector }: Found): boolean =>
      start >= from && start < until && this.#ids.has(detector)
    return { found: found.filter(isNew), until }
  }

  #readAt(text: Text, at: number, of: number, out: Found[]): void {
    if (of === sign.digit) this.#readDigits(text, at, out)
    else if (of === sign.at) readEmail(text, at, out)
    else if (of === sign.percent) readEncodedAt(text, at, out)
    else if (of === sign.colon) readColon(text, at, out)
    else if (of === sign.plus) readInternational(text, at, out)
    else if (text.is(at + 1, digit) && !joinsLeft(text, at)) readNational(text, at, out)
  }

  #readDigits(text: Text, at: number, out: Found[]): void {
    const flags = glance(text.bytes, at) & this.#flags
    if (flags === worth.nothing) return
    const pair = (flags & worth.pair) === 0 ? null : pairBefore(text, at)
    if (pair !== null && !joinsLeft(text, pair))
      this.#numbers.read(text, { at: pair, isDoubtful: false }, out)
    const start = startOf(text, at)
    if ((flags & worth.address) !== 0) readIpv4(text, start?.at ?? at, this.#ids, out)
    if (start !== null) this.#readFrom(text, start, flags, out)
  }

  #readFrom(text: Text, start: Start, flags: number, out: Found[]): void {
    if ((flags & worth.number) !== 0) this.#numbers.read(text, start, out)
    if ((flags & worth.account) !== 0) readIban(text, start.at, out)
    if ((flags & worth.phone) !== 0 && text.is(start.at, digit)) readNational(text, start.at, out)
  }
}

/** How far before its sign a finding may begin. */
function reachOf(of: number): number {
  return of === sign.at || of === sign.percent ? longestOpen : numberReach
}

function planOf(ids: ReadonlySet<PiiId>): Plan {
  const key = [...ids].sort().join(' ')
  const known = plans.get(key)
  if (known !== undefined) return known
  const chosen = forms().filter(({ row }) => ids.has(row.id))
  const plan = { ids, signs: signsOf(ids), flags: flagsOf(ids, chosen), first: new FormState(chosen, 0) }
  plans.set(key, plan)
  return plan
}

function flagsOf(ids: ReadonlySet<string>, chosen: readonly Form[]): number {
  return (
    (chosen.length > 0 ? worth.number | worth.pair : 0) |
    (ids.has('phone-number') ? worth.phone : 0) |
    (ids.has('ip-address') || ids.has('private-ip-address') ? worth.address : 0) |
    (ids.has('iban') ? worth.account : 0)
  )
}

/** The bytes that what is chosen can be known by. */
function signsOf(ids: ReadonlySet<string>): Uint8Array {
  const signs = new Uint8Array(256)
  const isAny = (...some: readonly PiiId[]): boolean => some.some((id) => ids.has(id))
  if (isAny('email')) {
    signs[0x40] = sign.at
    signs[0x25] = sign.percent
  }
  if (isAny('ip-address', 'private-ip-address')) signs[0x3a] = sign.colon
  if (isAny('phone-number')) {
    signs[0x2b] = sign.plus
    signs[0x28] = sign.open
  }
  const isNumber = [...ids].some((id) => id !== 'email')
  return isNumber ? signs.fill(sign.digit, 0x30, 0x3a) : signs
}

function readEncodedAt(text: Text, at: number, out: Found[]): void {
  if (text.at(at + 1) === 0x34 && text.at(at + 2) === 0x30) readEmail(text, at, out)
}

function readColon(text: Text, at: number, out: Found[]): void {
  const isDouble = text.at(at + 1) === 0x3a
  if (isDouble || (text.is(at + 1, hexAny) && text.is(at - 1, hexAny))) readIpv6(text, at, out)
}
