// What the table holds of a secret: for each form in which it travels, a hash to notice it by and an HMAC to be sure.
import { utf8 } from '#base'
import { createHmac } from 'node:crypto'
import type { WindowLength } from './windows.ts'

/** One form, or a piece of a long one. */
export interface Form {
  /** Index in `names`. */
  readonly name: number
  readonly length: number
  readonly window: WindowLength
  /** Characters of base64 before and behind that share bits with the form. */
  readonly lead: number
  readonly tail: number
  /** Keyed hash of the first `window` bytes, signed. */
  readonly hash: number
  /** First 16 bytes of the HMAC-SHA-256 of the whole form. */
  readonly mac: string
}

export interface Table {
  /** All hashes in the table are made from it. */
  readonly key: Uint8Array
  readonly names: readonly string[]
  readonly forms: readonly Form[]
}

export const keyBytes = 32
export const macBytes = 16
export const mostNames = 65_535
/** A longer form is cut into pieces of this many bytes; the last piece may be almost twice as long. */
export const pieceBytes = 1024

const domain = utf8('keyreeve/known/form/v1\0')

/** The HMAC by which a form is confirmed. */
export function formMac(key: Uint8Array, form: Uint8Array): string {
  return createHmac('sha256', key)
    .update(domain)
    .update(form)
    .digest()
    .subarray(0, macBytes)
    .toString('latin1')
}
