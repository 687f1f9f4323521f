// HTTP credentials: the Authorization header in every notation, and `Bearer …` wherever it stands.
import { estimatedBits, guessableBelow } from '#base'
import type { Anchor } from './anchors.ts'
import { b64token, base64, blank, byteClass, digit, keyName, letter } from './classes.ts'
import type { Found } from './finding.ts'
import { placeholderEnd } from './placeholder.ts'
import { afterSpace, quoteAt } from './quotes.ts'
import { verifyCommand } from './commands.ts'
import { verifyCookie } from './cookies.ts'
import type { Text } from './text.ts'
import { holds, spanOf } from './token.ts'

/** Some providers' tokens have more than the RFC allows: a bot's number, a colon, and what counts. */
const widest = byteClass('A-Za-z0-9._~+/=:-')
const longestBasic = 512
const leastUnschemed = 16
const dash = 0x2d
const leastBasic = 4
const wordBits = 64
const wordly = byteClass('A-Za-z_.-')

/** `Authorization:`, a scheme and credentials, also as a key of JSON or code. @see RFC 9110, section 11.6.2 */
export function verifyAuthorization(
  text: Text,
  at: number,
  { literal, detector, form }: Anchor,
): readonly Found[] {
  if (detector.id === 'session-cookie') return verifyCookie(text, at + literal.length)
  const keyEnd = at + literal.length
  if (text.is(keyEnd, keyName)) return []
  const colon = afterSpace(text, quoteAt(text, keyEnd)?.end ?? keyEnd)
  const separator = text.at(colon)
  if (separator !== 0x3a && separator !== 0x3d) return []
  const open = afterSpace(text, colon + 1, blank)
  const first = quoteAt(text, open)?.end ?? open
  const firstEnd = text.runEnd(first, b64token)
  const second = afterSpace(text, firstEnd, blank)
  const hasScheme = second > firstEnd && text.runEnd(first, letter) >= firstEnd
  return hasScheme
    ? schemed(text, [first, second], [detector.id, form.last.min])
    : unschemed(text, [first, firstEnd], detector.id)
}

function schemed(
  text: Text,
  [scheme, start]: readonly [scheme: number, start: number],
  as: readonly [id: string, min: number],
): readonly Found[] {
  const isBasic = text.latin1(scheme, Math.min(start, scheme + 5)).toLowerCase() === 'basic'
  const end = text.runEnd(start, b64token)
  if (isBasic) return holdsUser(text, start, end) ? credentials(text, start, end, ['basic-auth', 0]) : []
  return text.at(start) === dash || isWord(text, start, end) ? [] : credentials(text, start, end, as)
}

/** Without a scheme it may as well be code: `authorization = lastAuthorization`. */
function unschemed(
  text: Text,
  [start, end]: readonly [start: number, end: number],
  id: string,
): readonly Found[] {
  const isMade = holds(text, start, Math.min(end, start + 64), digit)
  return isMade ? credentials(text, start, end, [id, leastUnschemed]) : []
}

/** @see RFC 6750, section 2.1 */
export function verifyBearer(text: Text, at: number, { literal, detector, form }: Anchor): readonly Found[] {
  if (detector.id === 'basic-auth') return verifyBasic(text, at + literal.length)
  if (detector.id === 'password') return verifyCommand(text, at, literal)
  const start = at + literal.length
  const end = text.runEnd(start, b64token)
  if (!holds(text, start, Math.min(end, start + 64), digit) || placeholderEnd(text, end) > 0) return []
  const bits = estimatedBits(text.bytes.subarray(start, Math.min(end, start + form.last.max)))
  return bits < guessableBelow ? [] : credentials(text, start, end, [detector.id, form.last.min])
}

/** `Basic` and base64, wherever they stand: what it holds says that it is one. @see RFC 7617, section 2 */
function verifyBasic(text: Text, start: number): readonly Found[] {
  const end = text.runEnd(start, b64token)
  return holdsUser(text, start, end) ? credentials(text, start, end, ['basic-auth', 0]) : []
}

/** Base64 of a name, a colon and a password, none of it a control character; of a long one, the beginning. */
function holdsUser(text: Text, start: number, end: number): boolean {
  const longest = Math.min(end, start + longestBasic)
  const encoded = text.latin1(start, text.runEnd(start, base64, longest - start)).replace(/=+$/, '')
  if (encoded.length < leastBasic || encoded.includes('=') || encoded.length % 4 === 1) return false
  return /^[ -9;-~]+:[ -~\x80-\xff]*$|^:[ -~]{12,}$/.test(atob(encoded))
}

/** `<token>` without its brackets: `your_access_token`. */
function isWord(text: Text, start: number, end: number): boolean {
  return (
    text.runEnd(start, wordly, end - start) === end &&
    estimatedBits(text.bytes.subarray(start, end)) < wordBits
  )
}

function credentials(
  text: Text,
  start: number,
  end: number,
  [id, min]: readonly [id: string, min: number],
): readonly Found[] {
  if (end - start < min) return []
  // What a Basic header holds is a password, and often one that can be guessed.
  const hasPseudonym =
    id !== 'basic-auth' &&
    estimatedBits(text.bytes.subarray(start, Math.min(end, start + 512))) >= guessableBelow
  return [
    {
      ...spanOf(text, start, end, widest),
      detector: id,
      confidence: 'likely',
      ...(hasPseudonym && { core: [start, end] as const }),
    },
  ]
}
