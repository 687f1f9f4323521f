// Judges a value whose place says that it may be a credential: is it one, or a word, a variable, a type, a path?
import { estimatedBits, guessableBelow } from '#base'
import { alnum, digit, letter, upper } from './classes.ts'
import type { Confidence } from './finding.ts'
import type { Text } from './text.ts'

export interface Claim {
  readonly start: number
  readonly end: number
  /** A password may be weak; other credentials are made by machines. */
  readonly kind: 'password' | 'credential'
  /** How the value stands there: in quotes, as a setting's whole value (`.env`, a flag, a header), or loose in code or prose. */
  readonly place: 'quoted' | 'setting' | 'loose'
}

const mostJudged = 4096
const leastMixedLength = 6
/** From here on letters and digits need no further proof. */
const machineBits = 60

/** Values that stand for a value, and types and defaults of programming languages. */
const stopValues = new Set(
  (
    'true false null none nil undefined void any unknown never string str text char number int integer boolean bool ' +
    'bytes buffer object optional required default input type value empty yes no on off redacted removed hidden ' +
    'masked filtered secret password passwd passphrase token pass pwd key credential credentials bearer basic auth ' +
    'changeme example placeholder'
  ).split(' '),
)

/**
 * How sure it is that the value is a credential.
 * @returns Null if it is none.
 */
export function judge(text: Text, claim: Claim): Confidence | null {
  const length = claim.end - claim.start
  if (length < (claim.kind === 'password' ? 4 : 8)) return null
  if (length > mostJudged) return 'likely'
  const value = text.latin1(claim.start, claim.end)
  if (isStandIn(value)) return null
  if (/\s/.test(value)) return 'hint'
  if (claim.place === 'loose' && isCode(value)) return null
  return claim.kind === 'password' ? judgePassword(value, claim) : judgeCredential(text, value, claim)
}

/** True if a pseudonym of the value would not help to guess it. */
export function mayHavePseudonym(text: Text, start: number, end: number): boolean {
  return estimatedBits(text.bytes.subarray(start, Math.min(end, start + mostJudged))) >= guessableBelow
}

function judgePassword(value: string, { place }: Claim): Confidence {
  if (place !== 'loose') return 'likely'
  return value.length >= leastMixedLength && isMixed(value) ? 'likely' : 'hint'
}

function judgeCredential(text: Text, value: string, { start, end, place }: Claim): Confidence | null {
  if (/^(?:\.{0,2}|~)\/[\w.-]+(?:\/|$)/.test(value) || value.includes('://') || !hasAny(value, letter))
    return null
  if (isCode(value) && !hasAny(value, digit)) return null
  const bits = estimatedBits(text.bytes.subarray(start, end))
  if (hasAny(value, digit) && bits >= guessableBelow) return 'likely'
  if (place !== 'loose' && value.length >= 20 && bits >= machineBits) return 'likely'
  return place === 'loose' ? null : 'hint'
}

function isStandIn(value: string): boolean {
  const first = value[0] ?? ''
  if ('$<%{['.includes(first) || value.startsWith('{{') || value.includes('${')) return true
  if (stopValues.has(value.toLowerCase())) return true
  return (
    value === first.repeat(value.length) || value.startsWith('process.env') || value.startsWith('os.environ')
  )
}

/** A call, an index or a path of names: code that computes the value. */
function isCode(value: string): boolean {
  if (/[()[\]<>{}]/.test(value)) return true
  return /^[A-Za-z_$][\w$]*(?:(?:\.|\?\.|::|->)[A-Za-z_$][\w$]*)+$/.test(value) && !/\d{3}/.test(value)
}

function isMixed(value: string): boolean {
  const bytes = Buffer.from(value, 'latin1')
  const kinds = [
    bytes.some((byte) => digit[byte] === 1),
    bytes.some((byte) => letter[byte] === 1),
    bytes.some((byte) => alnum[byte] === 0),
  ]
  return kinds.filter(Boolean).length >= 2 || (value.length >= 12 && hasAny(value.slice(1), upper))
}

function hasAny(value: string, of: Uint8Array): boolean {
  return Buffer.from(value, 'latin1').some((byte) => of[byte] === 1)
}
