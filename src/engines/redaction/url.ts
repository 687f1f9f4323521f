// Finds passwords and tokens in the authority of a URL, before the host.
import { estimatedBits } from '#base'
import type { Anchor } from './anchors.ts'
import { byteClass, hexLower, letter, userinfo } from './classes.ts'
import type { Found } from './finding.ts'
import { mayHavePseudonym } from './judge.ts'
import { placeholderEnd } from './placeholder.ts'
import type { Text } from './text.ts'

const longestPart = 512
const colon = 0x3a
const at_ = 0x40
const bracket = 0x5b
/** Writers forget to percent-encode: a password may hold these if an @ still follows. */
const sloppy = byteClass('/?#:')
const port = byteClass('0-9')
const leastTokenBits = 60

const longestExample = 16
const exampleNames = new Set('user username usr name login foo bar abc a %s'.split(' '))
const exampleWords = new Set('password passwd pass pwd pw secret foo bar xyz b %s'.split(' '))

type Span = readonly [start: number, end: number]

/** @see RFC 3986, section 3.2.1 */
export function verifyUrl(text: Text, at: number, { literal, detector }: Anchor): readonly Found[] {
  if (!text.is(at - 1, letter) && !text.is(at - 1, port)) return []
  const userStart = at + literal.length
  const userEnd = partEnd(text, userStart)
  const next = text.at(userEnd)
  if (next === at_) return lonelyUser(text, userStart, userEnd, detector.id)
  if (next !== colon) return []
  const start = userEnd + 1
  const end = passwordEnd(text, start)
  if (end - start < 1 || isVariable(text, start) || isExample(text, [userStart, userEnd], [start, end]))
    return []
  return [{ start, end, detector: detector.id, confidence: 'likely', ...pseudonym(text, start, end) }]
}

/** A token alone before the @, or the public half of a Sentry address. */
function lonelyUser(text: Text, start: number, end: number, id: string): readonly Found[] {
  const length = end - start
  if (length === 32 && text.runEnd(start, hexLower, 32) === end && isSentry(text, end + 1)) {
    return [{ start, end, detector: 'sentry-dsn', confidence: 'certain', core: [start, end] }]
  }
  const isToken = length >= 20 && estimatedBits(text.bytes.subarray(start, end)) >= leastTokenBits
  return isToken ? [{ start, end, detector: id, confidence: 'likely', core: [start, end] }] : []
}

/** @see https://docs.sentry.io/concepts/key-terms/dsn-explainer/ */
function isSentry(text: Text, hostStart: number): boolean {
  return text.latin1(hostStart, partEnd(text, hostStart)).includes('sentry')
}

function passwordEnd(text: Text, start: number): number {
  const strict = passwordRun(text, start, false)
  if (text.at(strict) === at_) return strict
  // host:8080/path is no password.
  if (text.runEnd(start, port, 6) === strict) return start
  const wide = passwordRun(text, start, true)
  return text.at(wide) === at_ ? wide : start
}

function passwordRun(text: Text, start: number, isSloppy: boolean): number {
  let at = start
  while (at - start < longestPart && isPassword(text, at, isSloppy)) at++
  return at
}

function isPassword(text: Text, at: number, isSloppy: boolean): boolean {
  const byte = text.at(at)
  if (byte < 0) return false
  if (byte === bracket && placeholderEnd(text, at) > 0) return false
  return userinfo[byte] === 1 || byte === colon || (isSloppy && sloppy[byte] === 1)
}

function partEnd(text: Text, start: number): number {
  let at = text.runEnd(start, userinfo, longestPart)
  for (let probe = start; probe < at; probe++) {
    if (text.bytes[probe] === bracket && placeholderEnd(text, probe) > 0) at = probe
  }
  return at
}

/** `user:password@`, as documents write it: neither half says more than what it stands for. */
function isExample(text: Text, user: Span, password: Span): boolean {
  if (user[1] - user[0] > longestExample || password[1] - password[0] > longestExample) return false
  const name = text.latin1(...user).toLowerCase()
  const word = text.latin1(...password).toLowerCase()
  return /^(?:x+|\*+|\.+|redacted|pwd?)$/.test(word) || (exampleNames.has(name) && exampleWords.has(word))
}

/** `$PASSWORD`, `${PASSWORD}`, `{password}`, `%s`, `***`. */
function isVariable(text: Text, start: number): boolean {
  const byte = text.at(start)
  if (byte === 0x24 || byte === 0x7b || (byte === 0x2a && text.at(start + 1) === byte)) return true
  return byte === 0x25 && text.at(start + 1) === 0x73
}

function pseudonym(text: Text, start: number, end: number): Pick<Found, 'core'> {
  return mayHavePseudonym(text, start, end) ? { core: [start, end] } : {}
}
