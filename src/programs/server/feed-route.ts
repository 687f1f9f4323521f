// `GET /feed`: what is revoked, for gateways that prove who they are with a token of their own.
import { Fault, type Clock } from '#base'
import { checkAccessToken, checkDpopProof, parseScope, type AccessToken } from '#token'
import type { KeyObject } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Nonces } from './mint-nonces.ts'
import type { Revoking } from './revoking.ts'
import { sendJson, type Handler } from './routes.ts'

/** What the route is made of. */
export interface FeedRouteOptions {
  readonly issuer: string
  readonly revoking: Revoking
  /** Keys that tokens may be signed with. @param kid Attacker-controlled. */
  readonly keyOf: (kid: string) => KeyObject | undefined
  readonly nonces: Nonces
  readonly once: { take(purpose: string, key: string, staleAt: number): Promise<boolean> }
  readonly clock: Clock
}

/** The scope of a gateway's token for this server. */
export const feedScope = 'feed:read'

const nonceForm = /^[\w-]{8,64}$/
const placeForm = /^\d{1,15}$/

/**
 * Makes the route: `after` is the last place that the gateway has, `nonce` comes back in the first event, `once` ends the
 * answer with what there is. A gateway that is revoked itself is cut off.
 */
export function feedRoute(options: FeedRouteOptions): Handler {
  return async (request, response) => {
    if (request.method !== 'GET') return sendJson(response, 405, { error: 'invalid_request' })
    const joining = joiningOf(new URL(request.url ?? '/', options.issuer))
    if (joining === null) return sendJson(response, 400, { error: 'invalid_request' })
    const token = await admitted(options, request)
    if (typeof token === 'string') return turnAway(options, response, token)
    const { revoking } = options
    if ((joining.after ?? 0) > revoking.hub.seq) await revoking.catchUp()
    const close = revoking.streams.open(token, () => response.destroy())
    response.on('close', close)
    await revoking.hub.serve(joining, response)
  }
}

function joiningOf({ searchParams }: URL): Parameters<Revoking['hub']['serve']>[0] | null {
  const [nonce, after] = [searchParams.get('nonce') ?? '', searchParams.get('after')]
  if (!nonceForm.test(nonce) || (after !== null && !placeForm.test(after))) return null
  return { nonce, after: after === null ? null : Number(after), isOnce: searchParams.has('once') }
}

type Refusal = 'invalid_token' | 'insufficient_scope' | 'use_dpop_nonce'

/** @see RFC 9449, section 7 */
async function admitted(options: FeedRouteOptions, request: IncomingMessage): Promise<AccessToken | Refusal> {
  const { issuer, revoking, keyOf, clock } = options
  const { authorization = '', dpop } = request.headers
  if (!/^DPoP [\w.-]+$/i.test(authorization) || typeof dpop !== 'string') return 'invalid_token'
  const text = authorization.slice(5)
  const now = clock.now()
  try {
    const token = await checkAccessToken(text, { issuer, audience: issuer, now, keyOf })
    if (revoking.denials.isDenied(token, now)) return 'invalid_token'
    await prove(options, { dpop, accessToken: text, jkt: token.cnf.jkt })
    return parseScope(token.scope ?? '-').includes(feedScope) ? token : 'insufficient_scope'
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'proof-nonce-needed') return 'use_dpop_nonce'
    if (thrown instanceof Fault && refusals.has(thrown.code)) return 'invalid_token'
    throw thrown
  }
}

const refusals = new Set<string>([
  'token-invalid',
  'token-expired',
  'proof-invalid',
  'key-invalid',
  'scope-invalid',
])

async function prove(
  { issuer, nonces, once, clock }: FeedRouteOptions,
  { dpop, accessToken, jkt }: { readonly dpop: string; readonly accessToken: string; readonly jkt: string },
): Promise<void> {
  const now = clock.now()
  const nonceUntil = (nonce: string) => nonces.until(nonce, now)
  const url = new URL('/feed', issuer).href
  const proof = await checkDpopProof(dpop, { method: 'GET', url, accessToken, now, nonceUntil })
  if (proof.jkt !== jkt) throw new Fault('proof-invalid', 'the proof is of another key')
  if (!(await once.take('feed', `${proof.jkt}.${proof.jti}`, proof.staleAt))) {
    throw new Fault('proof-invalid', 'the proof was used before')
  }
}

function turnAway({ nonces, clock }: FeedRouteOptions, response: ServerResponse, error: Refusal): void {
  response.setHeader('dpop-nonce', nonces.next(clock.now()))
  response.setHeader('www-authenticate', `DPoP error="${error}", algs="ES256"`)
  sendJson(response, error === 'insufficient_scope' ? 403 : 401, { error })
}
