// Decides what a device that proved itself is given, uses up its proof, and signs.
import { Fault } from '#base'
import { longestLife, narrowScope, nextJoinState, parseScope } from '#token'
import { refuse, refuseFailed, refuseFor, type MintReply, type Refusal } from './mint-answers.ts'
import type { MintDevice } from './mint-devices.ts'
import type { MintForm } from './mint-form.ts'
import type { Asking, Minting } from './mint-parts.ts'
import { tokenFor, type Given } from './mint-token.ts'
import { revocationOf } from './revocation-statement.ts'

/** Mints, or says why not. Only what is asked rightly uses up a proof. */
export async function mintFor(minting: Minting, asking: Asking, form: MintForm): Promise<MintReply> {
  const { device } = asking
  const { limits } = minting
  const wait = Math.max(limits.device.waitOf(device.id), limits.tenant.waitOf(device.tenant))
  if (wait > 0) return refuseFor(wait)
  const given = giveTo(minting, device, form)
  if (typeof given === 'string') return refuse(given)
  const joined = nextJoinState(form.joinState, joinKey(minting, device), minting.random)
  const outcome = await take(minting, asking, { joinState: form.joinState, nextJoinState: joined })
  if (outcome === 'replayed') return refuseFailed('invalid_dpop_proof')
  if (outcome === 'minted') {
    // Not before: whoever replays what another sent must not use up the other's share.
    limits.device.take(device.id)
    limits.tenant.take(device.tenant)
    return sign(minting, device, given, joined)
  }
  minting.devices.forget(device.jkt)
  if (outcome === 'diverged') minting.onDiverged(device)
  return turnAway(minting, (await minting.devices.byThumbprint(device.jkt)) ?? device)
}

/** To a revoked device that proved its key we say so, signed: on that it may delete the key. Others learn nothing. */
export async function turnAway(minting: Minting, device: MintDevice): Promise<MintReply> {
  if (device.status !== 'revoked') return refuse('invalid_client')
  return refuse('invalid_client', { revocation: await revocationOf(minting, device) })
}

function giveTo(minting: Minting, device: MintDevice, form: MintForm): Given | Refusal {
  if (form.grantType === undefined) return 'invalid_request'
  if (form.grantType !== 'client_credentials') return 'unsupported_grant_type'
  const there = form.resource === undefined ? undefined : minting.scopesAt(form.resource)
  if (form.resource === undefined || there === undefined) return 'invalid_target'
  const life = lifeOf(form.lifetime)
  if (life === undefined) return 'invalid_request'
  const scope = scopeOf(form.scope, device.scopes, there)
  if (scope === undefined) return 'invalid_scope'
  const details = detailsOf(minting, device, form.details)
  if (details === 'invalid_authorization_details') return details
  return { aud: form.resource, scope, life, ...(details && { authorization_details: details }) }
}

/** Only less than the longest. */
function lifeOf(asked: string | undefined): number | undefined {
  if (asked === undefined) return longestLife
  if (!/^[1-9]\d{0,8}$/.test(asked)) return undefined
  return Math.min(Number(asked), longestLife)
}

function scopeOf(
  asked: string | undefined,
  device: readonly string[],
  there: readonly string[],
): string | undefined {
  try {
    return narrowScope(parseScope(asked ?? ''), device, there).join(' ') || undefined
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'scope-invalid') return undefined
    throw thrown
  }
}

function detailsOf(
  { detailsFor }: Minting,
  device: MintDevice,
  asked: string | undefined,
): Given['authorization_details'] | 'invalid_authorization_details' {
  if (asked === undefined) return undefined
  try {
    return detailsFor(device, JSON.parse(asked))
  } catch (thrown) {
    const isTheirs =
      thrown instanceof SyntaxError || (thrown instanceof Fault && thrown.code === 'scope-invalid')
    if (isTheirs) return 'invalid_authorization_details'
    throw thrown
  }
}

function joinKey({ joinSecret }: Minting, { id }: MintDevice) {
  return { secret: joinSecret, device: id }
}

function take(
  { registry }: Minting,
  { device, proof: { jkt, jti, staleAt } }: Asking,
  states: { readonly joinState: string; readonly nextJoinState: string },
) {
  const proof = { proofKey: `${jkt}.${jti}`, proofPlace: placeOf(jti), staleAt }
  return registry.mints.take({ ...proof, device: device.id, ...states })
}

/** The time in a UUID that begins with it. What such proofs leave behind lies together, and is written far faster. */
function placeOf(jti: string): string {
  return /^[\da-f]{8}-[\da-f]{4}-7/.test(jti) ? jti.slice(0, 13) : ''
}

async function sign(
  minting: Minting,
  device: MintDevice,
  given: Given,
  joinState: string,
): Promise<MintReply> {
  const { life, scope, authorization_details } = given
  const body = {
    access_token: await tokenFor(minting, device, given),
    expires_in: life,
    scope,
    token_type: 'DPoP',
    authorization_details,
    join_state: joinState,
  }
  return { status: 200, body: JSON.stringify(body) }
}
