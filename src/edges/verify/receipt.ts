// Checks a receipt years later, with nothing but what stands in it.
import { canonicalJson, type Json } from '#base'
import { algorithms, challengeOf, checkAssertion, fingerprintOf, type Flaw, type Receipt } from '#receipts'

const ownOrigin = /^http:\/\/console\.localhost:\d{1,5}$/
const texts = ['origin', 'passkey', 'publicKey', 'authenticatorData', 'clientData', 'signature']

/**
 * Checks signature, challenge, page and person. Whether the key is one that the person enrolled, and the request the
 * one that was carried out, is for the caller.
 * @param value From a log; attacker-controlled.
 * @returns The receipt, or what is wrong with it.
 */
export function checkReceipt(value: unknown): Receipt | Flaw {
  if (!isReceipt(value)) return 'malformed'
  const { request, origin, passkey, publicKey } = value
  if (!ownOrigin.test(origin)) return 'origin'
  if (fingerprintOf(Buffer.from(publicKey, 'base64url')) !== passkey) return 'key'
  const { flaw } = checkAssertion({ id: '', ...value }, value, { origin, challenge: challengeOf(request) })
  return flaw ?? value
}

/** The request is hashed as it stands: one of another shape has another challenge. */
function isReceipt(value: unknown): value is Receipt {
  if (!isObject(value)) return false
  const { request, algorithm } = value
  return (
    isObject(request) &&
    texts.every((name) => typeof value[name] === 'string') &&
    algorithms.some((known) => known === algorithm) &&
    hasCanonicalForm(request)
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasCanonicalForm(value: object): boolean {
  try {
    const parsed: Json = JSON.parse(JSON.stringify(value))
    return canonicalJson(parsed) !== ''
  } catch {
    return false
  }
}
