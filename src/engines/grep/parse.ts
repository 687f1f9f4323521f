// Reads a pattern: the part of the usual syntax that can be matched in one pass, whatever the text.
import { parseClass } from './class.ts'
import { itself, readEscape, resolved } from './escape.ts'
import { negated, withoutLineFeed } from './ranges.ts'
import { Reader } from './reader.ts'
import { type CharacterRange, invalid, type Syntax } from './syntax.ts'

const deepest = 64
const largestCount = 1000

/**
 * Reads a pattern.
 * @param pattern Attacker-controlled.
 * @throws Fault `pattern-invalid`, with the place and what to write instead.
 */
export function parse(pattern: string): Syntax {
  if (!pattern.isWellFormed()) throw invalid(1, 'the pattern is no well-formed Unicode')
  return new Parser(pattern).parse()
}

class Parser {
  readonly #in: Reader
  #isFolding = false
  #depth = 0

  constructor(pattern: string) {
    this.#in = new Reader(pattern)
  }

  parse(): Syntax {
    const syntax = this.#either()
    if (!this.#in.isOver) throw this.#in.wrong('this closes no group; write \\) for the character')
    return syntax
  }

  #either(): Syntax {
    const options = [this.#sequence()]
    while (this.#in.take('|')) options.push(this.#sequence())
    return options.length === 1 ? options[0]! : { kind: 'either', options }
  }

  #sequence(): Syntax {
    const parts: Syntax[] = []
    while (!this.#in.isOver && !this.#in.isAt('|', ')')) parts.push(this.#repeated())
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts }
  }

  #repeated(): Syntax {
    if (this.#isAtCount())
      throw this.#in.wrong('nothing before this to repeat; write \\ before the character')
    const of = this.#atom()
    if (!this.#isAtCount()) return of
    const count = this.#count()
    // Whether it takes much or little first makes no difference to whether a line matches.
    this.#in.take('?')
    if (this.#isAtCount()) throw this.#in.wrong('this repeats a repetition; write a group: (?:a*)*')
    return { kind: 'repeat', of, ...count }
  }

  #isAtCount(): boolean {
    return this.#in.isAt('*', '+', '?') || this.#countAhead() !== null
  }

  /** A brace that is no count is a character like any other. */
  #countAhead(): RegExpExecArray | null {
    return /^\{(\d{1,9})(,(\d{0,9}))?\}/.exec(this.#in.ahead(24))
  }

  #count(): { least: number; most: number | null } {
    if (this.#in.take('*')) return { least: 0, most: null }
    if (this.#in.take('+')) return { least: 1, most: null }
    if (this.#in.take('?')) return { least: 0, most: 1 }
    const [whole = '', from, comma, to] = this.#countAhead() ?? []
    const least = Number(from)
    const most = comma === undefined ? least : to === '' ? null : Number(to)
    if (Math.max(least, most ?? 0) > largestCount || (most !== null && most < least)) {
      throw this.#in.wrong(`a count goes from less to more, and to ${largestCount} at most`)
    }
    this.#in.skip(whole.length)
    return { least, most }
  }

  #atom(): Syntax {
    if (this.#in.take('(')) return this.#group()
    if (this.#in.take('.')) return set(negated([]))
    if (this.#in.take('^')) return { kind: 'place', place: 'line-start' }
    if (this.#in.take('$')) return { kind: 'place', place: 'line-end' }
    if (this.#in.take('[')) return set(parseClass(this.#in, this.#isFolding))
    if (this.#in.isAt('\n', '\\n'))
      throw this.#in.wrong('a match lies within one line; leave the line feed out')
    const read = this.#in.take('\\') ? readEscape(this.#in) : itself(this.#in.next())
    return 'place' in read ? { kind: 'place', ...read } : set(resolved(read, this.#isFolding))
  }

  #group(): Syntax {
    const outside = this.#isFolding
    if (this.#in.isAt('?') && this.#flags()) return { kind: 'sequence', parts: [] }
    if (++this.#depth > deepest) throw this.#in.wrong(`groups lie in each other more than ${deepest} deep`)
    const syntax = this.#either()
    if (!this.#in.take(')')) throw this.#in.wrong('a group is not closed; write ), or \\( for the character')
    this.#depth--
    this.#isFolding = outside
    return syntax
  }

  /** Reads what makes a group special. True for flags that stand alone and hold to the end of the group around them. */
  #flags(): boolean {
    const kind = /^\?(?:P?<[A-Za-z_]\w{0,31}>|(-?)i?([:)])|:)/.exec(this.#in.ahead(40))
    const [whole, off, end] = kind ?? []
    if (whole === undefined || (off === '-' && !whole.includes('i'))) throw this.#in.wrong(instead(this.#in))
    if (end !== undefined && whole.includes('i')) this.#isFolding = off === ''
    this.#in.skip(whole.length)
    return end === ')'
  }
}

function set(ranges: readonly CharacterRange[]): Syntax {
  return { kind: 'set', ranges: withoutLineFeed(ranges) }
}

function instead(reader: Reader): string {
  if (reader.isAt('?=', '?!', '?<=', '?<!')) {
    return 'looking around needs more than one pass; match the text around it too, or ask twice'
  }
  if (reader.isAt('?>')) return 'an atomic group changes nothing here; write (?:'
  return 'of groups with a question mark there are (?:…), (?<name>…), (?i) and (?i:…)'
}
