// Finds the values of cookies that hold a session: in the headers of both directions, also as a key of JSON or code.
import { estimatedBits } from '#base'
import { blank, byteClass, keyName, letter } from './classes.ts'
import type { Found } from './finding.ts'
import { placeholderEnd } from './placeholder.ts'
import { afterSpace, quoteAt } from './quotes.ts'
import type { Text } from './text.ts'

const mostPairs = 16
const longestName = 64
const longestValue = 4096
const leastLength = 16
/** Below, a value is a setting or a count. */
const leastBits = 64
const name = byteClass('A-Za-z0-9!#$%*+.^_~-')
/** @see RFC 6265, section 4.1.1, `cookie-octet`, without what could end a JSON string or be a placeholder's */
const value = byteClass('!#-+.-:<-Z^-~-')
const semicolon = 0x3b
const equals = 0x3d
const colon = 0x3a
const bracket = 0x5b

/** `Cookie: NAME=VALUE; …` and `Set-Cookie: NAME=VALUE; Path=/`. @see RFC 6265, section 4 */
export function verifyCookie(text: Text, keyEnd: number): readonly Found[] {
  if (text.is(keyEnd, keyName)) return []
  const separator = afterSpace(text, quoteAt(text, keyEnd)?.end ?? keyEnd, blank)
  const byte = text.at(separator)
  if (byte !== colon && byte !== equals) return []
  const open = afterSpace(text, separator + 1, blank)
  return pairsAt(text, quoteAt(text, open)?.end ?? open)
}

function pairsAt(text: Text, start: number): readonly Found[] {
  const found: Found[] = []
  let at = start
  for (let count = 0; count < mostPairs; count++) {
    const nameEnd = text.runEnd(at, name, longestName)
    if (nameEnd === at || text.at(nameEnd) !== equals) break
    const end = text.runEnd(nameEnd + 1, value, longestValue)
    if (isSession(text, nameEnd + 1, end)) {
      found.push({
        start: nameEnd + 1,
        end,
        detector: 'session-cookie',
        confidence: 'likely',
        core: [nameEnd + 1, end],
      })
    }
    const next = pastPlaceholder(text, end)
    if (text.at(next) !== semicolon) break
    at = afterSpace(text, next + 1, blank)
  }
  return found
}

function isSession(text: Text, start: number, end: number): boolean {
  if (end - start < leastLength || end - start === longestValue || text.at(end) === bracket) return false
  const letters = text.runEnd(start, letter, end - start) < end
  return letters && estimatedBits(text.bytes.subarray(start, end)) >= leastBits
}

function pastPlaceholder(text: Text, at: number): number {
  const end = placeholderEnd(text, at)
  return end > 0 ? end : at
}
