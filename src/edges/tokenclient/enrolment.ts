// Enrols a device: a person signs in at the issuer, and the issuer attests the key that asked.
import { base64url, Fault, utf8, type Clock, type Milliseconds, type Random } from '#base'
import { deviceClient, dpopProof, thumbprint, type PublicJwk, type Sign } from '#token'
import { createHash } from 'node:crypto'
import { awaitCallback } from './callback.ts'
import { membersOf, readIssuer, type Issuer } from './issuer.ts'
import { send, type Answer } from './post.ts'

/** Who enrols, and with what. */
export interface EnrolmentOptions {
  /** The issuer's address. */
  readonly issuer: string
  /** How the person knows this device. */
  readonly label: string
  readonly jwk: PublicJwk
  readonly sign: Sign
  readonly clock: Clock
  readonly random: Random
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca?: string | undefined
}

/** What an issuer gave: nothing of it is secret. */
export interface Enrolment {
  readonly issuer: string
  readonly tokenEndpoint: string
  readonly jwksUri: string
  readonly device: string
  readonly attestation: string
  /** What its tokens may be for. */
  readonly scope: string
}

/** An enrolment that waits for a person. */
export interface Enrolling {
  /** Where the person signs in; null where an invitation stands for that. */
  readonly url: string | null
  /** To be typed there, on a device that has a browser; null where ours opens the page. */
  readonly userCode: string | null
  /** Settles when the issuer has attested the key. @throws Fault `enrolment-failed`, `issuer-unreachable` */
  readonly done: Promise<Enrolment>
  cancel(): void
}

const scope = 'device.enrol'
/** How long a person has to sign in, and an administrator to approve. */
const patience: Milliseconds = 600_000
const approvalPause: Milliseconds = 2000

/**
 * Enrols by the system's browser: a code for a pushed request, bound to a verifier and to the device's key.
 * @throws Fault `issuer-unreachable`, `issuer-refused`, `usage`
 * @see RFC 8252; RFC 7636; RFC 9126; RFC 9449, section 10
 */
export async function enrolInBrowser(options: EnrolmentOptions): Promise<Enrolling> {
  const session = await begin(options)
  const callback = await awaitCallback()
  const verifier = base64url(options.random(32))
  const state = base64url(options.random(16))
  const request = {
    response_type: 'code',
    redirect_uri: callback.uri,
    scope,
    state,
    code_challenge: base64url(createHash('sha256').update(utf8(verifier)).digest()),
    code_challenge_method: 'S256',
    dpop_jkt: thumbprint(options.jwk),
    device_name: options.label,
  }
  const { authorization, pushed: endpoint } = session.issuer
  if (authorization === undefined || endpoint === undefined) throw nobodySignsIn()
  const pushed = await ask(session, endpoint, request)
  const reference = pushed.members['request_uri']
  if (typeof reference !== 'string') throw refused(pushed.answer)
  const url = `${authorization}?${form({ request_uri: reference })}`
  const cancelLater = options.clock.after(patience, callback.close)
  const done = callback.query
    .then((query) => codeOf(query, { state, issuer: session.issuer.issuer }))
    .then((code) =>
      ask(session, session.issuer.token, {
        grant_type: 'authorization_code',
        code,
        redirect_uri: callback.uri,
        code_verifier: verifier,
      }),
    )
    .then(({ answer, members }) => attest(session, { token: tokenOf(answer, members) }))
    .finally(() => {
      cancelLater()
      callback.close()
    })
  return { url, userCode: null, done, cancel: callback.close }
}

/**
 * Enrols by an administrator's invitation, without anybody signing in.
 * @throws Fault `issuer-unreachable`, `issuer-refused`, `usage`
 */
export async function enrolByInvitation(options: EnrolmentOptions, invitation: string): Promise<Enrolling> {
  const session = await begin(options)
  const cancelled = new AbortController()
  const done = attest(session, { invitation, signal: cancelled.signal })
  return { url: null, userCode: null, done, cancel: () => cancelled.abort() }
}

/**
 * Enrols without a browser here: a person types a code elsewhere.
 * @throws Fault `issuer-unreachable`, `issuer-refused`, `usage`
 * @see RFC 8628
 */
export async function enrolByCode(options: EnrolmentOptions): Promise<Enrolling> {
  const session = await begin(options)
  const { deviceCode } = session.issuer
  if (deviceCode === undefined) throw nobodySignsIn()
  const { answer, members } = await ask(session, deviceCode, { scope, device_name: options.label })
  const { device_code: code, user_code: userCode, verification_uri: url, interval } = members
  if (typeof code !== 'string' || typeof userCode !== 'string' || typeof url !== 'string')
    throw refused(answer)
  const cancelled = new AbortController()
  const pause = typeof interval === 'number' && interval > 0 ? Math.min(interval, 60) * 1000 : 5000
  const done = poll(session, { code, pause, signal: cancelled.signal }).then((token) =>
    attest(session, { token }),
  )
  return { url, userCode, done, cancel: () => cancelled.abort() }
}

/** One issuer that is asked with proofs of the key. */
type Session = Omit<EnrolmentOptions, 'issuer'> & { readonly issuer: Issuer; nonce: string | undefined }

/** Asks the issuer where its endpoints are. @throws Fault `issuer-unreachable`, `issuer-refused`, `usage` */
export async function begin(options: EnrolmentOptions): Promise<Session> {
  return { ...options, issuer: await readIssuer(options.issuer, options.ca), nonce: undefined }
}

interface Said {
  readonly answer: Answer
  readonly members: Readonly<Record<string, unknown>>
}

/** Posts a form with a proof of the key; once more with the nonce that the issuer wants. */
async function ask(session: Session, url: string, fields: Readonly<Record<string, string>>): Promise<Said> {
  const body = form(fields)
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  return proved(session, url, (proof) => ({ method: 'POST', headers: { ...type, dpop: proof }, body }))
}

/** Sends something with a proof of the key; once more with the nonce that the issuer wants. */
export async function proved(
  session: Session,
  url: string,
  sent: (proof: string) => Parameters<typeof send>[1],
  accessToken?: string,
): Promise<Said> {
  for (let attempt = 0; ; attempt++) {
    const proof = await proofFor(session, url, accessToken)
    const answer = await send(url, sent(proof), session.ca)
    const nonce = answer.headers['dpop-nonce']
    if (typeof nonce === 'string') session.nonce = nonce
    const members = membersOf(answer.body)
    if (attempt > 0 || members['error'] !== 'use_dpop_nonce' || nonce === undefined)
      return { answer, members }
  }
}

function proofFor(
  { jwk, sign, clock, random, nonce }: Session,
  url: string,
  accessToken?: string,
): Promise<string> {
  const jti = base64url(random(16))
  return dpopProof({ method: 'POST', url, nonce, accessToken, jti, now: clock.now(), jwk }, sign)
}

/** The answer must come from the issuer that was asked. @see RFC 9207, section 2.4 */
function codeOf(
  query: URLSearchParams,
  expected: { readonly state: string; readonly issuer: string },
): string {
  const code = query.get('code')
  if (query.get('state') !== expected.state || query.get('iss') !== expected.issuer) {
    throw new Fault('enrolment-failed', 'somebody else came back than was sent')
  }
  if (code === null) throw new Fault('enrolment-failed', 'the issuer did not sign you in')
  return code
}

function tokenOf(answer: Answer, { access_token: token, token_type: type }: Said['members']): string {
  if (answer.status !== 200 || typeof token !== 'string' || type !== 'DPoP') throw refused(answer)
  return token
}

interface Polling {
  readonly code: string
  readonly pause: Milliseconds
  readonly signal: AbortSignal
}

async function poll(session: Session, { code, pause, signal }: Polling): Promise<string> {
  const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: code }
  let wait = pause
  for (const end = session.clock.monotonic() + patience; session.clock.monotonic() < end;) {
    await sleep(session.clock, wait)
    if (signal.aborted) break
    const { answer, members } = await ask(session, session.issuer.token, grant)
    if (members['error'] === 'slow_down') wait += 5000
    else if (members['error'] !== 'authorization_pending') return tokenOf(answer, members)
  }
  throw new Fault('enrolment-failed', 'nobody signed in in time')
}

/** Why the issuer should attest the key: somebody signed in, or an invitation. */
interface Warrant {
  readonly token?: string
  readonly invitation?: string
  readonly signal?: AbortSignal
}

/** Asks for the attestation, and again until an administrator approves. */
async function attest(session: Session, { token, invitation, signal }: Warrant): Promise<Enrolment> {
  const { issuer, clock, label } = session
  const body = JSON.stringify({ label, invitation })
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `DPoP ${token}` }),
  }
  for (const end = clock.monotonic() + patience; clock.monotonic() < end; await sleep(clock, approvalPause)) {
    const { answer, members } = await proved(
      session,
      issuer.enrolment,
      (proof) => ({ method: 'POST', headers: { ...headers, dpop: proof }, body }),
      token,
    )
    const { device, attestation, scope: given } = members
    if (signal?.aborted === true) break
    if (answer.status === 202) continue
    if (answer.status !== 200 || typeof device !== 'string' || typeof attestation !== 'string')
      throw refused(answer)
    const places = { issuer: issuer.issuer, tokenEndpoint: issuer.token, jwksUri: issuer.jwks }
    return { ...places, device, attestation, scope: typeof given === 'string' ? given : '' }
  }
  throw new Fault('enrolment-failed', 'no administrator approved it in time')
}

function nobodySignsIn(): Fault {
  return new Fault('issuer-refused', 'nobody can sign in there: ask an administrator for an invitation')
}

function refused({ status }: Answer): Fault {
  return new Fault('enrolment-failed', `the issuer answered ${status}`)
}

function form(fields: Readonly<Record<string, string>>): string {
  return new URLSearchParams({ client_id: deviceClient, ...fields }).toString()
}

function sleep(clock: Clock, delay: Milliseconds): Promise<void> {
  return new Promise((resolve) => clock.after(delay, resolve))
}
