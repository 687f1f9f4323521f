// Secrets of all vendors' formats, made up at run time from the rows that describe them: none ever opened anything.
import type { Detector } from '../../src/engines/redaction/detector.ts'
import { detectors } from '../../src/engines/redaction/detectors.ts'
import { namedFormats } from '../../src/engines/redaction/named.ts'
import { type Example as Parts, namedPartsOf, partsOf } from '../../tools/secrets.ts'
import type { Example } from './contexts.ts'
import type { Dice } from './dice.ts'

/** A row of the tables. */
export interface Format {
  readonly detector: string
  /** A new secret that the row describes. */
  readonly example: (dice: Dice) => Example
}

const marked = new Set(['token', 'aws', 'jwt', 'pem'])

/** Formats that are known by a mark of their own, wherever they stand. */
export const markedFormats: readonly Format[] = detectors
  .filter(({ structure = 'token' }) => marked.has(structure))
  .map((row) => ({
    detector: row.id,
    example: (dice) =>
      withContext(
        row,
        partsOf(row, (limit) => dice.int(limit)),
      ),
  }))

/** All formats: those with a mark, and those that are known by the name they stand under, which comes with them. */
export const formats: readonly Format[] = [
  ...markedFormats,
  ...namedFormats.map((row) => ({
    detector: row.id,
    example: (dice: Dice) => ({ ...named(row.id), ...namedPartsOf(row, (limit) => dice.int(limit)) }),
  })),
]

/** A word of the context that a row asks for goes before, unless what stands around names the owner. */
function withContext(row: Detector, { context, lead, secret, tail }: Parts): Example {
  const of = named(row.id)
  const isNamed = row.context === undefined || row.context.some((word) => word.includes(of.owner))
  return { ...of, lead: isNamed ? lead : `${context} ${lead}`, secret, tail }
}

function named(detector: string): { detector: string; owner: string } {
  return { detector, owner: detector.split('-')[0]! }
}

/** Put together so that no file of the tree looks like it holds a key. */
export const pemBegin = ['-----BEGIN', 'PRIVATE', 'KEY-----'].join(' ')
