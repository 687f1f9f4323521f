// What stands where a credential could stand and is none: words for it, its own name, paths, types, variables and calls.
import { estimatedBits } from '#base'
import { alnum, blank, byteClass } from './classes.ts'
import { kinds } from './glance.ts'
import type { Claim } from './judge.ts'
import { fold, type Text } from './text.ts'

/** Values that stand for a value, and types and defaults of programming languages. */
const stopValues = new Set(
  (
    'true false null none nil undefined void any unknown never string str text char number int integer boolean bool ' +
    'bytes buffer object optional required default input type value empty yes no on off redacted removed hidden ' +
    'masked filtered define undef passed fail failed password passwd passphrase token pwd key credential credentials bearer basic auth example placeholder'
  ).split(' '),
)
/** Words that go on with code or prose where a value without quotes would be. */
const stopWords = new Set(
  (
    'public private protected virtual class struct const static new await async function return typeof import not self ' +
    'this final let var def fn is are was must should expected invalid missing incorrect wrong cannot the and or if else'
  ).split(' '),
)
/** `p*******`: somebody has masked it already. */
const masked = /^.{0,4}[*•]{4,}.{0,4}$/
const numberType = /^(?:u?int|float|big(?:u?int))\d+(?:_t|array)?$/i
/** Keys that are no secrets: public ones, those that keys are fetched by, and those of caches and tables. */
const harmlessKey =
  /pub(?:lic)?[_.-]?key(?:[_.-]?token)?$|(?:recv|send|fetch|list|import|export|trusted)[_.-]keys?$|(?:cache|foreign|partition|sort|index|row)[_.-]?keys?$/i
const constant = /^0x[\da-fA-F]{1,16}\W?$/
const path = /^(?:\.{0,2}|~)\/[\w.-]+(?:\/|$)/
const version = /^v?\d+(?:\.\d+){1,3}$/
/** What follows a variable or a type in code: the end of a statement, an argument or a signature, or an operator. */
export const afterName = byteClass(',;){|&=?+')
const openBracket = 0x28
const dash = 0x2d
const colon = 0x3a
/** `node-cache-…`: begins with a word and a joint. */
const slug = /^[A-Za-z]{3,}[-_.:/]/
/** Fewer bits are the key of a table, such as `"key": "lgpl-3.0"`. */
const indexBits = 60
const letters = kinds.lower | kinds.upper
/** Of the words for values, and of those of code. */
const longestStop = 11
const isMember = /^(?:process\.env|os\.environ|self\.|this\.)/
const standInStarts = byteClass('<%{[')
/** How the names of harmless keys end. */
const harmlessEnds = byteClass('yYsSnN')
const versionKinds = kinds.digit | kinds.lower | kinds.dot
const numberStarts = byteClass('0uUiIfFbB')
/** What a path of names is made of. */
const nameKinds =
  letters | kinds.digit | kinds.underscore | kinds.dollar | kinds.dot | kinds.colon | kinds.operator

/**
 * Tells whether a value that stands for itself is none, from what it is and where.
 * @param seen Kinds of its bytes.
 */
export function isNoCredential(text: Text, claim: Claim, seen: number): boolean {
  if (isStandIn(text, claim, seen) || isNameOf(text, claim) || isHarmless(text, claim)) return true
  if (isPathOrVersion(text, claim, seen) || isQualified(text, claim)) return true
  if (isListed(text, claim, seen)) return true
  if (claim.place !== 'quoted' && isBareCode(text, claim, seen)) return true
  return claim.kind === 'credential' && (isNoToken(text, claim, seen) || isIndex(text, claim))
}

function isStandIn(text: Text, claim: Claim, seen: number): boolean {
  const { start, end } = claim
  const first = text.at(start)
  if (standInStarts[first] === 1 || isRepeated(text.bytes, start, end)) return true
  if ((seen & kinds.dollar) !== 0 && isInterpolated(valueOf(text, claim))) return true
  if ((seen & kinds.dot) !== 0 && isMember.test(valueOf(text, claim))) return true
  if ((seen & ~(letters | kinds.digit)) !== 0 && masked.test(valueOf(text, claim))) return true
  return (
    (seen & ~letters) === 0 &&
    end - start <= longestStop &&
    stopValues.has(valueOf(text, claim).toLowerCase())
  )
}

function isInterpolated(value: string): boolean {
  return /^\$(?!\d|\w+\$)/.test(value) || value.includes('${')
}

function isRepeated(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start + 1
  while (at < end && bytes[at] === bytes[start]) at++
  return at >= end
}

/** The value is its own key's name, or the end of it, however it is written: only letters and digits count. */
function isNameOf({ bytes }: Text, { start, end, key }: Claim): boolean {
  if (end - start > key.nameEnd - key.start) return false
  let [at, of] = [end, key.nameEnd]
  for (;;) {
    while (at > start && alnum[bytes[at - 1]!] === 0) at--
    if (at === start) return true
    while (of > key.start && alnum[bytes[of - 1]!] === 0) of--
    if (of === key.start || fold(bytes[at - 1]!) !== fold(bytes[of - 1]!)) return false
    at--
    of--
  }
}

function isHarmless(text: Text, { key }: Claim): boolean {
  return harmlessEnds[text.at(key.nameEnd - 1)] === 1 && harmlessKey.test(keyOf(text, key))
}

function isPathOrVersion(text: Text, claim: Claim, seen: number): boolean {
  if ((seen & kinds.slash) !== 0 && path.test(valueOf(text, claim))) return true
  return (seen & ~versionKinds) === 0 && (seen & kinds.dot) !== 0 && version.test(valueOf(text, claim))
}

/** `Test::Pass` is a name with another name before it. */
function isQualified(text: Text, { key }: Claim): boolean {
  return text.at(key.start - 1) === colon && text.at(key.start - 2) === colon
}

/** A value without quotes that code computes, or that is the next word of a sentence or the next flag. */
function isBareCode(text: Text, claim: Claim, seen: number): boolean {
  if (isNumber(text, claim, seen) || text.at(claim.end) === openBracket) return true
  if (claim.how === 'flag' && text.at(claim.start) === dash) return true
  if ((seen & ~(letters | kinds.equals)) === 0 && /^[A-Za-z]+=$/.test(valueOf(text, claim))) return true
  const isSpaced = text.at(claim.key.end) === 0x20
  if ((claim.place === 'loose' || isSpaced) && (isCode(text, claim, seen) || isExpression(text, claim, seen)))
    return true
  return claim.place === 'loose' && isVariable(text, claim, seen)
}

/** `0x1F`, and `int64`, which is a number's type. */
function isNumber(text: Text, claim: Claim, seen: number): boolean {
  if ((seen & kinds.digit) === 0 || !text.is(claim.start, numberStarts)) return false
  const value = valueOf(text, claim)
  return constant.test(value) || numberType.test(value)
}

function isVariable(text: Text, claim: Claim, seen: number): boolean {
  if ((seen & ~(letters | kinds.underscore)) !== 0) return false
  const { start, end, key } = claim
  if (end - start <= longestStop && stopWords.has(valueOf(text, claim).toLowerCase())) return true
  return text.is(text.runEnd(end, blank, 4), afterName) || /^(?:self|this)\.|^_/.test(keyOf(text, key))
}

/** A call, an index or a path of names: code that computes the value. */
function isCode(text: Text, claim: Claim, seen: number): boolean {
  if ((seen & kinds.bracket) !== 0) return true
  if ((seen & (kinds.dot | kinds.colon)) === 0 || (seen & ~nameKinds) !== 0) return false
  const value = valueOf(text, claim)
  return /^[A-Za-z_$][\w$]*(?:(?:\.|\?\.|::|->)[A-Za-z_$][\w$]*)+$/.test(value) && !/\d{3}/.test(value)
}

/** Names and operators: `a.b+c`, `a?b:c`. */
function isExpression(text: Text, claim: Claim, seen: number): boolean {
  return (seen & kinds.operator) !== 0 && /\.[\w$.]*[+?]|\?[\w$.]*[.:]|^!|&&|\|\|/.test(valueOf(text, claim))
}

/** Addresses, and names without a digit. */
function isNoToken(text: Text, claim: Claim, seen: number): boolean {
  const mayBeAddress = (seen & kinds.slash) !== 0 && (seen & kinds.colon) !== 0
  if (mayBeAddress && valueOf(text, claim).includes('://')) return true
  return (seen & kinds.digit) === 0 && isCode(text, claim, seen)
}

/** Words that stand beside each other, `('AUTH', 'SELECTED')`, and what a password is salted with. */
function isListed(text: Text, claim: Claim, seen: number): boolean {
  const { how, isListed } = claim
  if (how !== 'comma' && !isListed) return false
  return (seen & kinds.digit) === 0 || /^salt/i.test(valueOf(text, claim))
}

/** A key that is called just that is mostly one of a table or a cache: only what a machine made is a secret. */
function isIndex(text: Text, claim: Claim): boolean {
  const { start, end, key } = claim
  if (key.nameEnd - key.start !== 3 || keyOf(text, key).toLowerCase() !== 'key') return false
  return slug.test(valueOf(text, claim)) || estimatedBits(text.bytes.subarray(start, end)) < indexBits
}

function valueOf(text: Text, { start, end }: Claim): string {
  return text.latin1(start, end)
}

function keyOf(text: Text, { start, nameEnd }: Claim['key']): string {
  return text.latin1(start, nameEnd)
}
