// The forms in which text hides from whoever reads it as it stands.
import type { Planted } from './contexts.ts'

/** A text as bytes, and which of them must not leave. */
export interface Encoded {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
}

export const encodings = {
  raw: ({ text, start, end }) => ({ bytes: Buffer.from(text), start, end }),
  json: (planted) =>
    framed('{"level":30,"body":"', planted, (text) => JSON.stringify(text).slice(1, -1), '"}\n'),
  percent: (planted) => framed('GET /log?line=', planted, encodeURIComponent, ' HTTP/1.1\n'),
  base64: (planted) => inBase64(planted, ''),
  base64Shift1: (planted) => inBase64(planted, '.'),
  base64Shift2: (planted) => inBase64(planted, '..'),
  hex: (planted) => framed('payload ', planted, (text) => Buffer.from(text).toString('hex'), '\n'),
  utf16: ({ text, start, end }) => ({ bytes: Buffer.from(text, 'utf16le'), start: 2 * start, end: 2 * end }),
} as const satisfies Record<string, (planted: Planted) => Encoded>
export type EncodingName = keyof typeof encodings

export const encodingNames = Object.keys(encodings) as readonly EncodingName[]

/** For encodings that take each character on its own. */
function framed(
  before: string,
  { text, start, end }: Planted,
  encode: (text: string) => string,
  after: string,
): Encoded {
  const from = before.length + encode(text.slice(0, start)).length
  return {
    bytes: Buffer.from(before + encode(text) + after),
    start: from,
    end: from + encode(text.slice(start, end)).length,
  }
}

/** Three bytes become four characters: those that hold a bit of the secret count as its own. */
function inBase64({ text, start, end }: Planted, shift: string): Encoded {
  const before = '{"data":"'
  const [first, last] = [start + shift.length, end + shift.length]
  return {
    bytes: Buffer.from(`${before}${Buffer.from(shift + text).toString('base64')}"}\n`),
    start: before.length + Math.floor((first * 4) / 3),
    end: before.length + Math.ceil((last * 4) / 3),
  }
}
