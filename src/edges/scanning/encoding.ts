// Makes UTF-8 of UTF-16, which Windows writes: detectors read bytes, and lines and columns are counted in characters.
import { utf8 } from '#base'

/** The same text in UTF-8; what is no character becomes U+FFFD. */
export function* narrowed(chunks: Iterable<Uint8Array>, encoding: string): Generator<Uint8Array> {
  const decoder = new TextDecoder(encoding)
  for (const chunk of chunks) yield utf8(decoder.decode(chunk, { stream: true }))
  yield utf8(decoder.decode())
}
