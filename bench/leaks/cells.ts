// The matrix: where an upstream may put the key that it was sent, in what form, and how it sends it.
import { encodings, type Encoding } from './encodings.ts'

export type Channel =
  | 'header'
  | 'trailer'
  | 'set-cookie'
  | 'location'
  | 'status text'
  | 'body'
  | 'error body'
  | 'SSE'
  | 'NDJSON'
  | 'WebSocket'

export type Compression =
  | 'identity'
  | 'gzip'
  | 'gzip members'
  | 'deflate'
  | 'deflate raw'
  | 'br'
  | 'zstd'
  | 'gzip, br'

/** `middle`: within the secret. `bytes`: byte by byte around it. In streams of events both cut the text that they make. */
export type Split = 'whole' | 'middle' | 'bytes'

export interface Cell {
  readonly channel: Channel
  readonly encoding: Encoding
  readonly compression: Compression
  /** Bytes of the body before it is compressed, about. */
  readonly size: number
  readonly split: Split
  /** How the upstream says where the body ends. */
  readonly framing: 'chunked' | 'length' | 'close'
}

const usual = { compression: 'identity', size: 1000, split: 'whole', framing: 'chunked' } as const
const compressions = ['gzip', 'gzip members', 'deflate', 'deflate raw', 'br', 'zstd', 'gzip, br'] as const
const inFields = encodings.filter(({ hasLines }) => hasLines !== true)

/** All cells, always in the same order. */
export const cells: readonly Cell[] = [
  ...each(inFields, ['header', 'trailer', 'set-cookie', 'location', 'status text'], {}),
  ...each(encodings, ['body', 'error body'], {}),
  ...each(encodings, ['body'], { split: 'middle' }),
  ...each(encodings, ['body'], { split: 'bytes' }),
  ...each(encodings, ['body'], { framing: 'length' }),
  ...each(encodings, ['body'], { framing: 'close', split: 'middle' }),
  ...compressions.flatMap((compression) => each(encodings, ['body'], { compression, split: 'middle' })),
  ...['identity', 'gzip'].flatMap((compression) =>
    each(encodings, ['body'], { compression, size: 100_000 } as Partial<Cell>),
  ),
  ...['identity', 'br'].flatMap((compression) =>
    each(encodings, ['body'], { compression, size: 5_000_000 } as Partial<Cell>),
  ),
  ...each(encodings, ['error body'], { compression: 'gzip' }),
  ...each(encodings, ['SSE', 'NDJSON', 'WebSocket'], {}),
  ...each(encodings, ['SSE', 'NDJSON', 'WebSocket'], { split: 'middle' }),
  ...each(encodings, ['SSE'], { split: 'bytes' }),
  ...each(encodings, ['SSE'], { split: 'middle', compression: 'gzip' }),
]

/** Which of them stand for all in the tests: a few of each kind. */
export const fewNumbers: readonly number[] = [...cells.keys()].filter(
  (number) => number % 6 === 0 && cells[number]!.size < 1_000_000,
)

function each(encodings: readonly Encoding[], channels: readonly Channel[], other: Partial<Cell>): Cell[] {
  return channels.flatMap((channel) =>
    encodings.map((encoding) => ({ ...usual, ...other, channel, encoding })),
  )
}

/** As people read it. */
export function named({ channel, encoding, compression, size, split, framing }: Cell): string {
  return `${channel} · ${encoding.name} · ${compression} · ${size} bytes · ${split} · ${framing}`
}
