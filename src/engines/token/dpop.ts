// Proofs that whoever asks holds a key: one for each request.
import { Fault, type Milliseconds } from '#base'
import { hash, type KeyObject } from 'node:crypto'
import { publicKeyOf, readPublicJwk, thumbprint, type PublicJwk } from './jwk.ts'
import { decodeCompact, signCompact, verifyCompact, type Decoded, type Sign } from './jws.ts'

/** What a proof is made for. */
export interface ProofRequest {
  readonly method: string
  /** Absolute; query and fragment are left out. */
  readonly url: string
  /** What the server gave last. */
  readonly nonce?: string | undefined
  /** The token that goes with the request. */
  readonly accessToken?: string | undefined
  /** Never used twice. */
  readonly jti: string
  readonly now: Milliseconds
  readonly jwk: PublicJwk
}

/** What a proof must fit. */
export interface ProofExpected {
  readonly method: string
  /** What this server is called from outside. */
  readonly url: string
  /**
   * Until when a nonce is taken, or undefined for one that is not. Without this a proof's own time decides.
   * @param nonce Attacker-controlled.
   */
  readonly nonceUntil?: ((nonce: string) => Milliseconds | undefined) | undefined
  readonly accessToken?: string | undefined
  readonly now: Milliseconds
  /** Keys that are kept, so that they need not be read anew. */
  readonly keyOf?: ((jkt: string, jwk: PublicJwk) => KeyObject) | undefined
}

/** A proof that fits. It may be used once: whoever takes it remembers `jkt` and `jti` until `staleAt`. */
export interface Proof {
  readonly jkt: string
  readonly jwk: PublicJwk
  readonly jti: string
  /** From then on the same proof is refused anyway. */
  readonly staleAt: Milliseconds
}

/** How far a proof's own time may lie from ours, both ways. */
export const proofWindow: Milliseconds = 300_000
const longestProof = 4096
const longestJti = 256

/** Makes a proof. @see RFC 9449, section 4.2 */
export async function dpopProof(request: ProofRequest, sign: Sign): Promise<string> {
  const { method, url, nonce, accessToken, jti, now, jwk } = request
  const { kty, crv, x, y } = jwk
  const claims = {
    jti,
    htm: method,
    htu: targetOf(url),
    iat: Math.floor(now / 1000),
    nonce,
    ...(accessToken !== undefined && { ath: hash('sha256', accessToken, 'base64url') }),
  }
  return signCompact({ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty, crv, x, y } }, claims, sign)
}

/**
 * Checks a proof. Whether it was used before is for whoever takes it.
 * @param text Attacker-controlled.
 * @throws Fault `proof-invalid`, and `proof-nonce-needed` for one that is good but for its nonce or its time.
 * @see RFC 9449, section 4.3
 */
export async function checkDpopProof(text: string, expected: ProofExpected): Promise<Proof> {
  const { decoded, jwk } = read(text)
  const { jti } = decoded.claims
  if (typeof jti !== 'string' || jti === '' || jti.length > longestJti) throw invalid('has no fit jti')
  const staleAt = whenStale(decoded, expected)
  if (staleAt !== undefined) assertFits(decoded, expected)
  const jkt = thumbprint(jwk)
  if (!(await verifyCompact(decoded, keyFor(jkt, jwk, expected))))
    throw invalid('is not signed by its own key')
  if (staleAt === undefined || staleAt <= expected.now) {
    throw new Fault('proof-nonce-needed', 'the proof has no nonce that is good now')
  }
  return { jkt, jwk, jti, staleAt }
}

function read(text: string): { readonly decoded: Decoded; readonly jwk: PublicJwk } {
  try {
    const decoded = decodeCompact(text, { longest: longestProof, typ: 'dpop+jwt' })
    return { decoded, jwk: readPublicJwk(decoded.header['jwk']) }
  } catch (thrown) {
    throw invalid('is malformed', thrown)
  }
}

/**
 * Until when the same proof could come again; not after now if it is too late already; undefined if its own time is
 * so far off that only a nonce can help.
 */
function whenStale({ claims }: Decoded, { nonceUntil, now }: ProofExpected): Milliseconds | undefined {
  const { iat, nonce } = claims
  if (typeof iat !== 'number' || iat === 0) throw invalid('has no time')
  if (nonce !== undefined && typeof nonce !== 'string') throw invalid('has a nonce that is no text')
  if (nonceUntil !== undefined && nonce) return nonceUntil(nonce) ?? now
  const isFresh = Math.abs(Math.floor(now / 1000) - iat) * 1000 <= proofWindow
  if (nonceUntil !== undefined) return isFresh ? now : undefined
  if (!isFresh) throw invalid('is too old, or from the future')
  return iat * 1000 + proofWindow + 1000
}

function assertFits({ claims }: Decoded, { method, url, accessToken }: ProofExpected): void {
  const { htm, htu, ath } = claims
  if (htm !== method) throw invalid('is for another method')
  if (typeof htu !== 'string' || !isSameTarget(htu, url)) throw invalid('is for another address')
  if (accessToken !== undefined && ath !== hash('sha256', accessToken, 'base64url')) {
    throw invalid('is for another token')
  }
}

/** As most send it, it is the same text. */
function isSameTarget(htu: string, url: string): boolean {
  return htu === url || targetOf(htu) === targetOf(url)
}

/** Scheme, host and path as RFC 3986 normalises them, without query and fragment; empty for what is no address. */
function targetOf(url: string): string {
  const target = URL.parse(url)
  if (target === null) return ''
  target.search = ''
  target.hash = ''
  return target.href
}

function keyFor(jkt: string, jwk: PublicJwk, { keyOf }: ProofExpected): KeyObject {
  try {
    return keyOf === undefined ? publicKeyOf(jwk) : keyOf(jkt, jwk)
  } catch (thrown) {
    throw invalid('has a key that is none', thrown)
  }
}

function invalid(flaw: string, cause?: unknown): Fault {
  return new Fault('proof-invalid', `the proof ${flaw}`, { cause })
}
