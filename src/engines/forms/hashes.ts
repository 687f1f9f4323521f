// The keyed hashes of a form. src/engines/known computes the same of a text, in WebAssembly and without.
import { utf8 } from '#base'
import { createHmac } from 'node:crypto'

/** Drawn anew for each table, which holds them. `key` is that of the HMAC. */
export interface Keys {
  readonly key: Uint8Array
  /** Odd numbers of 64 bits: nine for windows, by place, the last for whole forms. */
  readonly words: BigUint64Array
}

const domain = utf8('keyreeve/known/form/v2\0')

/** The upper half of the sum of a window's words of eight bytes, each times its own; the last ends with the window. */
export function windowHash({ words }: Keys, window: Uint8Array): number {
  const last = window.length - 8
  let sum = 0n
  for (let at = 0; at - 8 < last; at += 8) sum += wordAt(window, Math.min(at, last)) * words[at / 8]!
  return Number(BigInt.asUintN(32, sum >> 32n))
}

/** Of a whole form, so that little that is none costs an HMAC. */
export function wholeHash({ words }: Keys, form: Uint8Array): number {
  const word = words[9]!
  let hash = BigInt(form.length)
  for (let at = 0; at + 8 <= form.length; at += 8) {
    hash = BigInt.asUintN(64, (hash ^ wordAt(form, at)) * word)
    hash ^= hash >> 32n
  }
  const product = (hash ^ wordAt(form, form.length - 8)) * word
  return Number(BigInt.asUintN(32, product >> 32n))
}

/** First 16 bytes of the HMAC-SHA-256 by which a form is confirmed. */
export function formMac({ key }: Keys, form: Uint8Array): Buffer {
  return createHmac('sha256', key).update(domain).update(form).digest().subarray(0, 16)
}

function wordAt({ buffer, byteOffset }: Uint8Array, at: number): bigint {
  return new DataView(buffer, byteOffset + at).getBigUint64(0, true)
}
