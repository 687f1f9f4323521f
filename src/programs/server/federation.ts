// Signs a person in at the organisation's identity provider, as its relying party: code, PKCE, nonce, state, issuer.
import { Fault, Secret, type Clock, type Milliseconds } from '#base'
import { readFileSync } from 'node:fs'
import * as oauth from 'oauth4webapi'
import { identityOf, type Identity } from './admitting.ts'
import type { SignInConfig } from './config.ts'

/** What a sign-in was begun with; kept here until the person comes back. */
interface Begun {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

/** The identity provider. */
export interface Federation {
  /** Its name, for people. */
  readonly name: string
  /** Begins a sign-in. @throws Fault `issuer-unreachable` */
  begin(): Promise<Begun & { readonly url: string }>
  /**
   * Ends it.
   * @param query What the browser came back with. Attacker-controlled.
   * @throws Fault `issuer-refused` for whatever does not fit, or was not signed in; `issuer-unreachable`
   */
  finish(query: URLSearchParams, begun: Begun): Promise<Identity>
  /** The provider's own word on itself. @throws Fault `issuer-unreachable` */
  about(): Promise<oauth.AuthorizationServer>
  close(): void
}

/** Who we are there. */
interface Relying {
  readonly config: SignInConfig
  readonly redirectUri: string
  readonly clock: Pick<Clock, 'monotonic'>
}

const patience: Milliseconds = 10_000
/** How long the provider's word on itself is kept. */
const memory: Milliseconds = 600_000

/** @throws Fault `config-invalid` for a secret that cannot be read */
export function federationWith(relying: Relying): Federation {
  const { config, redirectUri } = relying
  const secret = readSecret(config.secretFile)
  const about = remembered(relying)
  return {
    name: new URL(config.issuer).host,
    about,
    async begin() {
      const begun = {
        state: oauth.generateRandomState(),
        nonce: oauth.generateRandomNonce(),
        verifier: oauth.generateRandomCodeVerifier(),
      }
      const { authorization_endpoint: endpoint } = await about()
      if (endpoint === undefined) throw new Fault('issuer-refused', 'the identity provider signs nobody in')
      const url = new URL(endpoint)
      for (const [name, value] of Object.entries(await requestOf(relying, begun)))
        url.searchParams.set(name, value)
      return { ...begun, url: url.href }
    },
    async finish(query, begun) {
      const provider = await about()
      return secret.lend(async (bytes) => {
        const text = new TextDecoder().decode(bytes)
        return exchange({ provider, config, redirectUri, secret: text }, query, begun)
      })
    },
    close: () => secret.dispose(),
  }
}

function readSecret(path: string): Secret {
  try {
    const text = readFileSync(path, 'utf8').trim()
    if (text !== '') return Secret.own(new TextEncoder().encode(text))
  } catch (cause) {
    throw new Fault('config-invalid', 'the file of "signIn.secretFile" cannot be read', { cause })
  }
  throw new Fault('config-invalid', 'the file of "signIn.secretFile" is empty')
}

/** Asked once in a while, when somebody signs in: a provider that is away must not keep this server from starting. */
function remembered({ config, clock }: Relying): () => Promise<oauth.AuthorizationServer> {
  let known: { readonly about: Promise<oauth.AuthorizationServer>; readonly until: Milliseconds } | undefined
  return () => {
    if (known === undefined || clock.monotonic() >= known.until) {
      const about = discover(config)
      known = { about, until: clock.monotonic() + memory }
      about.catch(() => (known = undefined))
    }
    return known.about
  }
}

async function discover(config: SignInConfig): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(config.issuer)
  try {
    const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...wayTo(config) })
    return await oauth.processDiscoveryResponse(issuer, answer)
  } catch (cause) {
    throw new Fault('issuer-unreachable', 'the identity provider does not say where to sign in', { cause })
  }
}

/** In clear only on this machine; the settings let no other address through. */
function wayTo({ issuer }: SignInConfig): { readonly signal: () => AbortSignal } {
  const isPlain = issuer.startsWith('http:')
  return {
    signal: () => AbortSignal.timeout(patience),
    ...(isPlain && { [oauth.allowInsecureRequests]: true }),
  }
}

async function requestOf({ config, redirectUri }: Relying, begun: Begun): Promise<Record<string, string>> {
  return {
    client_id: config.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: config.scope,
    state: begun.state,
    nonce: begun.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(begun.verifier),
    code_challenge_method: 'S256',
  }
}

interface Exchanging {
  readonly provider: oauth.AuthorizationServer
  readonly config: SignInConfig
  readonly redirectUri: string
  readonly secret: string
}

/** The signature of the ID token is checked as well, though it comes straight from the provider. */
async function exchange(exchanging: Exchanging, query: URLSearchParams, begun: Begun): Promise<Identity> {
  const { provider, config, redirectUri, secret } = exchanging
  const client: oauth.Client = { client_id: config.clientId }
  try {
    const params = oauth.validateAuthResponse(provider, client, query, begun.state)
    const way = wayTo(config)
    const authentication = authenticationAt(provider, secret)
    const response = await oauth.authorizationCodeGrantRequest(
      provider,
      client,
      authentication,
      params,
      redirectUri,
      begun.verifier,
      way,
    )
    const expected = { expectedNonce: begun.nonce, requireIdToken: true }
    const answer = await oauth.processAuthorizationCodeResponse(provider, client, response, expected)
    await oauth.validateApplicationLevelSignature(provider, response, way)
    const claims = oauth.getValidatedIdTokenClaims(answer)
    if (claims === undefined) throw new Fault('issuer-refused', 'the identity provider gave no ID token')
    return identityOf(provider.issuer, claims, config.groupsClaim)
  } catch (cause) {
    throw cause instanceof Fault ? cause : refused(cause)
  }
}

function authenticationAt(
  { token_endpoint_auth_methods_supported: methods }: oauth.AuthorizationServer,
  secret: string,
): oauth.ClientAuth {
  const isPostOnly =
    methods?.includes('client_secret_post') === true && !methods.includes('client_secret_basic')
  return isPostOnly ? oauth.ClientSecretPost(secret) : oauth.ClientSecretBasic(secret)
}

function refused(cause: unknown): Fault {
  return new Fault('issuer-refused', 'the identity provider did not sign that person in', { cause })
}
