// Makes UTF-8 of UTF-16, which Windows writes: detectors read bytes, and lines and columns are counted in characters.
import { utf8 } from '#base'

const looked = 512

/** The encoding of a text by its byte order mark, or by the zeros that Latin letters leave; null if it is read as it is. */
export function wideEncoding(head: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  const even = zeros(head, 0)
  const odd = zeros(head, 1)
  if (odd > 0.8 && even < 0.05) return 'utf-16le'
  return even > 0.8 && odd < 0.05 ? 'utf-16be' : null
}

/** Share of zeros among every other byte; none of too few. */
function zeros(head: Uint8Array, from: 0 | 1): number {
  const pairs = Math.min(looked, head.length) >> 1
  let count = 0
  for (let at = from; at < 2 * pairs; at += 2) if (head[at] === 0) count++
  return pairs < 8 ? 0 : count / pairs
}

/** The same text in UTF-8; what is no character becomes U+FFFD. */
export function* narrowed(chunks: Iterable<Uint8Array>, encoding: string): Generator<Uint8Array> {
  const decoder = new TextDecoder(encoding)
  for (const chunk of chunks) yield utf8(decoder.decode(chunk, { stream: true }))
  yield utf8(decoder.decode())
}
