// Sessions of administrators over the network: five minutes, good only with the certificate and the key they began with.
import { base64url, Fault, type Clock, type Milliseconds, type Random } from '#base'
import { checkDpopProof, decodeCompact, signCompact, signerOf, verifyCompact, type Proof } from '#token'
import type { KeyObject } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import type { Caller } from './admin-callers.ts'
import type { Nonces } from './mint-nonces.ts'

/** What sessions are made of. */
export interface AdminSessionsOptions {
  readonly issuer: string
  readonly keys: {
    current(): { readonly kid: string; readonly privateKey: KeyObject }
    /** @param kid Attacker-controlled. */
    keyOf(kid: string): KeyObject | undefined
  }
  readonly nonces: Nonces
  readonly once: { take(purpose: string, key: string, staleAt: Milliseconds): Promise<boolean> }
  readonly clock: Pick<Clock, 'now'>
  readonly random: Random
}

/** A session as its owner gets it. */
export interface AdminSession {
  readonly session: string
  readonly expiresAt: Milliseconds
}

const typ = 'keyreeve-admin+jwt'
const life: Milliseconds = 300_000
const longest = 4096

const claimsShape = z.object({
  iss: z.string(),
  sub: z.string(),
  exp: z.int(),
  cnf: z.object({ jkt: z.string(), 'x5t#S256': z.string() }),
})

/** @see RFC 9449; RFC 8705, section 3.1 */
export class AdminSessions {
  readonly #options: AdminSessionsOptions

  constructor(options: AdminSessionsOptions) {
    this.#options = options
  }

  /** What the next proof must hold. */
  nonce(): string {
    return this.#options.nonces.next(this.#options.clock.now())
  }

  /** Begins one for whoever shows a certificate and proves a key. @throws Fault `proof-invalid`, `proof-nonce-needed` */
  async begin(request: IncomingMessage, { name, certificate }: Caller): Promise<AdminSession> {
    const { jkt } = await this.#proofOf(request)
    const { issuer, keys, clock, random } = this.#options
    const { kid, privateKey } = keys.current()
    const iat = Math.floor(clock.now() / 1000)
    const exp = iat + life / 1000
    const cnf = { jkt, 'x5t#S256': certificate ?? '' }
    const claims = { iss: issuer, sub: name, iat, exp, jti: base64url(random(16)), cnf }
    return {
      session: await signCompact({ alg: 'ES256', typ, kid }, claims, signerOf(privateKey)),
      expiresAt: exp * 1000,
    }
  }

  /**
   * Goes on only with a session of this very certificate, and a proof of its key for this request.
   * @throws Fault `session-needed`, `proof-invalid`, `proof-nonce-needed`
   */
  async admit(request: IncomingMessage, { name, certificate }: Caller): Promise<void> {
    const session = /^DPoP ([\w.-]+)$/i.exec(request.headers.authorization ?? '')?.[1]
    if (session === undefined) throw needed('there is no session')
    const { iss, sub, exp, cnf } = await this.#read(session)
    const { issuer, clock } = this.#options
    if (iss !== issuer || sub !== name || cnf['x5t#S256'] !== certificate)
      throw needed('it is somebody else’s')
    if (exp * 1000 <= clock.now()) throw needed('it is over')
    const { jkt } = await this.#proofOf(request, session)
    if (jkt !== cnf.jkt) throw new Fault('proof-invalid', 'the proof is of another key')
  }

  async #read(session: string): Promise<z.output<typeof claimsShape>> {
    try {
      const decoded = decodeCompact(session, { longest, typ })
      const { kid } = decoded.header
      const key = typeof kid === 'string' ? this.#options.keys.keyOf(kid) : undefined
      if (key !== undefined && (await verifyCompact(decoded, key))) return claimsShape.parse(decoded.claims)
    } catch (thrown) {
      throw needed('it is none of ours', thrown)
    }
    throw needed('it is none of ours')
  }

  /** The proof of a request, used up. The address is the one that the client called us by, over TLS that it checked. */
  async #proofOf({ method = '', url = '', headers }: IncomingMessage, accessToken?: string): Promise<Proof> {
    const { nonces, once, clock } = this.#options
    const now = clock.now()
    const proof = await checkDpopProof(String(headers['dpop']), {
      method,
      url: `https://${headers.host}${url}`,
      accessToken,
      now,
      nonceUntil: (nonce) => nonces.until(nonce, now),
    })
    if (await once.take('admin', `${proof.jkt}.${proof.jti}`, proof.staleAt)) return proof
    throw new Fault('proof-invalid', 'the proof was used before')
  }
}

function needed(flaw: string, cause?: unknown): Fault {
  return new Fault('session-needed', `a session is needed: ${flaw}`, { cause })
}
