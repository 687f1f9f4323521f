// Phone numbers: international ones by their plus, North American ones by their punctuation, others by the words around.
import { digit, letter } from './classes.ts'
import type { Found } from './finding.ts'
import { plainFound } from './pii-bare.ts'
import { isDay } from './pii-checks.ts'
import { hasGroupBefore, isMasked, joinsLeft, joinsRight } from './pii-place.ts'
import { groupAt, Phrase, separators } from './pii-phrase.ts'
import { once } from './once.ts'
import { lexicon, nearest, wordsBefore } from './pii-words.ts'
import type { Text } from './text.ts'

const open = 0x28
const dot = 0x2e
/** @see ITU-T E.164, section 6.2.1 */
const mostDigits = 15
const americanDigits = 11
const hyphen = 0x2d
/** Digits of a first group. */
const longestArea = 5
const longestExtension = 6
/** How far behind a number a word may say that it is one: `555 0123 office`. */
const wordReach = 12

/** The digits that are being looked at. */
const phrase = new Phrase()

/** Country codes. @see ITU-T E.164, list of assigned country codes */
const countries = once(
  () =>
    new Set(
      (
        '1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 ' +
        '86 90 91 92 93 94 95 98 ' +
        '211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 238 239 240 241 242 ' +
        '243 244 245 246 247 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264 265 266 267 268 269 290 291 ' +
        '297 298 299 350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 380 381 382 383 385 386 ' +
        '387 389 420 421 423 500 501 502 503 504 505 506 507 508 509 590 591 592 593 594 595 596 597 598 599 670 672 673 ' +
        '674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 692 800 808 850 852 853 855 856 870 878 880 ' +
        '881 882 883 886 888 960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977 979 992 993 994 995 996 998'
      ).split(' '),
    ),
)

const behind = once(() => /^[ ,(-]{0,2}(?:office|mobile|fax|home|cell|work|tel|desk|phone)(?![a-z[])/)

/** A number whose plus stands at `at`. @see ITU-T E.123 */
export function readInternational(text: Text, at: number, out: Found[]): void {
  if (!text.is(at + 1, digit) || joinsLeft(text, at)) return
  const end = internationalEnd(text, phrase.read(text, at + 1))
  if (end > 0) out.push({ start: at, end, detector: 'phone-number', confidence: 'likely' })
}

/** A number without a plus, or with one that is percent-encoded. */
export function readNational(text: Text, at: number, out: Found[]): void {
  phrase.read(text, at)
  const end = isPlusEncoded(text, at) ? internationalEnd(text, phrase) : nationalEnd(text, at)
  if (end <= 0) return
  out.push(...plainFound(text, { start: at, end, detector: 'phone-number', confidence: 'likely' }))
}

function isPlusEncoded(text: Text, at: number): boolean {
  return text.at(at - 3) === 0x25 && text.latin1(at - 3, at).toLowerCase() === '%2b'
}

/** One past the groups that make an international number, as many as can be, or 0. */
function internationalEnd(text: Text, { count, starts, lengths, ends }: Phrase): number {
  if (count === 0) return 0
  const country = text.latin1(starts[0]!, Math.min(starts[0]! + 3, ends[0]!))
  if (![1, 2, 3].some((length) => countries().has(country.slice(0, length)))) return 0
  let end = 0
  let total = 0
  for (let taken = 1; taken <= count; taken++) {
    total += lengths[taken - 1]!
    if (isInternational(total, country, taken)) end = Math.max(end, wholeEnd(text, ends[taken - 1]!))
  }
  return end
}

function isInternational(digits: number, country: string, groups: number): boolean {
  if (country.startsWith('1')) return digits === americanDigits
  return digits <= mostDigits && digits >= (groups === 1 ? 9 : 8)
}

function nationalEnd(text: Text, at: number): number {
  const end = americanEnd(text)
  if (end > 0) return wholeEnd(text, end)
  return isNumber(text) && !hasGroupBefore(text, at) ? namedEnd(text, at) : 0
}

/** `(212) 555-0123`, `212-555-0123`, `1.212.555.0123`: the form is enough. */
function americanEnd(text: Text): number {
  const { lengths, gaps, ends } = phrase
  const from = lengths[0] !== 3 || groupAt(text, phrase, 0) === 1 ? 1 : 0
  if (!phrase.has(from, [3, 3, 4]) || (from === 1 && groupAt(text, phrase, 0) !== 1)) return 0
  const [first, second] = [gaps[from + 1]!, gaps[from + 2]!]
  const isForm =
    gaps[from] === open || first === open || (first === second && (first === hyphen || first === dot))
  return isForm && groupAt(text, phrase, from) >= 200 ? ends[from + 2]! : 0
}

/** Has as many digits as a number, and is neither a date, nor an address, nor a time stamp. */
function isNumber(text: Text): boolean {
  const { count, digits } = phrase
  if (digits < 7 || digits > 13) return false
  return count === 1 ? !isStamp(text, digits) : isGrouped() && !isAddress() && !isDate(text)
}

/** The first group is not longer than an area's code, and no other is a single digit. */
function isGrouped(): boolean {
  const { count, lengths } = phrase
  for (let index = 1; index < count; index++) if (lengths[index] === 1) return false
  // 3-2-4 is the form of social security numbers.
  return lengths[0]! <= longestArea && !(count === 3 && phrase.has(0, [3, 2, 4]))
}

function isAddress(): boolean {
  const { count, gaps } = phrase
  return count === 4 && gaps[1] === dot && gaps[2] === dot && gaps[3] === dot
}

/** Seconds or milliseconds since 1970, or a day of this century. */
function isStamp(text: Text, digits: number): boolean {
  const first = text.at(phrase.starts[0]!)
  if (digits === 8) return first === 0x32 && text.at(phrase.starts[0]! + 1) === 0x30
  return (digits === 10 || digits === 13) && first === 0x31
}

function isDate(text: Text): boolean {
  const { count, lengths } = phrase
  if (lengths[0] === 4) return isYear(groupAt(text, phrase, 0)) && lengths[1]! <= 2
  if (count < 3 || lengths[0]! > 2 || lengths[1]! > 2 || lengths[2] !== 4) return false
  const [first, second] = [groupAt(text, phrase, 0), groupAt(text, phrase, 1)]
  return isYear(groupAt(text, phrase, 2)) && (isDay(first, second) || isDay(second, first))
}

function isYear(number: number): boolean {
  return number >= 1900 && number < 2100
}

/** One past the number if words say that it is one: right before it where it is one run of digits. */
function namedEnd(text: Text, at: number): number {
  const { count, ends } = phrase
  const end = wholeEnd(text, ends[count - 1]!)
  if (end === 0 || mayGoOn(text, end)) return 0
  const words = wordsBefore(text, at)
  const { phones, calls } = lexicon()
  const isNamed = nearest(words, phones) >= 0 || (count > 1 && nearest(words, calls) >= 0)
  return isNamed || isNamedBehind(text, end) ? end : 0
}

/** Another group may have stood there before it was masked. */
function mayGoOn(text: Text, end: number): boolean {
  return text.is(end, separators) && isMasked(text, end + 1)
}

function isNamedBehind(text: Text, end: number): boolean {
  // Asks for all of it, so that a text that goes on is read again.
  text.at(end + wordReach)
  return behind().test(text.latin1(end, Math.min(text.end, end + wordReach)).toLowerCase())
}

/** One past the number, and its extension if it has one, or 0 if what follows makes it part of something else. */
function wholeEnd(text: Text, end: number): number {
  const extended = extensionEnd(text, end)
  if (extended > end && !goesOn(text, extended)) return extended
  return goesOn(text, end) ? 0 : end
}

function goesOn(text: Text, end: number): boolean {
  const isLabelled = text.at(end) === hyphen && text.is(end + 1, letter)
  return !isLabelled && joinsRight(text, end)
}

/** Behind `x123` or ` ext. 123`. */
function extensionEnd(text: Text, end: number): number {
  const after = text.at(end) === 0x20 ? end + 1 : end
  if ((text.at(after) | 0x20) !== 0x78 && (text.at(after) | 0x20) !== 0x65) return end // x e
  text.at(after + longestExtension)
  const [spelling] = /^(?:x|ext\.?) ?(?=\d)/i.exec(
    text.latin1(after, Math.min(text.end, after + longestExtension)),
  ) ?? ['']
  if (spelling === '') return end
  return text.runEnd(after + spelling.length, digit, longestExtension)
}
