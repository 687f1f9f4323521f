// The corpus on which speed is measured: what a machine with assistants writes and reads, with secrets planted in it.
import { contextNames, contexts } from './contexts.ts'
import { Dice } from './dice.ts'
import { formats } from './secrets.ts'
import { block, mixture } from './texts.ts'

export interface Corpus {
  readonly bytes: Buffer
  /** In order; positions are bytes. */
  readonly planted: readonly { readonly start: number; readonly end: number; readonly detector: string }[]
}

/** Average bytes between two changes of kind. */
const meanBlock = 8192

/**
 * A mixture of all kinds, at least `size` bytes, with secrets of every format in every context.
 * @param secretsPer20kB 0 for none, 1 is what a careless project looks like.
 */
export function mixed(size: number, seed: number, { secretsPer20kB }: { secretsPer20kB: number }): Corpus {
  const dice = new Dice(seed)
  const parts: Buffer[] = []
  const planted: Corpus['planted'][number][] = []
  let length = 0
  while (length < size) {
    const part = block(dice.pick(mixture), dice.between(meanBlock / 2, (meanBlock * 3) / 2), dice)
    parts.push(part)
    length += part.length
    for (let due = (part.length * secretsPer20kB) / 20_000; dice.int(1000) < due * 1000; due--) {
      const { text, start, end, detector } = plant(dice)
      planted.push({ start: length + start, end: length + end, detector })
      parts.push(Buffer.from(text))
      length += text.length
    }
  }
  return { bytes: Buffer.concat(parts), planted }
}

function plant(dice: Dice): { text: string; start: number; end: number; detector: string } {
  const planted = dice.pick(formats).example(dice)
  return { ...contexts[dice.pick(contextNames)](planted), detector: planted.detector }
}
