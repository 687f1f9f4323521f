// Sends a person to the organisation's identity provider, and takes them back.
import { Fault, type Clock, type Milliseconds } from '#base'
import type { FleetEvent } from '#journal'
import type { ModelPayload, Registry } from '#registry'
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { accountOf } from './accounts.ts'
import { admit, type Identity } from './admitting.ts'
import type { BrowserCookie } from './browser-cookie.ts'
import type { SignInConfig } from './config.ts'
import type { Federation } from './federation.ts'
import { sendPage } from './pages.ts'
import type { Handler } from './routes.ts'
import { onwardPage, wordPage } from './sign-in-pages.ts'
import type { Bearer } from './suspending.ts'

/** What signing in is made of. */
export interface SigningInOptions {
  /** Path that the issuer's own begins with; empty for none. */
  readonly prefix: string
  readonly config: SignInConfig
  readonly federation: Federation
  readonly cookie: BrowserCookie
  readonly registry: Pick<Registry, 'models' | 'users'>
  readonly scopes: readonly string[]
  readonly isSuspended: (owner: Bearer) => Promise<boolean>
  readonly record: (event: FleetEvent) => Promise<void>
  readonly onFault: (thrown: unknown) => void
  readonly clock: Pick<Clock, 'now'>
}

/** Who signed in, and what they were let in to. */
export interface SignedIn {
  readonly account: string
  readonly label: string
  readonly tenant: string
  readonly scopes: readonly string[]
}

/** A sign-in that is over: nobody, where the person has no business here. */
type Outcome = { readonly signedIn: SignedIn | null }

const life: Milliseconds = 600_000
const begunKind = 'SignInBegun'
const endedKind = 'SignInEnded'

/** Begins a sign-in for an interaction: a page that leads to the identity provider. */
export async function beginSignIn(
  options: SigningInOptions,
  uid: string,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const { federation, cookie, registry, clock } = options
  const { url, ...begun } = await federation.begin()
  const payload = { ...begun, uid, browser: cookie.ensure(request, response) }
  await registry.models.put(begunKind, hash(begun.state), { payload, expiresAt: clock.now() + life })
  sendPage(
    response,
    200,
    onwardPage('Sign in', url, `You sign in at ${federation.name}, and come back here.`),
  )
}

/** The outcome of an interaction's sign-in, once; null while there is none. */
export async function takeSignIn(
  { registry: { models } }: Pick<SigningInOptions, 'registry'>,
  uid: string,
): Promise<Outcome | null> {
  const found = await models.find(endedKind, 'id', uid)
  if (found === null || found.consumedAt !== null || !(await models.consume(endedKind, uid))) return null
  return { signedIn: signedInOf(found.payload) }
}

/** What `takeSignIn` gave, as it is kept in between. */
export function signedInOf({ account, label, tenant, scopes }: ModelPayload): SignedIn | null {
  if (typeof account !== 'string' || typeof label !== 'string' || typeof tenant !== 'string') return null
  if (!Array.isArray(scopes)) return null
  return { account, label, tenant, scopes: scopes.filter((scope) => typeof scope === 'string') }
}

/** Answers `GET /signin/callback`, where the identity provider sends people back to. */
export function signInCallback(options: SigningInOptions): Handler {
  return async (request, response) => {
    const query = new URLSearchParams((request.url ?? '').split('?').slice(1).join('?'))
    const begun = await takeBegun(options, query.get('state') ?? '', options.cookie.hashOf(request))
    if (begun === null) return sendPage(response, 400, strangerPage())
    try {
      const identity = await options.federation.finish(query, begun)
      await end(options, begun.uid, identity)
      response.writeHead(303, {
        location: `${options.prefix}/interaction/${begun.uid}`,
        'cache-control': 'no-store',
      })
      response.end()
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown
      options.onFault(thrown)
      sendPage(response, 502, wordPage('You are not signed in', 'Start again on your device.'))
    }
  }
}

/** Only for the browser that began it, and once. */
async function takeBegun(
  { registry: { models } }: SigningInOptions,
  state: string,
  browser: string | undefined,
): Promise<{ state: string; nonce: string; verifier: string; uid: string } | null> {
  const id = hash(state)
  const found = await models.find(begunKind, 'id', id)
  if (found === null || found.consumedAt !== null || found.payload['browser'] !== browser) return null
  const { nonce, verifier, uid } = found.payload
  if (typeof nonce !== 'string' || typeof verifier !== 'string' || typeof uid !== 'string') return null
  return (await models.consume(begunKind, id)) ? { state, nonce, verifier, uid } : null
}

async function end(options: SigningInOptions, uid: string, identity: Identity): Promise<void> {
  const { config, registry, scopes, record, clock } = options
  const account = accountOf(identity)
  const fit = admit(identity, config.admit, scopes)
  const isHeld = fit !== null && (await options.isSuspended({ user: account, tenant: fit.tenant }))
  const admitted = isHeld ? null : fit
  const what = admitted === null ? 'sign-in-refused' : 'sign-in'
  const tenant = admitted === null ? {} : { tenant: admitted.tenant }
  await record({ v: 1, kind: 'fleet', what, ...tenant, user: account, reason: identity.label })
  const payload =
    admitted === null ? {} : { ...admitted, scopes: [...admitted.scopes], account, label: identity.label }
  if (admitted !== null) {
    const { issuer, subject, label } = identity
    await registry.users.findOrAdd({ id: account, tenant: admitted.tenant, issuer, subject, label })
  }
  await registry.models.put(endedKind, uid, { payload, expiresAt: clock.now() + life })
}

function hash(state: string): string {
  return createHash('sha256').update(state).digest('base64url')
}

function strangerPage() {
  return wordPage(
    'This did not begin here',
    'The sign-in was begun in another browser, or its time is over. Start again on your device.',
  )
}
