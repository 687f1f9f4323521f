// What stands in the output for what was taken out: says the kind, and lets equal secrets be seen as equal.
import { hex, utf8 } from '#base'
import { byteClass, keyName } from './classes.ts'
import { detectorIds } from './detectors.ts'
import type { Found, RedactOptions } from './finding.ts'
import { piiIds } from './pii-kinds.ts'
import { defaultKey } from './process-key.ts'
import { isRuleId } from './rule-id.ts'
import { hmacSha256 } from './sha256.ts'
import type { Text } from './text.ts'

const ids: ReadonlySet<string> = new Set([...detectorIds, ...piiIds])
const idChars = byteClass('a-z0-9-')
const hexDigits = byteClass('0-9a-f')
const longestId = 32
const longestName = 128
/** Sixteen bits tell the few secrets of a text apart and give next to nothing to whoever guesses. */
const pseudonymBytes = 2
const domain = utf8('keyreeve/redaction/v1\0')
const knownLabel = utf8('[secret:')
const closingBracket = 0x5d
const longestPlaceholder = knownLabel.length + longestName + 1

/**
 * The placeholder of a finding: `[github-token:4f2a]`; `[password]` where a value is so easily guessed that it gets no
 * pseudonym; `[secret:NAME]` for a known secret. ASCII, and safe within a JSON string.
 */
function placeholderOf(found: Found, bytes: Uint8Array, key: Uint8Array): string {
  if (found.name !== undefined) return `[secret:${spelledName(found.name)}]`
  const quote = found.quote ?? ''
  const secret = secretOf(found, bytes)
  if (secret === null) return `${quote}[${found.detector}]${quote}`
  const mac = hmacSha256(key, domain, secret)
  return `${quote}[${found.detector}:${hex(mac.subarray(0, pseudonymBytes))}]${quote}`
}

function secretOf({ core, value }: Found, bytes: Uint8Array): Uint8Array | null {
  return value ?? (core === undefined ? null : bytes.subarray(...core))
}

/** The placeholder of a finding at a place of the input, after the witness was told of it. */
export function replace(
  found: Found,
  bytes: Uint8Array,
  [start, end]: readonly [number, number],
  { key = defaultKey(), onReplaced }: RedactOptions,
): string {
  const placeholder = placeholderOf(found, bytes, key)
  if (onReplaced !== undefined) {
    const { detector, confidence, name } = found
    const secret = name === undefined ? secretOf(found, bytes) : null
    const names = name === undefined ? {} : { name }
    onReplaced({ start, end, detector, confidence, placeholder, secret, ...names })
  }
  return placeholder
}

/** One past the placeholder of ours that begins at `at`, or -1. */
export function placeholderEnd(text: Text, at: number): number {
  if (text.at(at) !== knownLabel[0]) return -1
  const { reach } = text
  const end = spelledEnd(text, at)
  // Where a first scan saw the secret, a second one must not seem to look further.
  text.reach = reach
  return end
}

/** Tells whether a placeholder of ours, or what will be one, ends at `at`. */
export function endsPlaceholder(text: Text, at: number): boolean {
  if (text.at(at - 1) !== closingBracket) return false
  if (at <= text.floor) return true
  for (let start = at - 2; start > at - longestPlaceholder; start--) {
    const byte = text.at(start)
    if (byte === knownLabel[0]) return placeholderEnd(text, start) === at
    if (byte === closingBracket) return false
  }
  return false
}

function spelledEnd(text: Text, at: number): number {
  if (text.has(knownLabel, at)) {
    const nameEnd = text.runEnd(at + knownLabel.length, keyName, longestName)
    return text.at(nameEnd) === closingBracket && nameEnd > at + knownLabel.length ? nameEnd + 1 : -1
  }
  const idEnd = text.runEnd(at + 1, idChars, longestId)
  if (!isId(text.latin1(at + 1, idEnd))) return -1
  if (text.at(idEnd) === closingBracket) return idEnd + 1
  const digitsEnd = text.runEnd(idEnd + 1, hexDigits, 2 * pseudonymBytes + 1)
  const isPseudonym = text.at(idEnd) === 0x3a && digitsEnd - idEnd - 1 === 2 * pseudonymBytes
  return isPseudonym && text.at(digitsEnd) === closingBracket ? digitsEnd + 1 : -1
}

function isId(text: string): boolean {
  return ids.has(text) || isRuleId(text)
}

function spelledName(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '_').slice(0, longestName)
}
