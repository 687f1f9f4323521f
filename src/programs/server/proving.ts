// Checks a proof against the nonces of this server.
import { Fault, type Clock } from '#base'
import { checkDpopProof, type Proof, type ProofExpected } from '#token'
import type { Nonces } from './mint-nonces.ts'

/** What a proof must fit: the request, and who gives nonces. */
export interface ProvingOptions extends Pick<ProofExpected, 'method' | 'url' | 'keyOf' | 'accessToken'> {
  readonly nonces: Nonces
  readonly clock: Pick<Clock, 'now'>
}

/** Why a proof is not taken. */
export type Unproved = 'proof-invalid' | 'proof-nonce-needed'

/**
 * A proof that fits and has a nonce of ours, or why it does not. Whether it was used before is for whoever takes it.
 * @param text Attacker-controlled.
 */
export async function proofOf(
  text: string,
  { nonces, clock, ...request }: ProvingOptions,
): Promise<Proof | Unproved> {
  const now = clock.now()
  try {
    return await checkDpopProof(text, { ...request, nonceUntil: (nonce) => nonces.until(nonce, now), now })
  } catch (thrown) {
    if (
      thrown instanceof Fault &&
      (thrown.code === 'proof-nonce-needed' || thrown.code === 'proof-invalid')
    ) {
      return thrown.code
    }
    throw thrown
  }
}
