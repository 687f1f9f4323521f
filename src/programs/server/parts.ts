// Puts the parts of the server together over one registry.
import type { Clock, Random } from '#base'
import { openRegistry, type RegistryPlace } from '#registry'
import { hkdfSync } from 'node:crypto'
import { administration } from './administration.ts'
import type { ServerConfig } from './config.ts'
import { enrolling } from './enrolling.ts'
import type { Say } from './lines.ts'
import { serverNonces } from './mint-nonces.ts'
import { leanMint } from './mint.ts'
import { sendJson, type Handler, type Routes } from './routes.ts'
import { openSigningKeys, type SigningKeys } from './signing-keys.ts'
import type { State } from './state.ts'

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
  readonly admin: (otherwise: Handler) => Routes
  /** Whether the registry answers. */
  isReady(): Promise<boolean>
  close(): Promise<void>
}

const tidyPause = 300_000
const refreshPause = 5000

/** @throws Fault of the registry, such as `database-unavailable`; `server-key-invalid` */
export async function openParts(options: PartsOptions): Promise<Parts> {
  const { config, place, state, clock, random, say } = options
  const registry = await openRegistry(place, clock)
  const records = registry.signingKeys
  const keys = await openSigningKeys({ records, wrappingKey: state.wrappingKey, clock, random })
  const nonces = serverNonces(secretFor('nonces', state))
  const issuer = config.issuer.replace(/\/$/, '')
  const endpoint = { token: `${issuer}/token`, enrolment: `${issuer}/enrol`, keys: `${issuer}/jwks` }
  const mint = leanMint({
    issuer,
    tokenEndpoint: endpoint.token,
    registry,
    keys,
    nonces,
    joinSecret: secretFor('join-states', state),
    scopesAt: (resource) => config.audiences.find(({ url }) => url === resource)?.scopes,
    detailsFor: () => undefined,
    onDiverged: ({ id, tenant, user }) => {
      void state.record({ v: 1, kind: 'fleet', what: 'quarantine', device: id, tenant, user })
      say('warning', 'device-quarantined', { device: id })
    },
    onFault: ({ code }) => say('error', 'mint-failed', { code }),
    clock,
    random,
  })
  const shared = {
    registry,
    keys,
    record: (event: Parameters<State['record']>[0]) => state.record(event),
    clock,
    random,
  }
  const { approval } = config.enrolment
  const enrol = enrolling({ ...shared, issuer, endpoint: endpoint.enrolment, nonces, approval })
  const stops = [
    repeat(clock, tidyPause, () => registry.tidy(), say),
    repeat(clock, refreshPause, () => keys.refresh(), say),
  ]
  return {
    exact: [
      [
        '/token',
        (request, response) => (mint.takes(request) ? mint.handle(request, response) : refuse(response)),
      ],
      ['/enrol', enrol],
      ['/jwks', (_request, response) => sendKeys(keys, response)],
      [
        '/.well-known/oauth-authorization-server',
        (_request, response) => sendMetadata(issuer, endpoint, response),
      ],
    ],
    admin: (otherwise) => administration({ ...shared, scopes: scopesOf(config) }, otherwise),
    isReady: async () => (await records.version()) > 0,
    close: async () => {
      stops.forEach((stop) => stop())
      await registry.close()
    },
  }
}

/** The same in all processes that share the wrapping key. */
function secretFor(purpose: string, { wrappingKey }: State): Uint8Array {
  return wrappingKey.lend(
    (key) => new Uint8Array(hkdfSync('sha256', key, '', `keyreeve/server/${purpose}/v1`, 32)),
  )
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

/** Only enrolled devices get tokens here. */
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
function sendMetadata(
  issuer: string,
  endpoint: { readonly token: string; readonly enrolment: string; readonly keys: string },
  response: Parameters<Handler>[1],
): void {
  sendJson(response, 200, {
    issuer,
    token_endpoint: endpoint.token,
    jwks_uri: endpoint.keys,
    keyreeve_enrolment_endpoint: endpoint.enrolment,
    response_types_supported: [],
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['attest_jwt_client_auth_dpop'],
    dpop_signing_alg_values_supported: ['ES256'],
  })
}
