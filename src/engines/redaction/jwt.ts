// JSON Web Tokens, signed (three parts) or encrypted (five).
import type { Anchor } from './anchors.ts'
import { base64url } from './classes.ts'
import type { Found } from './finding.ts'
import { withBackslash, type Text } from './text.ts'
import { spanOf } from './token.ts'

const dot = 0x2e
const mostParts = 5

/** @see RFC 7515, section 3.1 (signed) and RFC 7516, section 3.1 (encrypted), compact serialisations */
export function verifyJwt(text: Text, at: number, { detector, form: { last } }: Anchor): readonly Found[] {
  const headerEnd = text.runEnd(at, base64url, last.max + 1)
  if (headerEnd - at < last.min || text.at(headerEnd) !== dot) return []
  const { end, parts } = restOf(text, headerEnd)
  if (parts < 3) return []
  const isHeader = hasAlgorithm(text.latin1(at, headerEnd))
  if (!isHeader && end - at < 60) return []
  const span = spanOf(text, withBackslash(text, at), end, base64url)
  return [{ ...span, detector: detector.id, confidence: isHeader ? 'certain' : 'likely', core: [at, end] }]
}

function restOf(text: Text, headerEnd: number): { end: number; parts: number } {
  let end = headerEnd
  let parts = 1
  while (parts < mostParts && text.at(end) === dot) {
    // A part may be empty: the signature of an unsecured token, the key of a directly encrypted one.
    end = text.runEnd(end + 1, base64url)
    parts++
  }
  return { end, parts }
}

/** A header is a JSON object that names its algorithm. @see RFC 7515, section 4.1.1 */
function hasAlgorithm(header: string): boolean {
  try {
    const value: unknown = JSON.parse(atob(header.replaceAll('-', '+').replaceAll('_', '/')))
    return typeof value === 'object' && value !== null && 'alg' in value
  } catch {
    return false
  }
}
