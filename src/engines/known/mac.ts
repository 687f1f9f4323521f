// The HMAC by which a form is confirmed. It must be there at once, for which a browser has no means: this is why known
// secrets are found under Node only.
import { utf8 } from '#base'
import { createHmac } from 'node:crypto'
import type { Form } from './table.ts'

const domain = utf8('keyreeve/known/form/v2\0')

/** Tells whether some bytes are a form. */
export function isForm(key: Uint8Array, bytes: Uint8Array, { mac }: Form): boolean {
  const digest = createHmac('sha256', key).update(domain).update(bytes).digest()
  return mac.every((byte, at) => digest[at] === byte)
}
