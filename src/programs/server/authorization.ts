// The authorization server: where people let devices enrol. Whoever is enrolled gets tokens by the lean way instead.
import type { Clock, Random } from '#base'
import type { FleetEvent } from '#journal'
import type { Registry } from '#registry'
import type { IncomingMessage } from 'node:http'
import { Provider, type KoaContextWithOIDC } from 'oidc-provider'
import { addAssertionGrant, assertionGrant } from './assertion-grant.ts'
import { providerSettings } from './authorization-settings.ts'
import { browserCookie, dropCookie } from './browser-cookie.ts'
import type { SignInConfig } from './config.ts'
import { consenting } from './consenting.ts'
import { federationWith, type Federation } from './federation.ts'
import { defaultRates, Limit, type SourceOf } from './limits.ts'
import type { Nonces } from './mint-nonces.ts'
import { pageHeaders, sendPage } from './pages.ts'
import { sendJson, type Handler } from './routes.ts'
import { wordPage } from './sign-in-pages.ts'
import { signInCallback } from './signing-in.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { Bearer } from './suspending.ts'
import { enrolScope } from './warrant.ts'

/** What the authorization server is made of. */
export interface AuthorizationOptions {
  readonly issuer: string
  readonly config: SignInConfig
  readonly registry: Registry
  readonly keys: SigningKeys
  readonly nonces: Nonces
  /** Scopes that there are at a resource; undefined for one that is not ours. */
  readonly scopesAt: (resource: string) => readonly string[] | undefined
  /** What a person's device may ask for where the settings do not say. */
  readonly scopes: readonly string[]
  /** A new device waits for an administrator. */
  readonly approval: boolean
  /** 32 bytes for a purpose, the same in all processes. */
  readonly secretFor: (purpose: string) => Uint8Array
  readonly sourceOf: SourceOf
  /** Whether somebody gets nothing new. */
  readonly isSuspended: (owner: Bearer) => Promise<boolean>
  readonly record: (event: FleetEvent) => Promise<void>
  readonly onFault: (thrown: unknown) => void
  readonly clock: Clock
  readonly random: Random
}

/** The authorization server. */
export interface Authorization {
  readonly exact: readonly (readonly [path: string, handler: Handler])[]
  readonly below: readonly (readonly [first: string, handler: Handler])[]
  /** Answers what the lean way does not take. */
  readonly token: Handler
  /** What it adds to the server's metadata. */
  readonly metadata: Readonly<Record<string, unknown>>
  close(): void
}

/** @throws Fault `config-invalid` */
export function openAuthorization(options: AuthorizationOptions): Authorization {
  const { issuer, config, clock } = options
  const target = new URL(issuer)
  const prefix = target.pathname.replace(/\/$/, '')
  const limits = limitsWith(options)
  const provider = providerWith(options, { prefix, limits })
  const federation = federationWith({ config, redirectUri: `${issuer}/signin/callback`, clock })
  addAssertionGrant(provider, { ...options, about: () => federation.about() })
  const serve = serving(provider, { target, prefix })
  const people = consentingWith(options, { provider, federation, prefix })
  return {
    exact: [
      ['/authorize', afresh(serve)],
      ['/par', limited(limits, serve)],
      ['/device_authorization', limited(limits, serve)],
      ['/device', device(limits, serve)],
      ['/introspect', limited(limits, serve)],
      ['/revoke', limited(limits, serve)],
      ['/signin/callback', signInCallback(people)],
    ],
    below: [
      ['/authorize', serve],
      ['/device', serve],
      ['/interaction', consenting(people)],
    ],
    token: serve,
    metadata: metadataOf(issuer),
    close: () => federation.close(),
  }
}

interface Limits {
  readonly asking: Limit
  /** Codes that were none: of one source, and of all together. */
  readonly codes: Limit
  readonly allCodes: Limit
  readonly sourceOf: SourceOf
}

/** With 34 bits in a code and 10 minutes to guess it, all sources together find one of a thousand in some 14,000 tries of such a time. */
function limitsWith({ clock, sourceOf }: AuthorizationOptions): Limits {
  return {
    sourceOf,
    asking: new Limit(defaultRates.source, clock),
    codes: new Limit({ burst: 20, perMinute: 10 }, clock),
    allCodes: new Limit({ burst: 600, perMinute: 120 }, clock),
  }
}

interface Surroundings {
  readonly prefix: string
  readonly limits: Limits
}

function providerWith(options: AuthorizationOptions, { prefix, limits }: Surroundings): Provider {
  const { issuer, registry, clock, secretFor, onFault } = options
  const provider = new Provider(
    issuer,
    providerSettings({
      registry,
      clock,
      prefix,
      nonceSecret: secretFor('nonces'),
      cookieSecret: secretFor('cookies'),
      isKnownUser: async (id) => (await registry.users.byId(id)) !== null,
      onWrongCode: ({ req }) => countWrong(limits, req),
    }),
  )
  // What a request says of its own address is overwritten before: see `rebase`.
  provider.proxy = true
  provider.silent = true
  provider.on('server_error', (_context: KoaContextWithOIDC, thrown: unknown) => onFault(thrown))
  return provider
}

function countWrong({ codes, allCodes, sourceOf }: Limits, request: IncomingMessage): void {
  codes.take(sourceOf(request))
  allCodes.take('all')
}

function consentingWith(
  options: AuthorizationOptions,
  parts: { readonly provider: Provider; readonly federation: Federation; readonly prefix: string },
) {
  const { issuer, random, secretFor } = options
  const cookie = browserCookie({ isSecure: issuer.startsWith('https:'), random })
  return { ...options, ...parts, cookie, checkSecret: secretFor('consent') }
}

function serving(
  provider: Provider,
  place: { readonly target: URL; readonly prefix: string },
): (...exchange: Parameters<Handler>) => Promise<void> {
  const callback = provider.callback()
  return async (request, response) => {
    rebase(request, place)
    for (const [name, value] of Object.entries(pageHeaders)) response.setHeader(name, value)
    await callback(request, response)
  }
}

/** The issuer's address is the one that is configured, whatever Host or a forwarding header says. */
function rebase(
  request: IncomingMessage,
  { target, prefix }: { readonly target: URL; readonly prefix: string },
): void {
  const { headers } = request
  headers.host = target.host
  headers['x-forwarded-host'] = target.host
  headers['x-forwarded-proto'] = target.protocol.slice(0, -1)
  if (prefix !== '') Object.assign(request, { baseUrl: prefix })
}

/** Everybody signs in anew: nobody enrols a device in the name of whoever used this browser last. */
function afresh(serve: Handler): Handler {
  return (request, response) => {
    dropCookie(request, 'keyreeve_session')
    return serve(request, response)
  }
}

/** The page for codes. A link may bring a code along, but not send it: that is for the person to do. */
function device({ codes, allCodes, sourceOf }: Limits, serve: Handler): Handler {
  const first = afresh((request, response) => {
    request.url = (request.url ?? '').replace(/([?&])user_code=/g, '$1code=')
    return serve(request, response)
  })
  return (request, response) => {
    if (request.method !== 'POST') return first(request, response)
    const wait = Math.max(codes.waitOf(sourceOf(request)), allCodes.waitOf('all'))
    if (wait === 0) return serve(request, response)
    response.setHeader('retry-after', String(Math.ceil(wait / 1000)))
    sendPage(response, 429, wordPage('Too many wrong codes', 'Wait a minute, then try again.'))
  }
}

function limited({ asking, sourceOf }: Limits, serve: Handler): Handler {
  return (request, response) => {
    const wait = asking.take(sourceOf(request))
    if (wait === 0) return serve(request, response)
    response.setHeader('retry-after', String(Math.ceil(wait / 1000)))
    sendJson(response, 429, { error: 'temporarily_unavailable' })
  }
}

/** @see RFC 8414, section 2; RFC 8628, section 4; RFC 9126, section 5; RFC 9207, section 3 */
function metadataOf(issuer: string): Readonly<Record<string, unknown>> {
  return {
    authorization_endpoint: `${issuer}/authorize`,
    pushed_authorization_request_endpoint: `${issuer}/par`,
    require_pushed_authorization_requests: true,
    device_authorization_endpoint: `${issuer}/device_authorization`,
    revocation_endpoint: `${issuer}/revoke`,
    revocation_endpoint_auth_methods_supported: ['none'],
    introspection_endpoint: `${issuer}/introspect`,
    introspection_endpoint_auth_methods_supported: ['none'],
    scopes_supported: [enrolScope],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: [
      'client_credentials',
      'authorization_code',
      'urn:ietf:params:oauth:grant-type:device_code',
      assertionGrant,
    ],
    authorization_grant_profiles_supported: ['urn:ietf:params:oauth:grant-profile:id-jag'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['attest_jwt_client_auth_dpop', 'none'],
    authorization_response_iss_parameter_supported: true,
  }
}
