// Checks an identity provider's signed word on a person, made for this server and for one client: an ID-JAG.
import { Fault, type Clock, type Milliseconds } from '#base'
import { deviceClient } from '#token'
import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose'

/** Whose word is taken, and for whom. */
export interface AssertionExpected {
  /** This server. */
  readonly issuer: string
  /** The one identity provider: its name, and where its keys are. */
  readonly about: () => Promise<{ readonly issuer: string; readonly jwks_uri?: string }>
  readonly clock: Pick<Clock, 'now'>
}

/** What the provider said. Single use: whoever takes it remembers `jti` until `staleAt`. */
export interface IdentityAssertion {
  readonly issuer: string
  readonly subject: string
  readonly jti: string
  readonly staleAt: Milliseconds
  /** What it is for; undefined where that is left to us. */
  readonly resource: string | undefined
  readonly scope: string | undefined
  /** The key that it was made for, if for one. */
  readonly jkt: string | undefined
}

const algorithms = ['ES256', 'ES384', 'PS256', 'RS256', 'EdDSA']
const typ = 'oauth-id-jag+jwt'
/** Seconds by which clocks may differ, and that an assertion may live. */
const tolerance = 30
const longestLife = 600
const longestAssertion = 8192
const longestJti = 256

/** Makes the check. The provider's keys are fetched when they are needed, and kept. */
export function assertionCheck(expected: AssertionExpected): (text: string) => Promise<IdentityAssertion> {
  const keys = new Map<string, ReturnType<typeof createRemoteJWKSet>>()
  const keysAt = (uri: string) => {
    const known = keys.get(uri) ?? createRemoteJWKSet(new URL(uri), { timeoutDuration: 5000 })
    keys.set(uri, known)
    return known
  }
  return async (text) => {
    const { issuer, jwks_uri: uri } = await expected.about()
    if (uri === undefined || text.length > longestAssertion) throw invalid('cannot be checked')
    return read(await verified(text, keysAt(uri), { ...expected, provider: issuer }))
  }
}

async function verified(
  text: string,
  keys: ReturnType<typeof createRemoteJWKSet>,
  { issuer, provider, clock }: AssertionExpected & { readonly provider: string },
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(text, keys, {
      algorithms,
      typ,
      issuer: provider,
      audience: issuer,
      clockTolerance: tolerance,
      currentDate: new Date(clock.now()),
      maxTokenAge: longestLife,
      requiredClaims: ['sub', 'jti', 'iat', 'exp', 'client_id'],
    })
    return payload
  } catch (cause) {
    throw invalid('does not hold', cause)
  }
}

function read(payload: JWTPayload): IdentityAssertion {
  const { iss, sub, jti, resource, scope, cnf } = payload
  if (iss === undefined || !sub || !jti || jti.length > longestJti) throw invalid('is not whole')
  return {
    issuer: iss,
    subject: sub,
    jti,
    staleAt: staleAfter(payload),
    resource: textOf(resource),
    scope: textOf(scope),
    jkt: cnf === undefined ? undefined : thumbprintOf(cnf),
  }
}

/** For us alone: one that others take as well could come from one of them. */
function staleAfter({ aud, client_id: client, iat, exp }: JWTPayload): Milliseconds {
  if (Array.isArray(aud) && aud.length !== 1) throw invalid('is for others too')
  if (client !== deviceClient) throw invalid('is for another client')
  if (iat === undefined || exp === undefined || exp - iat > longestLife) throw invalid('lives too long')
  return (exp + tolerance + 1) * 1000
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  throw invalid('has a member of another form')
}

/** Bound to a key in a way that is not known here is not taken as unbound. */
function thumbprintOf(cnf: unknown): string {
  if (typeof cnf === 'object' && cnf !== null && 'jkt' in cnf && typeof cnf.jkt === 'string') return cnf.jkt
  throw invalid('is bound to a key in another way')
}

function invalid(flaw: string, cause?: unknown): Fault {
  return new Fault('token-invalid', `the identity assertion ${flaw}`, { cause })
}
