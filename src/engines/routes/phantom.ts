// Phantom tokens: what an assistant holds in place of a key. They look like the provider's keys and open nothing there.
import type { Random } from '#base'
import { crc32 } from 'node:zlib'
import type { KeyForm, Provider } from './providers.ts'

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const alphabets = { base62: digits, base64url: `${digits}-_`, hex: '0123456789abcdef' } as const
const plainForm: KeyForm = { alphabet: 'base62', parts: ['krp_', 40] }
const checksumLength = 6

/**
 * Makes a phantom in the form of the provider's keys: prefix, length and checksum.
 * @param provider Null for a route to any other API.
 * @returns At least 128 bits of chance.
 */
export function makePhantom(provider: Provider | null, random: Random): string {
  const { alphabet, parts, checksum } = provider?.key ?? plainForm
  const letters = alphabets[alphabet]
  const made = parts.map((part) => (typeof part === 'string' ? part : lettersOf(letters, part, random)))
  const drawn = made.filter((_, index) => typeof parts[index] === 'number').join('')
  return made.join('') + (checksum === true ? base62(crc32(drawn)).padStart(checksumLength, '0') : '')
}

/** Bytes beyond the largest multiple of the alphabet's size are thrown away, so that no letter is likelier than another. */
function lettersOf(letters: string, count: number, random: Random): string {
  const fair = 256 - (256 % letters.length)
  let text = ''
  while (text.length < count) {
    for (const byte of random(count)) {
      if (byte < fair && text.length < count) text += letters[byte % letters.length]
    }
  }
  return text
}

function base62(value: number): string {
  return value < 62 ? (digits[value] ?? '') : base62(Math.floor(value / 62)) + (digits[value % 62] ?? '')
}
