// Puts the parts of the server together over one registry.
import { asFault, type Clock, type Random } from '#base'
import type { JournalEvent } from '#journal'
import { openRegistry, type Registry, type RegistryPlace } from '#registry'
import { hkdfSync } from 'node:crypto'
import { administration } from './administration.ts'
import type { Authorization } from './authorization.ts'
import type { ServerConfig } from './config.ts'
import { enrolling } from './enrolling.ts'
import { Emitting } from './emitting-events.ts'
import { natsTeller } from './feed-nats.ts'
import { feedRoute, feedScope } from './feed-route.ts'
import { sourcing, type SourceOf } from './limits.ts'
import type { Say } from './lines.ts'
import { serverNonces, type Nonces } from './mint-nonces.ts'
import { leanMint, type LeanMint } from './mint.ts'
import { receivingEvents } from './receiving-events.ts'
import { Revoking } from './revoking.ts'
import { sendJson, type Handler, type Routes } from './routes.ts'
import { openSigningKeys, type SigningKeys } from './signing-keys.ts'
import type { State } from './state.ts'
import { Suspending, type Bearer } from './suspending.ts'

/** What the parts are made of. */
export interface PartsOptions {
  readonly config: ServerConfig
  readonly place: RegistryPlace
  readonly state: State
  readonly clock: Clock
  readonly random: Random
  readonly say: Say
}

/** The parts, ready to answer. */
export interface Parts {
  /** Paths that anybody may ask. */
  readonly exact: readonly (readonly [path: string, handler: Handler])[]
  /** The same by the first part of longer paths. */
  readonly below: readonly (readonly [first: string, handler: Handler])[]
  readonly admin: (otherwise: Handler) => Routes
  /** Whether the registry answers. */
  isReady(): Promise<boolean>
  close(): Promise<void>
}

const tidyPause = 300_000
const refreshPause = 5000

/** @throws Fault of the registry, such as `database-unavailable`; `server-key-invalid`, `config-invalid` */
export async function openParts(options: PartsOptions): Promise<Parts> {
  const { config, place, state, clock, random, say } = options
  const registry = await openRegistry(place, clock)
  const records = registry.signingKeys
  const keys = await openSigningKeys({ records, wrappingKey: state.wrappingKey, clock, random })
  const issuer = config.issuer.replace(/\/$/, '')
  const { receivers } = config.events
  const emitting = new Emitting({
    issuer,
    receivers,
    registry,
    keys,
    record: (event) => state.record(event),
    clock,
    random,
  })
  const record = async (event: JournalEvent): Promise<void> => {
    await state.record(event)
    if (event.kind === 'fleet') await emitting.note(event)
  }
  const denyKey = (kid: string): Promise<void> => keys.deny(kid)
  const onFault = (thrown: unknown): void => say('error', 'part-failed', { code: asFault(thrown, '').code })
  const nats = config.nats && natsTeller(config.nats, options)
  const telling = { record, onFault, alsoTell: nats?.tell }
  const revoking = await Revoking.open({ registry, keys, denyKey, issuer, clock, ...telling })
  const nonces = serverNonces(secretFor('nonces', state))
  const suspending = new Suspending({ registry, clock })
  const asking = {
    nonces,
    sourceOf: sourcing(config.forwardedHops),
    isSuspended: (bearer: Bearer) => suspending.holds(bearer),
  }
  const shared: Shared = { registry, keys, revoking, issuer, ...asking, record, onFault, clock, random }
  const authorization = await authorizationOf(options, shared)
  const stops = [
    repeat(clock, tidyPause, () => registry.tidy(), say),
    repeat(clock, refreshPause, () => keys.refresh(), say),
    repeat(clock, refreshPause, () => emitting.deliver(), say),
  ]
  return {
    exact: routesOf(options, shared, authorization),
    below: authorization?.below ?? [],
    admin: (otherwise) => administration({ ...shared, ...administering(config, registry) }, otherwise),
    isReady: async () => (await records.version()) > 0,
    close: async () => {
      stops.forEach((stop) => stop())
      revoking.close()
      authorization?.close()
      await emitting.close()
      await nats?.close()
      await registry.close()
    },
  }
}

interface Shared {
  readonly registry: Registry
  readonly keys: SigningKeys
  readonly revoking: Revoking
  readonly issuer: string
  readonly nonces: Nonces
  readonly sourceOf: SourceOf
  readonly isSuspended: (bearer: Bearer) => Promise<boolean>
  readonly record: (event: JournalEvent) => Promise<void>
  readonly onFault: (thrown: unknown) => void
  readonly clock: Clock
  readonly random: Random
}

/** Nobody signs in where no identity provider is named; then nothing of it is loaded either. */
async function authorizationOf(
  { config, state }: PartsOptions,
  shared: Shared,
): Promise<Authorization | undefined> {
  if (config.signIn === undefined) return undefined
  const { openAuthorization } = await import('./authorization.ts')
  return openAuthorization({
    ...shared,
    config: config.signIn,
    scopes: config.enrolment.scopes ?? scopesOf(config),
    scopesAt: scopesAt(config, shared),
    approval: config.enrolment.approval,
    secretFor: (purpose) => secretFor(purpose, state),
  })
}

function routesOf(
  options: PartsOptions,
  shared: Shared,
  authorization: Authorization | undefined,
): Parts['exact'] {
  const { issuer, keys, registry } = shared
  const endpoint = { token: `${issuer}/token`, enrolment: `${issuer}/enrol`, keys: `${issuer}/jwks` }
  const mint = mintOf(options, shared, endpoint.token)
  const { approval } = options.config.enrolment
  return [
    [
      '/token',
      (request, response) => {
        if (mint.takes(request)) return mint.handle(request, response)
        return authorization === undefined ? refuse(response) : authorization.token(request, response)
      },
    ],
    ...(authorization?.exact ?? []),
    ['/enrol', enrolling({ ...shared, endpoint: endpoint.enrolment, approval })],
    ...eventRoutes(options, shared),
    ['/feed', feedRoute({ ...shared, keyOf: (kid) => keys.keyOf(kid), once: registry.once })],
    ['/jwks', (_request, response) => sendKeys(keys, response)],
    [
      '/.well-known/oauth-authorization-server',
      (_request, response) =>
        sendJson(response, 200, { ...metadataOf(issuer, endpoint), ...authorization?.metadata }),
    ],
  ]
}

/** Nobody tells us anything where nobody is named. */
function eventRoutes({ config }: PartsOptions, shared: Shared): Parts['exact'] {
  const { transmitters } = config.events
  return transmitters.length === 0 ? [] : [['/events', receivingEvents({ ...shared, transmitters })]]
}

function mintOf({ config, state, say }: PartsOptions, shared: Shared, tokenEndpoint: string): LeanMint {
  const { revoking, onFault } = shared
  return leanMint({
    ...shared,
    tokenEndpoint,
    joinSecret: secretFor('join-states', state),
    scopesAt: scopesAt(config, shared),
    detailsFor: () => undefined,
    onDiverged: ({ id }) => {
      say('warning', 'device-quarantined', { device: id })
      void revoking.quarantine(id, { by: 'server', reason: 'two hold its key' }).catch(onFault)
    },
  })
}

function scopesAt({ audiences }: ServerConfig, { issuer }: Shared) {
  return (resource: string): readonly string[] | undefined =>
    resource === issuer ? [feedScope] : audiences.find(({ url }) => url === resource)?.scopes
}

/** The same in all processes that share the wrapping key. */
function secretFor(purpose: string, { wrappingKey }: State): Uint8Array {
  return wrappingKey.lend(
    (key) => new Uint8Array(hkdfSync('sha256', key, '', `keyreeve/server/${purpose}/v1`, 32)),
  )
}

function administering(config: ServerConfig, { once }: Registry) {
  const scopes = scopesOf(config)
  return { scopes, defaultScopes: config.enrolment.scopes ?? scopes, people: config.admin.people, once }
}

function scopesOf({ audiences }: ServerConfig): readonly string[] {
  return [...new Set(audiences.flatMap(({ scopes }) => scopes))]
}

/** Does something again and again; what fails is said and tried again. */
function repeat(clock: Clock, pause: number, act: () => Promise<void>, say: Say): () => void {
  let cancel: (() => void) | undefined
  const next = (): void => {
    cancel = clock.after(pause, () => void turn())
  }
  const turn = async (): Promise<void> => {
    await act().catch(() => say('warning', 'upkeep-failed'))
    next()
  }
  next()
  return () => cancel?.()
}

/** Only enrolled devices get tokens where nobody signs in. */
function refuse(response: Parameters<Handler>[1]): void {
  sendJson(response, 401, { error: 'invalid_client' })
}

function sendKeys(keys: SigningKeys, response: Parameters<Handler>[1]): void {
  response.writeHead(200, {
    'content-type': 'application/jwk-set+json',
    'cache-control': 'public, max-age=600',
  })
  response.end(JSON.stringify({ keys: keys.published() }))
}

/** @see RFC 8414, section 2 */
function metadataOf(
  issuer: string,
  endpoint: { readonly token: string; readonly enrolment: string; readonly keys: string },
): Readonly<Record<string, unknown>> {
  return {
    issuer,
    token_endpoint: endpoint.token,
    jwks_uri: endpoint.keys,
    keyreeve_enrolment_endpoint: endpoint.enrolment,
    response_types_supported: [],
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['attest_jwt_client_auth_dpop'],
    dpop_signing_alg_values_supported: ['ES256'],
  }
}
