// Reads a class in brackets: [a-z_], [^"\\].
import { type Characters, itself, readEscape, resolved } from './escape.ts'
import { negated } from './ranges.ts'
import type { Reader } from './reader.ts'
import type { CharacterRange } from './syntax.ts'

/**
 * Reads a class whose opening bracket was just passed. A closing bracket that comes first stands for itself.
 * @throws Fault `pattern-invalid`
 */
export function parseClass(reader: Reader, isFolding: boolean): readonly CharacterRange[] {
  const isNegated = reader.take('^')
  const ranges: CharacterRange[] = []
  for (let isFirst = true; isFirst || !reader.isAt(']'); isFirst = false) {
    if (reader.isOver)
      throw reader.wrong('the class is not closed; write ], or \\[ for the character before it')
    ranges.push(...resolved(readItem(reader), isFolding))
  }
  reader.take(']')
  return isNegated ? negated(ranges) : ranges
}

function readItem(reader: Reader): Characters {
  const low = readMember(reader)
  const isRange = reader.isAt('-') && reader.ahead(2) !== '-]' && reader.ahead(2) !== '-'
  if (!isRange) return low
  reader.take('-')
  const high = readMember(reader)
  const [from, to] = [onlyOf(low), onlyOf(high)]
  if (from === null || to === null || to < from) {
    throw reader.wrong('a range goes from one character up to another; write \\- for the character')
  }
  return { ranges: [[from, to]], isNegated: false }
}

function onlyOf({ ranges: [range] }: Characters): number | null {
  return range !== undefined && range[0] === range[1] ? range[0] : null
}

function readMember(reader: Reader): Characters {
  if (reader.isAt('[:')) throw reader.wrong('named classes are not known; write \\d, \\w, \\s or ranges')
  if (reader.isOver)
    throw reader.wrong('the class is not closed; write ], or \\[ for the character before it')
  if (!reader.take('\\')) return itself(reader.next())
  const escape = readEscape(reader)
  if ('place' in escape) throw reader.wrong('a place such as \\b is no character; take it out of the class')
  return escape
}
