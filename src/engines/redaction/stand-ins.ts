// What stands where a credential could stand and is none: words for it, its own name, paths, types, variables and calls.
import { estimatedBits } from '#base'
import { blank, byteClass } from './classes.ts'
import type { Claim } from './judge.ts'
import type { Text } from './text.ts'

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
const numberType = /^(?:u?int|float|big(?:u?int))\d+(?:_t|array)?$/i
/** Keys that are no secrets: public ones, those that keys are fetched by, and those of caches and tables. */
const harmlessKey =
  /pub(?:lic)?[_.-]?key(?:[_.-]?token)?$|(?:recv|send|fetch|list|import|export|trusted)[_.-]keys?$|(?:cache|foreign|partition|sort|index|row)[_.-]?keys?$/i
const constant = /^0x[\da-fA-F]{1,16}\W?$/
const path = /^(?:\.{0,2}|~)\/[\w.-]+(?:\/|$)/
const version = /^v?\d+(?:\.\d+){1,3}$/
/** What follows a variable or a type in code: the end of a statement, an argument or a signature, or an operator. */
const afterName = byteClass(',;){|&=?+')
const openBracket = 0x28
const dash = 0x2d
const colon = 0x3a
/** `node-cache-…`: begins with a word and a joint. */
const slug = /^[A-Za-z]{3,}[-_.:/]/
/** Fewer bits are the key of a table, such as `"key": "lgpl-3.0"`. */
const indexBits = 60

/** Tells whether a value that stands for itself is none, from what it is and where. */
export function isNoCredential(text: Text, claim: Claim, value: string): boolean {
  const key = text.latin1(claim.key.start, claim.key.nameEnd)
  if (isStandIn(value) || isNameOf(value, key) || harmlessKey.test(key)) return true
  if (path.test(value) || version.test(value) || isQualified(text, claim)) return true
  if (isListed(claim, value)) return true
  if (claim.place !== 'quoted' && isBareCode(text, claim, key, value)) return true
  return claim.kind === 'credential' && (isNoToken(value) || isIndex(text, claim, key, value))
}

function isStandIn(value: string): boolean {
  const first = value[0] ?? ''
  if (
    '<%{['.includes(first) ||
    /^\$(?!\d|\w+\$)/.test(value) ||
    value.startsWith('{{') ||
    value.includes('${')
  )
    return true
  if (stopValues.has(value.toLowerCase())) return true
  return value === first.repeat(value.length) || /^(?:process\.env|os\.environ|self\.|this\.)/.test(value)
}

/** The value is its own key's name, or the end of it, however it is written. */
function isNameOf(value: string, key: string): boolean {
  if (value.length > key.length) return false
  const [bare, name] = [value, key].map((text) => text.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase())
  return bare === '' || name!.endsWith(bare!)
}

/** `Test::Pass` is a name with another name before it. */
function isQualified(text: Text, { key }: Claim): boolean {
  return text.at(key.start - 1) === colon && text.at(key.start - 2) === colon
}

/** A value without quotes that code computes, or that is the next word of a sentence or the next flag. */
function isBareCode(text: Text, claim: Claim, key: string, value: string): boolean {
  if (constant.test(value) || numberType.test(value) || text.at(claim.end) === openBracket) return true
  if (claim.how === 'flag' && value.charCodeAt(0) === dash) return true
  if (/^[A-Za-z]+=$/.test(value)) return true
  const isSpaced = text.at(claim.key.end) === 0x20
  if ((claim.place === 'loose' || isSpaced) && (isCode(value) || isExpression(value))) return true
  return claim.place === 'loose' && isVariable(text, claim, key, value)
}

function isVariable(text: Text, { end }: Claim, key: string, value: string): boolean {
  if (stopWords.has(value.toLowerCase())) return true
  if (!/^[A-Za-z_]+$/.test(value)) return false
  return text.is(text.runEnd(end, blank, 4), afterName) || /^(?:self|this)\.|^_/.test(key)
}

/** A call, an index or a path of names: code that computes the value. */
function isCode(value: string): boolean {
  if (/[()[\]<>{}]/.test(value)) return true
  return /^[A-Za-z_$][\w$]*(?:(?:\.|\?\.|::|->)[A-Za-z_$][\w$]*)+$/.test(value) && !/\d{3}/.test(value)
}

/** Names and operators: `a.b+c`, `a?b:c`. */
function isExpression(value: string): boolean {
  return /\.[\w$.]*[+?]|\?[\w$.]*[.:]|^!|&&|\|\|/.test(value)
}

/** Addresses, and names without a digit. */
function isNoToken(value: string): boolean {
  return value.includes('://') || (isCode(value) && !/\d/.test(value))
}

/** Words that stand beside each other, `('AUTH', 'SELECTED')`, and what a password is salted with. */
function isListed({ how, isListed }: Claim, value: string): boolean {
  return (how === 'comma' || isListed) && (!/\d/.test(value) || /^salt/i.test(value))
}

/** A key that is called just that is mostly one of a table or a cache: only what a machine made is a secret. */
function isIndex(text: Text, { start, end }: Claim, key: string, value: string): boolean {
  if (key.toLowerCase() !== 'key') return false
  return slug.test(value) || estimatedBits(text.bytes.subarray(start, end)) < indexBits
}
