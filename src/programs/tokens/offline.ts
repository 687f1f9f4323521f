// Enrols by files, where this machine has no network: the request, and what the answer comes to.
import { base64url, Fault, type Clock, type Random } from '#base'
import {
  checkRevocationStatement,
  publicKeyOf,
  readOfflineAnswer,
  signOfflineRequest,
  thumbprint,
  type OfflineAnswer,
  type Sign,
} from '#token'
import type { ReplyOf, RequestOf } from '#wire'

/** What a request is made with. */
interface Making {
  readonly sign: Sign
  readonly clock: Pick<Clock, 'now'>
  readonly random: Random
}

/** Makes a request that the device's key proves. */
export async function requestOffline(
  { jwk, ...asked }: RequestOf<'tokens.offline'>,
  { sign, clock, random }: Making,
): Promise<ReplyOf<'tokens.offline'>> {
  const by = { jwk, jti: base64url(random(16)), now: clock.now() }
  return { request: await signOfflineRequest(asked, by, sign), fingerprint: thumbprint(jwk) }
}

/**
 * Reads an answer: by the keys of the last one, or at first by a fingerprint that the person heard.
 * @throws Fault `fingerprint-wrong`, `answer-old`, `token-invalid`, `device-enrolled`
 */
export async function acceptOffline(given: RequestOf<'tokens.accept'>): Promise<ReplyOf<'tokens.accept'>> {
  const { issuer, jwk, enrolment: known } = given
  if (known !== null && known.issuer !== issuer) {
    throw new Fault('device-enrolled', 'this machine is enrolled with another issuer')
  }
  const jkt = thumbprint(jwk)
  const answer = await readOfflineAnswer(given.answer, {
    issuer,
    jkt,
    content: given.content,
    ...pinned(given),
  })
  if (answer.revocation !== undefined) return revoked(answer, known)
  return { enrolment: enrolmentBy(answer), statement: null }
}

function pinned({ enrolment, fingerprint = '' }: RequestOf<'tokens.accept'>) {
  const offline = enrolment?.offline
  return offline === undefined
    ? { after: 0, trusted: { fingerprint } }
    : { after: offline.seq, trusted: offline.keys }
}

type Enrolment = ReplyOf<'tokens.accept'>['enrolment']

/** Signed by the same keys as the answer itself, and about this very key. */
async function revoked(
  { revocation = '', iss, jkt, keys }: OfflineAnswer,
  known: Enrolment | null,
): Promise<ReplyOf<'tokens.accept'>> {
  if (known === null)
    throw new Fault('device-unknown', 'this machine is not enrolled; the answer says that it never will be')
  const keyOf = (kid: string) => keys.filter((key) => key.kid === kid).map(publicKeyOf)[0]
  await checkRevocationStatement(revocation, { issuer: iss, jkt, keyOf })
  return { enrolment: known, statement: revocation }
}

function enrolmentBy({ iss: issuer, device, seq, keys, attestation, scope = '' }: OfflineAnswer): Enrolment {
  if (attestation === undefined) throw new Fault('token-invalid', 'the answer attests nothing')
  const named = keys.map((key) => ({ ...key, kid: thumbprint(key) }))
  const places = { issuer, tokenEndpoint: `${issuer}/token`, jwksUri: `${issuer}/jwks` }
  return { ...places, device, attestation, scope, offline: { seq, keys: named } }
}
