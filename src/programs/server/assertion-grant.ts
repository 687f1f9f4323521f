// The grant for enterprise MCP: an identity provider's word on a person, for a token of that person's own enrolled device.
import { Fault, type Clock, type Random } from '#base'
import type { Device, Registry } from '#registry'
import { longestLife, narrowScope, parseScope, type Proof } from '#token'
import { errors, type KoaContextWithOIDC, type Provider } from 'oidc-provider'
import type { AssertionExpected, IdentityAssertion } from './identity-assertion.ts'
import { assertionCheck } from './identity-assertion.ts'
import { defaultRates, Limit } from './limits.ts'
import type { Nonces } from './mint-nonces.ts'
import { tokenFor, type Given } from './mint-token.ts'
import { proofOf } from './proving.ts'
import { accountOf } from './accounts.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { Bearer } from './suspending.ts'

/** What the grant is made of. */
export interface AssertionGrantOptions extends AssertionExpected {
  readonly registry: Pick<Registry, 'once' | 'devices'>
  readonly keys: SigningKeys
  readonly nonces: Nonces
  readonly isSuspended: (owner: Bearer) => Promise<boolean>
  /** Scopes that there are at a resource; undefined for one that is not ours. @param resource Attacker-controlled. */
  readonly scopesAt: (resource: string) => readonly string[] | undefined
  readonly clock: Clock
  readonly random: Random
}

/** @see RFC 7523, section 2.1; draft-ietf-oauth-identity-assertion-authz-grant, section 4.4 */
export const assertionGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** Adds the grant to the token endpoint. */
export function addAssertionGrant(provider: Provider, options: AssertionGrantOptions): void {
  const granting = {
    ...options,
    check: assertionCheck(options),
    limit: new Limit(defaultRates.device, options.clock),
  }
  const handler = (context: KoaContextWithOIDC): Promise<void> => grant(granting, context)
  provider.registerGrantType(assertionGrant, handler, ['assertion', 'scope', 'resource'], [])
}

interface Granting extends AssertionGrantOptions {
  readonly check: ReturnType<typeof assertionCheck>
  readonly limit: Limit
}

/** The proof says which device asks, the assertion for whom. Both are used up before anything is given. */
async function grant(granting: Granting, context: KoaContextWithOIDC): Promise<void> {
  const proof = await proved(granting, context)
  const { assertion: text, scope, resource } = context.oidc.params ?? {}
  if (typeof text !== 'string') throw new errors.InvalidRequest("missing required parameter 'assertion'")
  const assertion = await granting.check(text).catch(refuseInvalid)
  const device = await deviceOf(granting, assertion, proof)
  const given = giveTo(granting, device, { assertion, scope: ownText(scope), resource: ownText(resource) })
  await useUp(granting, assertion, proof)
  const token = await tokenFor(granting, device, given)
  context.body = { access_token: token, expires_in: given.life, scope: given.scope, token_type: 'DPoP' }
}

async function proved({ issuer, nonces, clock }: Granting, context: KoaContextWithOIDC): Promise<Proof> {
  context.set('dpop-nonce', nonces.next(clock.now()))
  const place = { method: 'POST', url: `${issuer}/token`, nonces, clock }
  const proof = await proofOf(context.get('dpop'), place)
  if (proof === 'proof-nonce-needed')
    throw new errors.UseDpopNonce('use the nonce that comes with this answer')
  if (proof === 'proof-invalid') throw new errors.InvalidDpopProof('the proof does not fit this request')
  return proof
}

function refuseInvalid(thrown: unknown): never {
  if (thrown instanceof Fault && thrown.code === 'token-invalid') throw refused()
  throw thrown
}

/** One word for all that does not fit: who asks learns nothing of devices and people. */
function refused(): errors.InvalidGrant {
  return new errors.InvalidGrant('the assertion is not taken')
}

async function deviceOf(
  { registry, isSuspended, limit }: Granting,
  assertion: IdentityAssertion,
  { jkt }: Proof,
): Promise<Device> {
  const device = await registry.devices.byThumbprint(jkt)
  const isBound = assertion.jkt === undefined || assertion.jkt === jkt
  if (!isBound || device?.status !== 'active' || device.user !== accountOf(assertion)) throw refused()
  if (await isSuspended(device)) throw refused()
  if (limit.take(device.id) > 0) throw new errors.TemporarilyUnavailable('too many requests')
  return device
}

interface Asked {
  readonly assertion: IdentityAssertion
  readonly scope: string | undefined
  readonly resource: string | undefined
}

/** Never more than the assertion says, the device has and the resource knows. */
function giveTo({ scopesAt }: Granting, device: Device, { assertion, scope, resource }: Asked): Given {
  const aud = assertion.resource ?? resource
  const there = aud === undefined ? undefined : scopesAt(aud)
  if (aud === undefined || there === undefined || (resource ?? aud) !== aud)
    throw new errors.InvalidTarget('resource indicator is missing, or unknown')
  const said = scopesOf(assertion.scope)
  const asked = scopesOf(scope) ?? said ?? []
  const given = narrowScope(asked, device.scopes, there, ...(said === undefined ? [] : [said]))
  if (given.length === 0) throw noScope()
  return { aud, scope: given.join(' '), life: longestLife }
}

function scopesOf(text: string | undefined): readonly string[] | undefined {
  try {
    return text === undefined ? undefined : parseScope(text)
  } catch {
    throw noScope()
  }
}

/** Not the library's own error, which would say again what was asked for. */
function noScope(): errors.OIDCProviderError {
  return new errors.CustomOIDCProviderError('invalid_scope', 'nothing of this scope can be given')
}

function ownText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

async function useUp(
  { registry: { once } }: Granting,
  assertion: IdentityAssertion,
  proof: Proof,
): Promise<void> {
  const isFresh = await once.take('mint', `${proof.jkt}.${proof.jti}`, proof.staleAt)
  if (!isFresh) throw new errors.InvalidDpopProof('the proof does not fit this request')
  const { issuer, jti, staleAt } = assertion
  if (!(await once.take('id-jag', JSON.stringify([issuer, jti]), staleAt))) throw refused()
}
