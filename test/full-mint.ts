// The same mint by oidc-provider alone: what the lean way is held against, and what it is measured beside.
import { deviceClient, readPublicJwk, thumbprint } from '#token'
import type { Device, Registry } from '#registry'
import type { KeyObject } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { errors, Provider, type Configuration, type KoaContextWithOIDC } from 'oidc-provider'
import { oidcAdapter } from '../src/programs/server/oidc-adapter.ts'

export interface FullMintOptions {
  readonly issuer: string
  readonly pair: { readonly privateKey: KeyObject; readonly publicKey: KeyObject }
  readonly kid: string
  readonly registry: Pick<Registry, 'once' | 'models' | 'devices'>
  /** 32 bytes, those of the lean way. */
  readonly nonceSecret: Uint8Array
  readonly scopesAt: (resource: string) => readonly string[] | undefined
}

const off = { enabled: false }
/** The types lag behind: they do not know that one proof may do both. */
const byOneProof = 'attest_jwt_client_auth_dpop' as 'attest_jwt_client_auth'
const longestLife = 900

/** Answers `POST /token`. */
export function fullMint(
  options: FullMintOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const provider = new Provider(options.issuer, configurationOf(options))
  provider.silent = true
  provider.proxy = true
  const { host, protocol } = new URL(options.issuer)
  const callback = provider.callback()
  return (request, response) => {
    Object.assign(request.headers, {
      host,
      'x-forwarded-host': host,
      'x-forwarded-proto': protocol.slice(0, -1),
    })
    return callback(request, response)
  }
}

function configurationOf(options: FullMintOptions): Configuration {
  const { pair, kid, registry } = options
  const { deviceOf, remember } = remembered()
  return {
    adapter: oidcAdapter({ registry, clock: { now: () => Date.now() } }),
    jwks: { keys: [{ ...pair.privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid }] },
    enabledJWA: {
      idTokenSigningAlgValues: ['ES256'],
      dPoPSigningAlgValues: ['ES256'],
      attestSigningAlgValues: ['ES256'],
    },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    clientAuthMethods: [byOneProof],
    clients: [theClient],
    cookies: { keys: ['none are set'] },
    clockTolerance: 30,
    ttl: { ClientCredentials: (context) => lifeOf(context.oidc.body?.['lifetime']) },
    extraTokenClaims: (context) => {
      const { id: device, tenant, epoch } = deviceOf(context)
      return { device, tenant, epoch }
    },
    formats: {
      customizers: { jwt: (context, _token, { payload }) => void (payload['sub'] = deviceOf(context).user) },
    },
    features: featuresOf(options, { deviceOf, remember }),
  }
}

const theClient = {
  client_id: deviceClient,
  token_endpoint_auth_method: byOneProof,
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
  dpop_bound_access_tokens: true,
}

interface Remembered {
  readonly deviceOf: (context: KoaContextWithOIDC) => Device
  readonly remember: (context: KoaContextWithOIDC, device: Device) => void
}

/** The device that a request came from. */
function remembered(): Remembered {
  const devices = new WeakMap<KoaContextWithOIDC, Device>()
  return {
    remember: (context, device) => void devices.set(context, device),
    deviceOf(context) {
      const device = devices.get(context)
      if (device === undefined) throw new errors.InvalidClientAuth('no device')
      return device
    },
  }
}

function featuresOf(options: FullMintOptions, { deviceOf, remember }: Remembered): Configuration['features'] {
  const { issuer, pair, kid, registry, scopesAt } = options
  const secret = Buffer.from(options.nonceSecret)
  return {
    devInteractions: off,
    userinfo: off,
    rpInitiatedLogout: off,
    clientCredentials: { enabled: true },
    dPoP: { enabled: true, nonceSecret: secret, requireNonce: () => true },
    attestClientAuth: {
      enabled: true,
      ack: 'draft-12',
      challengeSecret: secret,
      getAttestationSignaturePublicKey: (_context, header) => {
        if (header['kid'] !== kid) throw new errors.InvalidClientAuth('unknown key')
        return pair.publicKey
      },
      async assertAttestationJwtAndPop(context, { payload: { iss, device: id, cnf } }) {
        const device = await registry.devices.byThumbprint(thumbprint(readPublicJwk(Object(cnf).jwk)))
        if (iss !== issuer || device?.id !== id || device?.status !== 'active') {
          throw new errors.InvalidClientAuth('no active device')
        }
        remember(context, device)
      },
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => {
        throw new errors.InvalidTarget('resource indicator is missing')
      },
      getResourceServerInfo(context, resource) {
        const there = scopesAt(resource)
        if (there === undefined) throw new errors.InvalidTarget('resource indicator is unknown')
        const scope = there.filter((one) => deviceOf(context).scopes.includes(one)).join(' ')
        return { scope, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256', kid } } }
      },
    },
  }
}

/** Only less than the longest; what is no number of seconds is refused. */
function lifeOf(asked: unknown): number {
  if (asked === undefined || asked === '') return longestLife
  if (typeof asked !== 'string' || !/^[1-9]\d{0,8}$/.test(asked))
    throw new errors.InvalidRequest('no lifetime')
  return Math.min(Number(asked), longestLife)
}
