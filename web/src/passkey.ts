// Asks the person's passkey, by the browser. What it signed is checked by the broker, never here.
import type { ReplyOf, RequestOf } from '#wire'
import { Refused } from './session.ts'
import { words } from './words.ts'

type Challenge = ReplyOf<'passkey.challenge'>
type Assertion = RequestOf<'passkey.enter'>['assertion']
type Registration = RequestOf<'passkey.register'>['registration']

const relyingParty = { id: 'console.localhost', name: words.product }
/** Ed25519, ECDSA on P-256, RSA. @see RFC 9053 */
const algorithms = [-8, -7, -257] as const

/** Has one of these passkeys sign the challenge. @throws Refused if none did. */
export async function askPasskey({ challenge, credentials }: Challenge): Promise<Assertion> {
  const credential = await refuse(
    navigator.credentials.get({
      publicKey: {
        challenge: bytesOf(challenge),
        rpId: relyingParty.id,
        userVerification: 'required',
        allowCredentials: credentials.map(describe),
      },
    }),
  )
  const { response } = credential
  if (!(response instanceof AuthenticatorAssertionResponse)) throw notUsed()
  return {
    id: credential.id,
    authenticatorData: text(response.authenticatorData),
    clientData: text(response.clientDataJSON),
    signature: text(response.signature),
  }
}

/** Has a passkey made. @throws Refused if none was. */
export async function makePasskey(task: ReplyOf<'passkey.task'>): Promise<Registration> {
  const { challenge, label, enrolled } = task
  const credential = await refuse(
    navigator.credentials.create({
      publicKey: {
        challenge: bytesOf(challenge),
        rp: relyingParty,
        user: { id: crypto.getRandomValues(new Uint8Array(16)), name: label, displayName: label },
        pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
        excludeCredentials: enrolled.map(describe),
        authenticatorSelection: { userVerification: 'required', residentKey: 'preferred' },
      },
    }),
  )
  const { response } = credential
  if (!(response instanceof AuthenticatorAttestationResponse)) throw notUsed()
  const algorithm = algorithms.find((known) => known === response.getPublicKeyAlgorithm())
  const publicKey = response.getPublicKey()
  if (algorithm === undefined || publicKey === null) throw notUsed()
  return {
    id: credential.id,
    algorithm,
    publicKey: text(publicKey),
    authenticatorData: text(response.getAuthenticatorData()),
    clientData: text(response.clientDataJSON),
  }
}

/** The browser does not say why: the person declined, nobody was verified, or no passkey of these is here. */
async function refuse(asked: Promise<Credential | null>): Promise<PublicKeyCredential> {
  const credential = await asked.catch(() => null)
  if (credential instanceof PublicKeyCredential) return credential
  throw notUsed()
}

function notUsed(): Refused {
  return new Refused(0, 'passkey-invalid', { message: words.passkey.notUsed, next: words.passkey.again })
}

function describe(id: string): PublicKeyCredentialDescriptor {
  return { type: 'public-key', id: bytesOf(id) }
}

function text(bytes: ArrayBuffer): string {
  const binary = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('')
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Base64url that the broker wrote, so it is not looked at twice. */
function bytesOf(encoded: string): Uint8Array<ArrayBuffer> {
  const binary = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}
