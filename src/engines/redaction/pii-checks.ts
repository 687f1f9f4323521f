// Check digits. Digits come as values 0 to 9, letters as 10 to 35.

/** @see ISO/IEC 7812-1, annex B */
export function passesLuhn(values: Uint8Array, length: number): boolean {
  let sum = 0
  for (let at = length - 1, isDoubled = false; at >= 0; at--, isDoubled = !isDoubled) {
    const value = isDoubled ? 2 * values[at]! : values[at]!
    sum += value > 9 ? value - 9 : value
  }
  return sum % 10 === 0
}

/** Sum of the values from `from` on, each times its weight. */
export function weighted(values: Uint8Array, weights: readonly number[], from = 0): number {
  let sum = 0
  for (let at = 0; at < weights.length; at++) sum += weights[at]! * values[from + at]!
  return sum
}

/** The number that `length` digits from `from` on spell; below 2^53 up to 15 digits. */
export function numberAt(values: Uint8Array, from: number, length: number): number {
  let number = 0
  for (let at = from; at < from + length; at++) number = 10 * number + values[at]!
  return number
}

/** MOD 11,10 over digits, the last of which is the check digit. @see ISO/IEC 7064, section 9 */
export function passesMod1110(values: Uint8Array, length: number): boolean {
  let product = 10
  for (let at = 0; at < length - 1; at++) {
    const sum = (product + values[at]!) % 10
    product = (2 * (sum === 0 ? 10 : sum)) % 11
  }
  return (product + values[length - 1]!) % 10 === 1
}

const dihedral = ['0123456789', '1234067895', '2340178956', '3401289567', '4012395678'].concat([
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
])
const permutations = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
]

/** @see J. Verhoeff, Error Detecting Decimal Codes, 1969 */
export function passesVerhoeff(values: Uint8Array, length: number): boolean {
  let check = 0
  for (let at = 0; at < length; at++) {
    const permuted = Number(permutations[at % 8]![values[length - 1 - at]!])
    check = Number(dihedral[check]![permuted])
  }
  return check === 0
}

const longestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Tells whether a year has such a day. */
export function isDay(month: number, day: number): boolean {
  return day >= 1 && day <= (longestMonths[month - 1] ?? 0)
}

/** Tells whether six digits from `from` on are a date: year, month, day, of two digits each. */
export function isYymmdd(values: Uint8Array, from: number): boolean {
  return isDay(numberAt(values, from + 2, 2), numberAt(values, from + 4, 2))
}

/** As `isYymmdd`: day, month, year. */
export function isDdmmyy(values: Uint8Array, from: number): boolean {
  return isDay(numberAt(values, from + 2, 2), numberAt(values, from, 2))
}

/** The letter or digit for a value. */
export function spelled(value: number): string {
  return value < 10 ? String(value) : String.fromCharCode(0x37 + value)
}
