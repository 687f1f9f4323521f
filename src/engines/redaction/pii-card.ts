// Payment cards: the issuer's range says how long the number is, Luhn's digit that it is one.
import { numberAt, passesLuhn } from './pii-checks.ts'
import type { PiiRow } from './pii-form.ts'

/** First and last prefix of six digits, and the lengths of its numbers. */
type Range = readonly [first: number, last: number, shortest: number, longest: number]

/** Visa, Mastercard, American Express, Diners Club, Discover, JCB, UnionPay, Mir, RuPay, Maestro. */
const ranges: readonly Range[] = [
  [400_000, 499_999, 13, 19],
  [510_000, 559_999, 16, 16],
  [222_100, 272_099, 16, 16],
  [340_000, 349_999, 15, 15],
  [370_000, 379_999, 15, 15],
  [300_000, 305_999, 14, 19],
  [309_500, 309_599, 14, 19],
  [360_000, 369_999, 14, 19],
  [380_000, 399_999, 14, 19],
  [601_100, 601_199, 16, 19],
  [644_000, 659_999, 16, 19],
  [352_800, 358_999, 16, 19],
  [180_000, 180_099, 15, 15],
  [213_100, 213_199, 15, 15],
  [620_000, 629_999, 16, 19],
  [810_000, 817_199, 16, 19],
  [220_000, 220_499, 16, 19],
  [508_500, 508_999, 16, 16],
  [606_900, 608_999, 16, 16],
  [500_000, 509_999, 12, 19],
  [560_000, 699_999, 12, 19],
]

const words =
  'card, cards, cc, creditcard, debitcard, cardnumber, cardno, ccnum, ccnumber, visa, mastercard, amex, ' +
  'american express, diners, discover, jcb, maestro, unionpay, rupay, primary account number, cvv, cvc, expiry, ' +
  'carte, kreditkarte*, karte, kartennummer, tarjeta, carta, cartão, cartao, karta, *卡号*, *银行卡*, *カード*'

export function cardRows(): readonly PiiRow[] {
  return [issued(), named()]
}

function issued(): PiiRow {
  return {
    id: 'payment-card',
    forms: {
      ...plainForms(),
      ...groupedForms(' '),
      ...groupedForms('-'),
      'dddd.dddd.dddd.dddd': 'likely',
    },
    check: isCard,
    words,
    named: 'certain',
    source: 'https://www.iso.org/standard/70484.html',
  }
}

/** Where words say that it is a card, an issuer that is not known here is one, too. */
function named(): PiiRow {
  const forms = Array.from({ length: 8 }, (_, index) => [digits(12 + index), 'named'] as const)
  return { ...issued(), forms: Object.fromEntries(forms), check: passesLuhn, named: 'likely' }
}

/** Sixteen digits are what most cards have; ids of other lengths are common, too. */
function plainForms(): PiiRow['forms'] {
  return {
    [digits(12)]: 'named',
    [digits(13)]: 'hint',
    [digits(14)]: 'likely',
    [digits(15)]: 'likely',
    [digits(16)]: 'likely',
    [digits(17)]: 'hint',
    [digits(18)]: 'hint',
    [digits(19)]: 'hint',
  }
}

function groupedForms(separator: string): PiiRow['forms'] {
  const groupings = [
    [4, 4, 4, 4],
    [4, 6, 5],
    [4, 6, 4],
    [4, 5, 6],
    [4, 4, 4, 1],
    [4, 4, 4, 2],
    [4, 4, 4, 3],
    [6, 6, 4],
    [4, 4, 4, 4, 1],
    [4, 4, 4, 4, 2],
    [4, 4, 4, 4, 3],
    [6, 13],
  ]
  return Object.fromEntries(groupings.map((lengths) => [lengths.map(digits).join(separator), 'certain']))
}

function digits(count: number): string {
  return 'd'.repeat(count)
}

function isCard(values: Uint8Array, length: number): boolean {
  if (!passesLuhn(values, length)) return false
  const prefix = numberAt(values, 0, 6)
  return ranges.some(
    ([first, last, shortest, longest]) =>
      prefix >= first && prefix <= last && length >= shortest && length <= longest,
  )
}
