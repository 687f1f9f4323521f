// Judges a value whose place says that it may be a credential: is it one, or a word, a variable, a type, a path?
import { estimatedBits, guessableBelow } from '#base'
import type { Confidence } from './finding.ts'
import { kinds, kindsOf } from './glance.ts'
import type { Key } from './keys.ts'
import type { How } from './links.ts'
import { hintFrom, likelyFrom } from './model-weights.ts'
import { scoreOf } from './model.ts'
import { isNoCredential } from './stand-ins.ts'
import type { Text } from './text.ts'

export interface Claim {
  readonly start: number
  readonly end: number
  /** A password may be weak; other credentials are made by machines. */
  readonly kind: 'password' | 'credential'
  /** How the value stands there: in quotes, as a setting's whole value (`.env`, a flag, a header), or loose in code or prose. */
  readonly place: 'quoted' | 'setting' | 'loose'
  readonly key: Key
  readonly how: How
  /** An unquoted value has the rest of the line to itself. */
  readonly isWholeLine: boolean
  /** It stands in a list of several. */
  readonly isListed: boolean
}

const mostJudged = 4096
const leastPassword = 4
const leastCredential = 8
const leastQuoted = 6

/**
 * How sure it is that the value is a credential.
 * @returns Null if it is none.
 */
export function judge(text: Text, claim: Claim): Confidence | null {
  const rule = ruleOn(text, claim)
  if (rule !== undefined) return rule
  const score = scoreOf(text, claim)
  if (score >= likelyFrom) return 'likely'
  return score >= hintFrom ? 'hint' : null
}

/** What needs no model: stand-ins, types and code are no credentials. Undefined where the model is to be asked. */
export function ruleOn(text: Text, claim: Claim): Confidence | null | undefined {
  const length = claim.end - claim.start
  if (length < leastOf(claim.kind, claim.place === 'quoted')) return null
  if (length > mostJudged) return 'likely'
  const seen = kindsOf(text.bytes, claim.start, claim.end)
  text.steps += length
  if (isNoCredential(text, claim, seen)) return null
  const isProse = (seen & kinds.space) !== 0 || ((seen & kinds.foreign) !== 0 && isForeign(text, claim))
  return isProse ? 'hint' : undefined
}

/** Fewer bytes are no credential. */
export function leastOf(kind: Claim['kind'], isQuoted: boolean): number {
  if (kind === 'password') return leastPassword
  return isQuoted ? leastQuoted : leastCredential
}

/** True if a pseudonym of the value would not help to guess it. */
export function mayHavePseudonym(text: Text, start: number, end: number): boolean {
  return estimatedBits(text.bytes.subarray(start, Math.min(end, start + mostJudged))) >= guessableBelow
}

/** More than two thirds of it are no ASCII: a sentence in a language without spaces. */
function isForeign({ bytes }: Text, { start, end }: Claim): boolean {
  let foreign = 0
  for (let at = start; at < end; at++) foreign += bytes[at]! >> 7
  return foreign * 3 > (end - start) * 2
}
