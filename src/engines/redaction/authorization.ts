// HTTP credentials: the Authorization header in every notation, and `Bearer …` wherever it stands.
import { estimatedBits, guessableBelow } from '#base'
import type { Anchor } from './anchors.ts'
import { b64token, blank, byteClass, digit, keyName, letter } from './classes.ts'
import type { Found } from './finding.ts'
import { placeholderEnd } from './placeholder.ts'
import { afterSpace, quoteAt } from './quotes.ts'
import type { Text } from './text.ts'
import { holds, spanOf } from './token.ts'

/** Some providers' tokens have more than the RFC allows: a bot's number, a colon, and what counts. */
const widest = byteClass('A-Za-z0-9._~+/=:-')

/** `Authorization:`, a scheme and credentials, also as a key of JSON or code. @see RFC 9110, section 11.6.2 */
export function verifyAuthorization(
  text: Text,
  at: number,
  { literal, detector, form }: Anchor,
): readonly Found[] {
  const keyEnd = at + literal.length
  if (text.is(keyEnd, keyName)) return []
  const colon = afterSpace(text, quoteAt(text, keyEnd)?.end ?? keyEnd)
  const separator = text.at(colon)
  if (separator !== 0x3a && separator !== 0x3d) return []
  const open = afterSpace(text, colon + 1, blank)
  const first = quoteAt(text, open)?.end ?? open
  const firstEnd = text.runEnd(first, b64token)
  const second = afterSpace(text, firstEnd, blank)
  if (second === firstEnd || text.runEnd(first, letter) < firstEnd) {
    // Without a scheme it may as well be code: `authorization = lastAuthorization`.
    const isMade = holds(text, first, Math.min(firstEnd, first + 64), digit)
    return isMade ? credentials(text, first, firstEnd, [detector.id, 16]) : []
  }
  const isBasic = text.latin1(first, Math.min(firstEnd, first + 5)).toLowerCase() === 'basic'
  return credentials(text, second, text.runEnd(second, b64token), [
    isBasic ? 'basic-auth' : detector.id,
    form.last.min,
  ])
}

/** @see RFC 6750, section 2.1 */
export function verifyBearer(text: Text, at: number, { literal, detector, form }: Anchor): readonly Found[] {
  const start = at + literal.length
  const end = text.runEnd(start, b64token)
  if (!holds(text, start, Math.min(end, start + 64), digit) || placeholderEnd(text, end) > 0) return []
  const bits = estimatedBits(text.bytes.subarray(start, Math.min(end, start + form.last.max)))
  return bits < guessableBelow ? [] : credentials(text, start, end, [detector.id, form.last.min])
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
