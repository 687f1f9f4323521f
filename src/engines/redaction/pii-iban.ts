// International bank account numbers: the country says the length, the third and fourth character check the rest.
import { alnum, digit, lower, upper } from './classes.ts'
import type { Found } from './finding.ts'
import { valueOf } from './pii-form.ts'
import { joinsRight } from './pii-place.ts'
import { once } from './once.ts'
import { lexicon, names, wordsBefore } from './pii-words.ts'
import type { Text } from './text.ts'

/** Length of the whole for each country. @see SWIFT IBAN registry */
const lengths = once(
  () =>
    new Map(
      (
        'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ' +
        'ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 ' +
        'KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 ' +
        'PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 ' +
        'VA22 VG24 XK20 YE30'
      )
        .split(' ')
        .map((row) => [row.slice(0, 2), Number(row.slice(2))]),
    ),
)

const hyphen = 0x2d
const space = 0x20

/** Two letters, two digits, and the rest at once or in groups of four. @see ISO 13616-1 */
export function readIban(text: Text, at: number, out: Found[]): void {
  if (!text.is(at + 2, digit) || !text.is(at + 3, digit)) return
  const length = lengths().get(text.latin1(at, at + 2).toUpperCase())
  if (length === undefined) return
  const end = endOf(text, at, length)
  if (end < 0 || joinsRight(text, end)) return
  // Where it was typed by hand, or in lower case, it takes a word: hexadecimal looks alike.
  const isUpper = text.is(at, upper) && text.is(at + 1, upper) && !holdsLower(text, at, end)
  if (!isUpper && !names(wordsBefore(text, at), lexicon().banks)) return
  out.push({ start: at, end, detector: 'iban', confidence: 'certain' })
}

/** One past the last character if there are as many as the country has and they fit the check digits, or -1. */
function endOf(text: Text, start: number, length: number): number {
  const separator = separatorAt(text, start + 4)
  let rest = 0
  let at = start
  const head: number[] = []
  for (let count = 0; count < length; count++, at++) {
    if (separator > 0 && count > 0 && count % 4 === 0 && text.at(at++) !== separator) return -1
    if (!text.is(at, alnum)) return -1
    const value = valueOf(text.bytes[at]!)
    if (count < 4) head.push(value)
    else rest = appended(rest, value)
  }
  return head.reduce(appended, rest) === 1 ? at : -1
}

function separatorAt(text: Text, at: number): number {
  const byte = text.at(at)
  return byte === space || byte === hyphen ? byte : -1
}

/** The remainder by 97 of a number that goes on with a value. @see ISO/IEC 7064, MOD 97-10 */
function appended(rest: number, value: number): number {
  return (rest * (value > 9 ? 100 : 10) + value) % 97
}

function holdsLower(text: Text, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (text.is(at, lower)) return true
  return false
}
