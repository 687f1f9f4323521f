// Enrols devices: whoever was invited, or signed in, and proves a key gets an attestation for it.
import { base64url, type Clock, type Milliseconds, type Random } from '#base'
import type { FleetEvent } from '#journal'
import type { Device, Registry } from '#registry'
import { signAttestation, signerOf, type Proof } from '#token'
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { defaultRates, Limit, type SourceOf } from './limits.ts'
import type { Nonces } from './mint-nonces.ts'
import { proofOf, type Unproved } from './proving.ts'
import { readJson } from './reading.ts'
import { revocationOf } from './revocation-statement.ts'
import { sendJson, type Handler } from './routes.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { Bearer } from './suspending.ts'
import { takeWarrant, type Warrant } from './warrant.ts'

/** What enrolling is made of. */
export interface EnrollingOptions {
  readonly issuer: string
  /** As it is called from outside. */
  readonly endpoint: string
  readonly registry: Pick<Registry, 'once' | 'models' | 'devices'>
  readonly keys: SigningKeys
  readonly nonces: Nonces
  readonly sourceOf: SourceOf
  /** Whether somebody gets nothing new. */
  readonly isSuspended: (owner: Bearer) => Promise<boolean>
  /** A new device waits for an administrator. */
  readonly approval: boolean
  readonly record: (event: FleetEvent) => Promise<void>
  readonly clock: Clock
  readonly random: Random
}

/** Who is invited. */
export interface Invited {
  readonly tenant: string
  readonly user: string
  readonly scopes: readonly string[]
}

/** Invitations are good for a day, once. */
const invitationLife: Milliseconds = 86_400_000
const kind = 'Invitation'
const alphabet = 'ABCDEFGHJKMNPQRSTVWXYZ23456789'
const groups = 5

interface Inviting extends Pick<EnrollingOptions, 'clock' | 'random'> {
  readonly registry: Pick<Registry, 'models'>
}

/** Makes an invitation: 20 letters, 98 bits. Only its hash is kept. */
export async function invite(
  { registry, clock, random }: Inviting,
  { tenant, user, scopes }: Invited,
): Promise<{ readonly invitation: string; readonly expiresAt: Milliseconds }> {
  const invitation = Array.from({ length: groups }, () => group(random)).join('-')
  const expiresAt = clock.now() + invitationLife
  const payload = { tenant, user, scopes: [...scopes] }
  await registry.models.put(kind, hashOf(invitation), { payload, expiresAt })
  return { invitation, expiresAt }
}

function group(random: Random): string {
  let text = ''
  while (text.length < 4) {
    const [byte = 255] = random(1)
    if (byte < 240) text += alphabet[byte % alphabet.length] ?? ''
  }
  return text
}

function hashOf(invitation: string): string {
  return createHash('sha256')
    .update(invitation.toUpperCase().replace(/[^A-Z0-9]/g, ''))
    .digest('base64url')
}

/** Answers `POST /enrol`. A key that is known gets its device's state, and a new attestation once it is active. */
export function enrolling(options: EnrollingOptions): Handler {
  const limit = new Limit(defaultRates.source, options.clock)
  return async (request, response) => {
    response.setHeader('dpop-nonce', options.nonces.next(options.clock.now()))
    const source = options.sourceOf(request)
    const wait = limit.waitOf(source)
    if (wait > 0) {
      response.setHeader('retry-after', String(Math.ceil(wait / 1000)))
      sendJson(response, 429, { error: 'temporarily_unavailable' })
      return
    }
    const { status, document } = await answer(options, request)
    if (status === 403) limit.take(source)
    sendJson(response, status, document)
  }
}

/** @see RFC 9449, sections 5, 7.1 and 8 */
const errors = {
  'proof-invalid': 'invalid_dpop_proof',
  'proof-nonce-needed': 'use_dpop_nonce',
} as const satisfies Record<Unproved, string>

interface Reply {
  readonly status: number
  readonly document: object
}

async function answer(options: EnrollingOptions, request: IncomingMessage): Promise<Reply> {
  if (request.method !== 'POST') return { status: 405, document: { error: 'invalid_request' } }
  const { endpoint: url, nonces, clock } = options
  const { dpop, authorization } = request.headers
  const token = authorization === undefined ? undefined : tokenOf(authorization)
  if (token === null) return { status: 401, document: { error: 'invalid_token' } }
  const proof = await proofOf(String(dpop), { method: 'POST', url, nonces, clock, accessToken: token })
  if (typeof proof === 'string') return { status: 400, document: { error: errors[proof] } }
  const { label, invitation } = await readJson(request)
  const key = `${proof.jkt} ${proof.jti}`
  if (!(await options.registry.once.take('enrol', key, proof.staleAt))) {
    return { status: 400, document: { error: errors['proof-invalid'] } }
  }
  const known = await options.registry.devices.byThumbprint(proof.jkt)
  if (known !== null) return stateOf(options, known)
  const warrant = await warrantOf(options, { token, jkt: proof.jkt, invitation })
  if (warrant === null) return { status: 403, document: { error: 'access_denied' } }
  return stateOf(options, await enrol(options, { proof, warrant, label }))
}

/** Bound to a key, and no other kind. @returns Null for any other. */
function tokenOf(authorization: string): string | null {
  return /^DPoP +([\w-]{20,128})$/i.exec(authorization)?.[1] ?? null
}

interface Asking {
  readonly token: string | undefined
  readonly jkt: string
  readonly invitation: unknown
}

/** What was agreed to by whoever signed in, or what an invitation says; never both. */
async function warrantOf(
  options: EnrollingOptions,
  { token, jkt, invitation }: Asking,
): Promise<Warrant | null> {
  if (token !== undefined) return takeWarrant(options, { token, jkt })
  if (typeof invitation !== 'string') return null
  const invited = await takeInvitation(options, invitation)
  return invited === null ? null : { ...invited, label: undefined }
}

/** Of many who come with the same one, one is let in. */
async function takeInvitation({ registry }: EnrollingOptions, invitation: string): Promise<Invited | null> {
  const id = hashOf(invitation.slice(0, 64))
  const found = await registry.models.find(kind, 'id', id)
  if (found === null || found.consumedAt !== null || !(await registry.models.consume(kind, id))) return null
  const { tenant, user, scopes } = found.payload
  if (typeof tenant !== 'string' || typeof user !== 'string' || !Array.isArray(scopes)) return null
  return { tenant, user, scopes: scopes.filter((scope) => typeof scope === 'string') }
}

interface Enrolling {
  readonly proof: Proof
  readonly warrant: Warrant
  readonly label: unknown
}

/** A device is called what the person who agreed saw, whatever it calls itself now. */
async function enrol(options: EnrollingOptions, { proof, warrant, label }: Enrolling): Promise<Device> {
  const { kty, crv, x, y } = proof.jwk
  const status = options.approval ? 'pending' : 'active'
  const id = `dev_${base64url(options.random(12))}`
  const { tenant, user, scopes, label: agreed } = warrant
  await options.record({ v: 1, kind: 'fleet', what: 'enrol', tenant, user, device: id, reason: status })
  return options.registry.devices.enrol({
    tenant,
    user,
    scopes,
    id,
    jkt: proof.jkt,
    jwk: { kty, crv, x, y },
    label: agreed ?? (typeof label === 'string' ? label.slice(0, 128) : ''),
    status,
  })
}

/** A revoked device is told so, signed, as where it asks for tokens; one that is held up otherwise learns nothing. */
async function stateOf(options: EnrollingOptions, device: Device): Promise<Reply> {
  const { id, jwk, status, scopes } = device
  if (status === 'pending') return { status: 202, document: { status, device: id } }
  if (status === 'revoked') {
    const revocation = await revocationOf(options, device)
    return { status: 403, document: { error: 'access_denied', revocation } }
  }
  if (status !== 'active' || (await options.isSuspended(device))) {
    return { status: 403, document: { error: 'access_denied' } }
  }
  const { kid, privateKey } = options.keys.current()
  const attested = { issuer: options.issuer, device: id, jwk }
  const attestation = await signAttestation(attested, { now: options.clock.now(), kid }, signerOf(privateKey))
  return { status: 200, document: { status, device: id, attestation, scope: scopes.join(' ') } }
}
