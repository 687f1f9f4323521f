// How oidc-provider is set up: one public client, code with PKCE by a pushed request, or a device code; all bound to a key.
import { deviceClient } from '#token'
import { generateKeyPairSync } from 'node:crypto'
import { errors, type Configuration, type KoaContextWithOIDC } from 'oidc-provider'
import { assertionGrant } from './assertion-grant.ts'
import { oidcAdapter, type AdapterOptions } from './oidc-adapter.ts'
import { codeConfirmPage, codePage, wordPage } from './sign-in-pages.ts'
import { documentOf, pageHeaders, type Page } from './pages.ts'
import { enrolScope } from './warrant.ts'

/** What the settings depend on. */
export interface SettingsOptions extends AdapterOptions {
  /** Path that the issuer's own begins with; empty for none. */
  readonly prefix: string
  /** 32 bytes each, the same in all processes. */
  readonly nonceSecret: Uint8Array
  readonly cookieSecret: Uint8Array
  readonly isKnownUser: (id: string) => Promise<boolean>
  /** Somebody typed a code that is none. */
  readonly onWrongCode: (context: KoaContextWithOIDC) => void
}

/** Seconds. The one token that comes of a sign-in must have enrolled its device by then. */
const lives = {
  AccessToken: 300,
  AuthorizationCode: 60,
  DeviceCode: 600,
  Grant: 900,
  Interaction: 600,
  Session: 600,
} as const
const longestName = 128

/** The whole configuration. */
export function providerSettings(options: SettingsOptions): Configuration {
  return {
    adapter: oidcAdapter(options),
    jwks: { keys: [idleKey()] },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'], dPoPSigningAlgValues: ['ES256'] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    clientAuthMethods: ['none'],
    clients: [theClient()],
    clientBasedCORS: () => false,
    scopes: [enrolScope],
    responseTypes: ['code'],
    pkce: { required: () => true },
    ttl: lives,
    expiresWithSession: async () => false,
    issueRefreshToken: async () => false,
    extraParams: { device_name: checkRequest },
    cookies: cookiesOf(options),
    routes: {
      authorization: '/authorize',
      code_verification: '/device',
      device_authorization: '/device_authorization',
      pushed_authorization_request: '/par',
      token: '/token',
      introspection: '/introspect',
      revocation: '/revoke',
      jwks: '/provider-jwks',
    },
    interactions: { url: (_context, { uid }) => `${options.prefix}/interaction/${uid}` },
    findAccount: async (_context, accountId) =>
      (await options.isKnownUser(accountId))
        ? { accountId, claims: async () => ({ sub: accountId }) }
        : undefined,
    renderError: (context) => show(context, failedPage()),
    features: featuresOf(options),
  }
}

/** Nothing is signed with it: no ID token is given, and access tokens are signed elsewhere. But it wants one. */
function idleKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'idle' }
}

function theClient() {
  return {
    client_id: deviceClient,
    client_name: 'Keyreeve',
    application_type: 'native' as const,
    token_endpoint_auth_method: 'none' as const,
    grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code', assertionGrant],
    response_types: ['code' as const],
    response_modes: ['query' as const],
    // Of any port. @see RFC 8252, section 7.3
    redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback'],
    require_pushed_authorization_requests: true,
    dpop_bound_access_tokens: true,
    scope: enrolScope,
  }
}

/** Requests are bound to the device's key from the first on: a code is then worth nothing without it. */
function checkRequest({ oidc }: KoaContextWithOIDC, name: string | undefined): void {
  if (oidc.params?.['scope'] !== enrolScope) {
    throw new errors.CustomOIDCProviderError('invalid_scope', `the one scope is ${enrolScope}`)
  }
  if (name !== undefined && (name.length > longestName || /\p{Cc}/u.test(name))) {
    throw new errors.InvalidRequest('device_name is too long, or no plain text')
  }
  if (oidc.route === 'pushed_authorization_request' && oidc.params?.['dpop_jkt'] === undefined) {
    throw new errors.InvalidRequest('dpop_jkt, or a proof, is missing')
  }
}

function cookiesOf({ cookieSecret }: SettingsOptions): Configuration['cookies'] {
  const flags = { httpOnly: true, sameSite: 'lax', signed: true, overwrite: true } as const
  const names = {
    session: 'keyreeve_session',
    interaction: 'keyreeve_interaction',
    resume: 'keyreeve_resume',
  }
  return { names, long: flags, short: flags, keys: [Buffer.from(cookieSecret)] }
}

function featuresOf(options: SettingsOptions): NonNullable<Configuration['features']> {
  const off = { enabled: false }
  return {
    devInteractions: off,
    userinfo: off,
    rpInitiatedLogout: off,
    introspection: { enabled: true },
    revocation: { enabled: true },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
    dPoP: { enabled: true, nonceSecret: Buffer.from(options.nonceSecret), requireNonce: () => true },
    deviceFlow: {
      enabled: true,
      charset: 'base-20',
      mask: '****-****',
      deviceInfo: () => ({}),
      userCodeInputSource: (context, _form, _out, flaw) => askCode(options, context, flaw),
      userCodeConfirmSource: (context, ...rest) => confirmCode(context, rest[3]),
      successSource: (context) => show(context, donePage()),
    },
  }
}

function askCode(
  { onWrongCode }: SettingsOptions,
  context: KoaContextWithOIDC,
  flaw: Error | undefined,
): void {
  if (flaw?.name === 'AbortedError') return show(context, refusedPage())
  if (flaw !== undefined) onWrongCode(context)
  const given = context.query['code']
  show(context, codePage(formOf(context), typeof given === 'string' ? given : '', flaw && wrongCode))
}

const wrongCode = 'That code is not known, or its time is over.'

function confirmCode(context: KoaContextWithOIDC, code: string): void {
  const name = context.oidc.entities.DeviceCode?.params?.['device_name']
  show(context, codeConfirmPage(formOf(context), code, typeof name === 'string' ? name : ''))
}

function formOf({ oidc }: KoaContextWithOIDC) {
  const check = oidc.session?.state?.['secret']
  return { action: oidc.urlFor('code_verification'), check: typeof check === 'string' ? check : '' }
}

function show(context: KoaContextWithOIDC, page: Page): void {
  context.set(pageHeaders)
  context.type = 'html'
  context.body = documentOf(page)
}

function donePage(): Page {
  return wordPage('The device is connected', 'You can close this page. The device goes on by itself.')
}

function refusedPage(): Page {
  return wordPage('Nothing was allowed', 'The device gets nothing. You can close this page.')
}

/** Nothing of what failed is told: it may hold a stranger's words. */
function failedPage(): Page {
  return wordPage(
    'This did not work',
    'The request is not valid, or its time is over. Start again on your device.',
  )
}
