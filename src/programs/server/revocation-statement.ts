// What a revoked device that proved its key is told: on that, and on nothing else, it deletes the key.
import type { Clock } from '#base'
import type { KeyObject } from 'node:crypto'
import { signerOf, signRevocationStatement } from '#token'

/** Who says so, and by which key. */
interface Saying {
  readonly issuer: string
  readonly keys: { current(): { readonly kid: string; readonly privateKey: KeyObject } }
  readonly clock: Pick<Clock, 'now'>
}

/** Signs that a device's key is revoked. To be told to whoever proved to hold that key. */
export function revocationOf(
  { issuer, keys, clock }: Saying,
  { id, jkt }: { readonly id: string; readonly jkt: string },
): Promise<string> {
  const { kid, privateKey } = keys.current()
  const statement = { iss: issuer, device: id, jkt, reason: 'revoked', iat: Math.floor(clock.now() / 1000) }
  return signRevocationStatement(statement, kid, signerOf(privateKey))
}
