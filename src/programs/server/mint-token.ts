// Signs the token of a device, whichever way it was asked for.
import type { Clock, Random } from '#base'
import { deviceClient, signAccessToken, signerOf, type AccessTokenClaims } from '#token'
import type { KeyObject } from 'node:crypto'
import type { MintDevice } from './mint-devices.ts'

/** What a device is given. */
export type Given = Pick<AccessTokenClaims, 'aud' | 'scope' | 'authorization_details'> & {
  /** Seconds. */
  readonly life: number
}

/** Who signs. */
interface Signing {
  readonly issuer: string
  readonly keys: { current(): { readonly kid: string; readonly privateKey: KeyObject } }
  readonly clock: Pick<Clock, 'now'>
  readonly random: Random
}

/** A token that is bound to the device's key and dies with its epoch. */
export function tokenFor(
  { issuer, keys, clock, random }: Signing,
  device: MintDevice,
  { life, aud, scope, authorization_details }: Given,
): Promise<string> {
  const { kid, privateKey } = keys.current()
  const iat = Math.floor(clock.now() / 1000)
  const claims: AccessTokenClaims = {
    iss: issuer,
    aud,
    sub: device.user,
    client_id: deviceClient,
    device: device.id,
    tenant: device.tenant,
    ...(scope !== undefined && { scope }),
    epoch: device.epoch,
    iat,
    exp: iat + life,
    jti: Buffer.from(random(16)).toString('base64url'),
    cnf: { jkt: device.jkt },
    ...(authorization_details && { authorization_details }),
  }
  return signAccessToken(claims, kid, signerOf(privateKey))
}
