// Forms cut to pieces, and which windows of a piece go into the table: so that a text is looked at only every few bytes,
// few kinds of windows are in use at once, and none tells less than about eleven bytes of a secret.
import type { Encoded } from './encodings.ts'

/** A form, or a part of a long one. `name` is an index. */
export interface Piece extends Required<Encoded> {
  readonly name: number
  /** Index of the first of `kinds` that it is of. */
  readonly kind: number
  /** How much of it everybody may know. */
  readonly known: number
}

/** All windows of `window` bytes from `base` to before `base + stride`: one begins at a multiple of `stride`. */
export interface Place {
  readonly window: number
  readonly stride: number
  readonly base: number
  /** As the piece's, but of what comes before the end of its last window: that is noticed however it goes on. */
  readonly kind: number
}

/**
 * The shortest that tell eleven bytes: 11 of what is written as it is, 15 of base64, 18 of base32, 22 of hexadecimal and
 * UTF-16, 44 of `\xNN`, 66 of `\uNNNN`; the others for short secrets of which some is escaped.
 */
const windows = [11, 13, 15, 18, 20, 22, 25, 28, 32, 38, 44, 54, 66]
const furthestBase = 224
/** So many pieces that begin alike are looked for by what comes behind. */
const crowd = 4

/** In order of preference. The cost: instructions for each byte of text, roughly. */
const groups = [16, 8, 4, 2, 1].flatMap((stride) =>
  windows.map((window) => ({ window, stride, cost: (9 + 3 * Math.ceil(window / 8)) / stride })),
)

/**
 * A longer form is cut into pieces of this many bytes, so that a stream need hold no more than one of them; the last may
 * be almost twice as long. No escape of 3, 4 or 6 bytes is cut.
 */
const longestPiece = 1020
const escaped = 0
/**
 * Escaped: a backslash first, and among each eight bytes. Graphic characters only, but for the quote. UTF-16 of ASCII, the
 * first no space. Or anything. At the end of a text nothing of a kind can begin that does not look so.
 */
const kinds: readonly ((byte: number, at: number, bytes: Uint8Array) => boolean)[] = [
  (_, at, bytes) => bytes[0] === 0x5c && bytes.subarray(Math.max(0, at - 7), at + 1).includes(0x5c),
  (byte) => byte > 0x20 && byte < 0x7f && byte !== 0x22,
  (byte, at, bytes) => (at > 0 || byte > 0x20) && (byte === 0 || (bytes[at + 1] ?? 0) === 0),
  () => true,
]

/** The pieces of a form, in order. Of the secret everybody may know the first `prefix` bytes. */
export function cut(encoded: Encoded, name: number, prefix: number): Piece[] {
  const { bytes, each, more = Infinity, lead = 0, tail = 0, unit = 1 } = encoded
  const pieceBytes = longestPiece - (longestPiece % unit)
  const last = Math.max(1, Math.floor(bytes.length / pieceBytes)) - 1
  return Array.from({ length: last + 1 }, (_, index) => {
    const start = index * pieceBytes
    const piece = bytes.subarray(start, index === last ? bytes.length : start + pieceBytes)
    const ends = { lead: index === 0 ? lead : 0, tail: index === last ? tail : 0 }
    const known = Math.max(0, Math.ceil(prefix / each) - start)
    return { each, more, unit, ...ends, name, known, bytes: piece, kind: kindOf(piece) }
  })
}

/** @param first The first of `kinds` that comes into question. */
function kindOf(bytes: Uint8Array, first = escaped): number {
  return kinds.findIndex((is, kind) => kind >= first && bytes.every(is))
}

/** A place for each piece; none for one that is too short for what its windows would tell. */
export function placesOf(pieces: readonly Piece[]): (Place | undefined)[] {
  const shared = sharedLengths(pieces)
  const seen = new Map<string, readonly boolean[]>()
  const choices = pieces.map((piece) => {
    const key = `${piece.bytes.length} ${piece.each} ${piece.more}`
    const open = seen.get(key) ?? groups.map((group) => isOpen(group, piece))
    seen.set(key, open)
    return open
  })
  // What is escaped is looked for apart, since few places of a text come into question.
  const [ofEscaped, ofOthers] = [true, false].map((is) =>
    needed(new Set(choices.filter((_, index) => (pieces[index]!.kind === escaped) === is))),
  )
  return pieces.map(({ kind, known, bytes }, index) => {
    const inUse = kind === escaped ? ofEscaped : ofOthers
    const { window, stride } = groups[inUse!.find((group) => choices[index]![group]) ?? -1] ?? {}
    if (window === undefined || stride === undefined) return undefined
    // Behind what everybody may know, as far as the length allows.
    const skip = Math.min(Math.max(known, shared[index]!), furthestBase)
    const base = Math.min(skip, bytes.length - window - stride + 1)
    const noticed = bytes.subarray(0, base + stride - 1 + window)
    return { window, stride, base, kind: kind === escaped ? escaped : kindOf(noticed, escaped + 1) }
  })
}

/** Whether a piece is long enough for the windows of a group, and each tells enough, though all escapes lie in it. */
function isOpen({ window, stride }: (typeof groups)[number], { bytes, each, more }: Piece): boolean {
  return window + stride - 1 <= bytes.length && (window * each >= 11 || window - more >= 10)
}

/** Indices of groups, one at least for each piece, without the dear ones that need not be; long windows tell most. */
function needed(choices: ReadonlySet<readonly boolean[]>): readonly number[] {
  let inUse = [...new Set([...choices].map((open) => open.indexOf(true)))].filter((group) => group >= 0)
  for (const group of inUse.toSorted((a, b) => groups[b]!.cost - groups[a]!.cost)) {
    const others = inUse.filter((other) => other !== group)
    const isSpare = [...choices].every((open) => open[group] !== true || others.some((other) => open[other]))
    if (isSpare) inUse = others
  }
  return inUse.toSorted((a, b) => groups[b]!.window - groups[a]!.window)
}

/** How much each piece has in common with a crowd of others, which a text full of it must not be compared with at each. */
function sharedLengths(pieces: readonly Piece[]): number[] {
  // Lines of a secret begin like the secret without line ends: they are found by their beginning, as it is all on one line.
  const whole = [...pieces.keys()].filter((index) => pieces[index]!.unit === 1)
  const sorted = whole.toSorted((a, b) => Buffer.compare(pieces[a]!.bytes, pieces[b]!.bytes))
  const shared = pieces.map(() => 0)
  for (let at = crowd; at < sorted.length; at++) {
    const [first, last] = [pieces[sorted[at - crowd]!]!.bytes, pieces[sorted[at]!]!.bytes]
    const apart = first.findIndex((byte, index) => byte !== last[index])
    const length = apart === -1 ? first.length : apart
    for (const index of sorted.slice(at - crowd, at + 1)) shared[index] = Math.max(shared[index]!, length)
  }
  return shared
}
