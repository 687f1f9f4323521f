// Mints tokens with a device's key: one proof each, one mint at a time, since each hands on the join state of the last.
import { Fault, type Clock, type Milliseconds, type Random } from '#base'
import {
  checkRevocationStatement,
  deviceClient,
  dpopProof,
  thumbprint,
  timeOrderedId,
  type AuthorizationDetail,
} from '#token'
import type { KeyObject } from 'node:crypto'
import { membersOf } from './issuer.ts'
import type { Answer, Post } from './post.ts'
import { Attesting, type Attested } from './renewing.ts'
import type { MintAnswer } from './token-source.ts'

/** An enrolled device as it is known here. Its key stays where it is. */
export interface Device extends Attested {
  /** Absolute. */
  readonly tokenEndpoint: string
  /** Keys that the issuer is known by. @param kid Attacker-controlled. */
  readonly keyOf: (kid: string) => KeyObject | undefined
  /** What the last mint handed on; must outlive this process. */
  readonly joinState: {
    readonly read: () => Promise<string | undefined>
    readonly write: (state: string) => Promise<void>
  }
}

/** What a token is wanted for. */
export interface Wanted {
  /** The one place that shall take it. */
  readonly resource: string
  readonly scope: readonly string[]
  readonly details?: readonly AuthorizationDetail[]
  /** Only less than the issuer's own. */
  readonly life?: Milliseconds
}

/** Mints for one device. */
export type DeviceMint = (wanted: Wanted) => Promise<MintAnswer>

interface Surroundings {
  readonly post: Post
  readonly clock: Clock
  readonly random: Random
}

const longestWait: Milliseconds = 3_600_000

/**
 * Makes the one minter of a device. Only a statement that the issuer signed about this key gives `device-revoked`;
 * whatever else is answered, nothing is deleted.
 */
export function deviceMint(device: Device, surroundings: Surroundings): DeviceMint {
  const attesting = new Attesting(device, surroundings)
  const state: Session = { device, attesting, ...surroundings, nonce: undefined }
  let last: Promise<unknown> = Promise.resolve()
  return (wanted) => {
    const mine = last.then(() => mint(state, wanted))
    last = mine.catch(() => {})
    return mine
  }
}

interface Session extends Surroundings {
  readonly device: Device
  readonly attesting: Attesting
  /** What the issuer gave last. */
  nonce: string | undefined
}

async function mint(session: Session, wanted: Wanted): Promise<MintAnswer> {
  const { attesting } = session
  await attesting.renewIfOld()
  const answer = await askWithNonce(session, wanted)
  const { error, revocation } = membersOf(answer.body)
  const revoked = await revokedBy(session, revocation)
  if (revoked !== null) return revoked
  if (answer.status !== 401 || error !== 'invalid_client') return read(session, answer)
  const renewal = await attesting.renew()
  if (renewal.isRenewed) return read(session, await askWithNonce(session, wanted))
  return (await revokedBy(session, renewal.statement)) ?? read(session, answer)
}

async function askWithNonce(session: Session, wanted: Wanted): Promise<Answer> {
  const first = await ask(session, wanted)
  return wantsNonce(first) ? ask(session, wanted) : first
}

async function read(session: Session, answer: Answer): Promise<MintAnswer> {
  if (answer.status !== 200) return { fault: refusal(answer), retryAfter: retryAfterOf(answer) }
  session.attesting.worked()
  return taken(session, answer)
}

/** @param statement Attacker-controlled where TLS is broken. */
async function revokedBy(session: Session, statement: unknown): Promise<MintAnswer | null> {
  if (typeof statement !== 'string' || !(await isRevokedBy(session, statement))) return null
  return { fault: new Fault('device-revoked', 'the issuer has revoked this device'), statement }
}

async function ask(session: Session, wanted: Wanted): Promise<Answer> {
  const { device, attesting, post, clock, random, nonce } = session
  const proof = await dpopProof(
    {
      method: 'POST',
      url: device.tokenEndpoint,
      nonce,
      jti: timeOrderedId(clock.now(), random),
      now: clock.now(),
      jwk: device.jwk,
    },
    device.sign,
  )
  const form = formOf(wanted, await device.joinState.read())
  const answer = await post({ dpop: proof, 'oauth-client-attestation': attesting.attestation }, form)
  const next = answer.headers['dpop-nonce']
  if (typeof next === 'string') session.nonce = next
  return answer
}

function formOf({ resource, scope, details, life }: Wanted, joinState: string | undefined): URLSearchParams {
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: deviceClient, resource })
  form.set('scope', scope.join(' '))
  if (details !== undefined) form.set('authorization_details', JSON.stringify(details))
  if (life !== undefined) form.set('lifetime', String(Math.floor(life / 1000)))
  if (joinState !== undefined) form.set('join_state', joinState)
  return form
}

function wantsNonce(answer: Answer): boolean {
  return membersOf(answer.body)['error'] === 'use_dpop_nonce' && answer.headers['dpop-nonce'] !== undefined
}

async function taken({ device }: Session, answer: Answer): Promise<MintAnswer> {
  const {
    access_token: token,
    token_type: type,
    expires_in: seconds,
    join_state: state,
  } = membersOf(answer.body)
  if (typeof token !== 'string' || token === '' || type !== 'DPoP') return { fault: refusal(answer) }
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds <= 0)
    return { fault: refusal(answer) }
  if (typeof state === 'string') await device.joinState.write(state)
  return { token, life: seconds * 1000 }
}

async function isRevokedBy({ device }: Session, statement: string): Promise<boolean> {
  const { issuer, jwk, keyOf } = device
  try {
    await checkRevocationStatement(statement, { issuer, jkt: thumbprint(jwk), keyOf })
    return true
  } catch {
    return false
  }
}

function refusal({ status }: Answer): Fault {
  if (status === 429 || status >= 500) return new Fault('issuer-unreachable', `the issuer answered ${status}`)
  return new Fault('issuer-refused', `the issuer answered ${status}`)
}

/** Seconds only: a date would need a clock that is right. */
function retryAfterOf({ headers }: Answer): Milliseconds | undefined {
  const seconds = /^\d{1,6}$/.exec(headers['retry-after'] ?? '')
  return seconds === null ? undefined : Math.min(Number(seconds[0]) * 1000, longestWait)
}
