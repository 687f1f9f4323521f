// What an issuer says of itself: where its endpoints are, and by which keys it is known.
import { Fault, type Clock } from '#base'
import { PublishedKeys } from '#token'
import { send } from './post.ts'

/** An issuer's own word on where things are. All lie at its own origin. */
export interface Issuer {
  readonly issuer: string
  readonly token: string
  /** Undefined where nobody signs in: then only invitations enrol. */
  readonly authorization: string | undefined
  readonly pushed: string | undefined
  readonly deviceCode: string | undefined
  readonly enrolment: string
  readonly jwks: string
}

/**
 * Asks an issuer for its metadata.
 * @param url As the organisation gives it to its people.
 * @throws Fault `issuer-unreachable`, `usage`; `issuer-refused` if it calls itself something else, or sends us elsewhere.
 * @see RFC 8414, sections 3 and 3.3
 */
export async function readIssuer(url: string, ca?: string): Promise<Issuer> {
  const issuer = url.replace(/\/$/, '')
  const { origin, pathname } = new URL(issuer)
  const path = pathname === '/' ? '' : pathname
  const found = await document(`${origin}/.well-known/oauth-authorization-server${path}`, ca)
  if (found['issuer'] !== issuer) throw new Fault('issuer-refused', 'the issuer calls itself something else')
  const at = (member: string): string => placeAt(origin, found[member])
  const may = (member: string): string | undefined => (found[member] === undefined ? undefined : at(member))
  return {
    issuer,
    token: at('token_endpoint'),
    authorization: may('authorization_endpoint'),
    pushed: may('pushed_authorization_request_endpoint'),
    deviceCode: may('device_authorization_endpoint'),
    enrolment: at('keyreeve_enrolment_endpoint'),
    jwks: at('jwks_uri'),
  }
}

function placeAt(origin: string, value: unknown): string {
  if (typeof value === 'string' && URL.parse(value)?.origin === origin) return value
  throw new Fault('issuer-refused', 'the issuer is no token server of this kind')
}

/** The keys that an issuer publishes, asked for when one is named that is not known. */
export function issuerKeys(jwks: string, clock: Pick<Clock, 'monotonic'>, ca?: string): PublishedKeys {
  return new PublishedKeys({ clock, fetch: () => textAt(jwks, ca) })
}

async function document(url: string, ca: string | undefined): Promise<Readonly<Record<string, unknown>>> {
  return membersOf(await textAt(url, ca))
}

async function textAt(url: string, ca: string | undefined): Promise<string> {
  const { status, body } = await send(url, { method: 'GET', headers: {} }, ca)
  if (status !== 200) throw new Fault('issuer-refused', `the issuer answered ${status}`)
  return body
}

/** What is not a JSON object says nothing. The parser's own message would quote it. @param body Attacker-controlled. */
export function membersOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
