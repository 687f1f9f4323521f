// The code that stands in for a lost passkey: shown once, kept as a hash.
import { base64url, fromBase64url, type Random } from '#base'
import type { Enrolled } from '#wire'
import { scrypt, timingSafeEqual } from 'node:crypto'

type Recovery = NonNullable<Enrolled['recovery']>

const symbols = '0123456789abcdefghjkmnpqrstvwxyz'
const length = 25

/** 125 random bits as five groups: nobody guesses that, however often he tries. */
export function newRecoveryCode(random: Random): string {
  const text = Array.from(random(length), (byte) => symbols[byte % symbols.length]).join('')
  return text.match(/.{5}/g)?.join('-') ?? text
}

/** What is kept in the code's stead. @see RFC 7914 */
export async function hashOfCode(code: string, random: Random): Promise<Recovery> {
  const salt = random(16)
  return { salt: base64url(salt), hash: base64url(await stretch(code, salt)) }
}

/** @param typed By a person: case, spaces and hyphens do not matter, nor do letters that look like digits. */
export async function isCode(typed: string, { salt, hash }: Recovery): Promise<boolean> {
  return timingSafeEqual(await stretch(typed, fromBase64url(salt)), fromBase64url(hash))
}

function stretch(code: string, salt: Uint8Array): Promise<Uint8Array> {
  const plain = code.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1')
  return new Promise((resolve, reject) => {
    scrypt(plain, salt, 32, { N: 2 ** 14, r: 8, p: 1 }, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })
}
