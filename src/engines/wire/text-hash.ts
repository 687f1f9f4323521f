// The hash by which a text is known to all programs: on cards, in approvals, in the log.
import { utf8 } from '#base'
import { hash } from 'node:crypto'

/** SHA-256 of the UTF-8 bytes of a text, in lower-case hexadecimal. */
export function textHash(text: string): string {
  return hash('sha256', utf8(text), 'hex')
}
