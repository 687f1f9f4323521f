// Unpacks DEFLATE piece by piece, so that a bomb is noticed before it has gone off.
import { Gunzip, Inflate } from 'fflate'
import { inflateRawSync } from 'node:zlib'
import type { Opening } from './container.ts'

/** DEFLATE makes at most 1032 bytes of one: 16 MiB of a piece. */
const pieceSize = 1 << 14
const mostAtOnce = 1 << 23

type Accounts = Pick<Opening, 'budget' | 'note'>

/** Unpacks what is small in one go, and the rest, and whatever fails, as `unpacked` does. */
export function* inflated(packed: Uint8Array, accounts: Accounts): Generator<Uint8Array> {
  const whole = tryWhole(packed)
  if (whole === null) yield* unpacked([packed], 'deflate', accounts)
  else if (accounts.budget.unpack(whole.length)) yield whole
}

/**
 * Unpacks chunks. Ends early where the data is damaged, with a note, and where the budget is spent.
 * @param packed Attacker-controlled.
 */
export function* unpacked(
  packed: Iterable<Uint8Array>,
  kind: 'deflate' | 'gzip',
  { budget, note }: Accounts,
): Generator<Uint8Array, undefined> {
  const out: Uint8Array[] = []
  const take = (data: Uint8Array): number => out.push(data)
  const unpacker = kind === 'gzip' ? new Gunzip(take) : new Inflate(take)
  for (const { piece, isLast } of pieces(packed)) {
    const isSound = push(unpacker, piece, isLast)
    for (const chunk of out.splice(0)) {
      if (!budget.unpack(chunk.length)) return undefined
      yield chunk
    }
    if (!isSound) {
      note('damaged')
      return undefined
    }
  }
  return undefined
}

function tryWhole(packed: Uint8Array): Uint8Array | null {
  try {
    return inflateRawSync(packed, { maxOutputLength: mostAtOnce })
  } catch {
    return null
  }
}

function push(unpacker: Inflate | Gunzip, piece: Uint8Array, isLast: boolean): boolean {
  try {
    unpacker.push(piece, isLast)
    return true
  } catch {
    return false
  }
}

/** Pieces of their own: the chunks may be gone by the time that they are read. The last one ends the data. */
function* pieces(chunks: Iterable<Uint8Array>): Generator<{ piece: Uint8Array; isLast: boolean }> {
  let held: Uint8Array | null = null
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += pieceSize) {
      if (held !== null) yield { piece: held, isLast: false }
      held = chunk.slice(at, at + pieceSize)
    }
  }
  yield { piece: held ?? new Uint8Array(0), isLast: true }
}
