// The model that tells credentials from what stands where credentials stand: a sum of small whole numbers, one for each
// feature of the claim. tools/train.ts makes the numbers.
import { fromBase64url } from '#base'
import { collect, Features } from './features.ts'
import type { Claim } from './judge.ts'
import * as trained from './model-weights.ts'
import { once } from './once.ts'
import type { Text } from './text.ts'

/** Read when a value is first to be judged. */
const model = once(() => ({
  weights: new Int8Array(fromBase64url(trained.weights).buffer),
  pairCosts: fromBase64url(trained.pairCosts),
}))
const features = new Features()

/** The higher, the more a claim is like a credential. Thresholds are `likelyFrom` and `hintFrom` of the weights. */
export function scoreOf(text: Text, claim: Claim): number {
  const { weights, pairCosts } = model()
  collect(text, claim, pairCosts, features)
  let score = 0
  for (let index = 0; index < features.count; index++) score += weights[features.buckets[index]!]!
  return score
}
