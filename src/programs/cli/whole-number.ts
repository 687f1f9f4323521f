// Reads a number that somebody typed.
import { Fault } from '#base'

/** @throws Fault `usage` for anything but a whole number from 0 to `most`. */
export function wholeNumber(
  text: string | boolean | undefined,
  name: string,
  most = Number.MAX_SAFE_INTEGER,
): number {
  const value = typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(value) && value <= most) return value
  throw new Fault('usage', `${name} must be a whole number from 0 to ${most}`)
}
