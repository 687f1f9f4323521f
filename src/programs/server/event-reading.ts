// Reads what an identity provider pushes: its signature, for whom it is, and what it says.
import { Fault, type Clock } from '#base'
import { PublishedKeys } from '#token'
import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { fetchText } from './outgoing.ts'
import { setClaims, setType, type SetClaims } from './security-event.ts'

/** From whom events are taken. */
export interface Transmitter {
  readonly issuer: string
  /** Address of its keys. */
  readonly jwks: string
}

/** Why an event is not taken. @see RFC 8935, section 2.4 */
export type Flaw = 'invalid_request' | 'invalid_key' | 'invalid_issuer' | 'invalid_audience'

interface Known<Settings extends Transmitter> {
  readonly settings: Settings
  readonly keys: PublishedKeys
}

/** Signed longer ago, nothing that it could end is left; and it might have been taken before. */
const oldest = 30 * 86_400
const skew = 120

/** Knows the transmitters by their issuers. */
export class EventReader<Settings extends Transmitter> {
  readonly #audience: string
  readonly #clock: Clock
  readonly #known: ReadonlyMap<string, Known<Settings>>

  constructor(transmitters: readonly Settings[], { audience, clock }: { audience: string; clock: Clock }) {
    this.#audience = audience
    this.#clock = clock
    this.#known = new Map(
      transmitters.map((settings) => {
        const fetch = () => fetchText(settings.jwks)
        return [settings.issuer, { settings, keys: new PublishedKeys({ clock, fetch, read: readEventKeys }) }]
      }),
    )
  }

  /**
   * Reads a token. Whether it came before is for whoever acts on it.
   * @param text Attacker-controlled.
   * @throws Fault `issuer-unreachable` if the keys cannot be had now.
   */
  async read(text: string): Promise<{ readonly claims: SetClaims; readonly from: Settings } | Flaw> {
    const signed = takenApart(text)
    if (signed === null) return 'invalid_request'
    const { claims } = signed
    const known = this.#known.get(claims.iss)
    if (known === undefined) return 'invalid_issuer'
    await known.keys.learn(signed.kid)
    const key = known.keys.of(signed.kid)
    if (key === undefined || !isSigned(signed, key)) return 'invalid_key'
    if (![claims.aud].flat().includes(this.#audience)) return 'invalid_audience'
    return this.#isInTime(claims) ? { claims, from: known.settings } : 'invalid_request'
  }

  #isInTime({ iat }: SetClaims): boolean {
    const age = Math.floor(this.#clock.now() / 1000) - iat
    return age >= -skew && age <= oldest
  }
}

interface Signed {
  readonly alg: unknown
  readonly kid: string
  readonly claims: SetClaims
  readonly input: string
  readonly signature: Buffer
}

function takenApart(text: string): Signed | null {
  const [, head = '', body = '', tail = ''] = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(text) ?? []
  const { alg, typ, kid } = membersOf(head)
  const claims = setClaims.safeParse(membersOf(body))
  if (!claims.success || !isSet(typ) || typeof kid !== 'string') return null
  const signature = Buffer.from(tail, 'base64url')
  return { alg, kid, claims: claims.data, input: `${head}.${body}`, signature }
}

function isSet(typ: unknown): boolean {
  return typeof typ === 'string' && typ.toLowerCase().replace(/^application\//, '') === setType
}

/** The kind of the key says which algorithm there is; the header must agree. */
function isSigned({ alg, input, signature }: Signed, key: KeyObject): boolean {
  const bytes = Buffer.from(input)
  if (key.asymmetricKeyType === 'rsa') return alg === 'RS256' && verify('sha256', bytes, key, signature)
  return alg === 'ES256' && verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature)
}

/** P-256, and RSA of 2,048 bits or more, since that is what providers sign with. */
function readEventKeys(text: string): Map<string, KeyObject> {
  const { keys } = parsed(text)
  if (!Array.isArray(keys)) throw new Fault('key-invalid', 'that is no list of keys')
  const found = new Map<string, KeyObject>()
  for (const jwk of keys.slice(0, 64) as unknown[]) {
    const key = keyOf(jwk)
    if (key !== undefined && isObject(jwk) && typeof jwk['kid'] === 'string') found.set(jwk['kid'], key)
  }
  return found
}

function keyOf(jwk: unknown): KeyObject | undefined {
  if (!isObject(jwk) || Object.hasOwn(jwk, 'd')) return undefined
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {}
    const isGood = key.asymmetricKeyType === 'rsa' ? modulusLength >= 2048 : namedCurve === 'prime256v1'
    return isGood ? key : undefined
  } catch {
    return undefined
  }
}

function membersOf(part: string): Readonly<Record<string, unknown>> {
  return parsed(Buffer.from(part, 'base64url').toString())
}

/** The parser's own message would quote what it read. */
function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
