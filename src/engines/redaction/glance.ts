// Which kinds of bytes a value holds, in one look: that answers most of what is asked of it, and costs little.
import { byteClass } from './classes.ts'

/** One bit for each kind of byte; a byte of none of them has `other`. */
export const kinds = {
  digit: 1,
  lower: 2,
  upper: 4,
  underscore: 8,
  dot: 16,
  colon: 32,
  slash: 64,
  dollar: 128,
  equals: 256,
  bracket: 512,
  /** Of expressions: `+`, `?`, `!`, `&`, `|`, `-`, `>`. */
  operator: 1024,
  space: 2048,
  foreign: 4096,
  other: 8192,
} as const

const kindOf = new Uint16Array(256).fill(kinds.other)
fill('0-9', kinds.digit)
fill('a-z', kinds.lower)
fill('A-Z', kinds.upper)
fill('_', kinds.underscore)
fill('.', kinds.dot)
fill(':', kinds.colon)
fill('/', kinds.slash)
fill('$', kinds.dollar)
fill('=', kinds.equals)
fill('()[]{}<', kinds.bracket)
fill('>', kinds.bracket | kinds.operator)
fill('+?!&|-', kinds.operator)
fill('\t-\r ', kinds.space)
fill('\x80-\xff', kinds.foreign)
fill('\xa0', kinds.foreign | kinds.space)

function fill(spec: string, kind: number): void {
  const table = byteClass(spec)
  for (let byte = 0; byte < 256; byte++) if (table[byte] === 1) kindOf[byte] = kind
}

/** The kinds of all bytes from `start` to before `end`. */
export function kindsOf(bytes: Uint8Array, start: number, end: number): number {
  let seen = 0
  for (let at = start; at < end; at++) seen |= kindOf[bytes[at]!]!
  return seen
}
