// Numbers that have a form, such as `ddd-dd-dddd`: all forms of all rows are followed at once, a byte at a time.
import type { Confidence } from './finding.ts'
import type { PiiId } from './pii-kinds.ts'
import { needlesOf, type Needles } from './pii-words.ts'

/** A kind of number, as its issuer describes it. */
export interface PiiRow {
  readonly id: PiiId
  /**
   * How it is written: `d` a digit, `A` a letter, `x` either, all else itself. With each, how sure it is where no words
   * say what it is; `named` if it is no finding there.
   */
  readonly forms: Readonly<Record<string, Confidence | 'named'>>
  /** Check digits, dates and ranges; digits as 0 to 9, letters as 10 to 35, separators left out. */
  readonly check: (values: Uint8Array, length: number) => boolean
  /** Words before it that say what it is, by commas; a star leaves a word open at that end. */
  readonly words: string
  /** How sure it is with them. */
  readonly named: Confidence
  /** The issuer's own description, or the standard. */
  readonly source: string
}

/** One way of writing one kind. */
export interface Form {
  readonly row: PiiRow
  readonly spelling: string
  readonly alone: Confidence | 'named'
  readonly words: Needles
  /** Nothing but digits and letters. */
  readonly isPlain: boolean
  readonly isSpaced: boolean
}

const symbols = 'dA -./()'

/** The forms that a text may still have after some bytes. */
export class FormState {
  /** Forms that end here. */
  readonly ended: readonly Form[]
  readonly #open: readonly Form[]
  readonly #depth: number
  /** By the next byte; made when they are first asked for. */
  readonly #next: (FormState | null | undefined)[] = Array.from({ length: 0x80 }, () => undefined)
  /** The same states by the next byte's symbol. */
  readonly #bySymbol = new Map<number, FormState | null>()

  constructor(forms: readonly Form[], depth: number) {
    this.ended = forms.filter(({ spelling }) => spelling.length === depth)
    this.#open = forms.filter(({ spelling }) => spelling.length > depth)
    this.#depth = depth
  }

  /** The state after another byte, or null if no form goes on with it. */
  after(byte: number): FormState | null {
    if (byte < 0 || byte >= 0x80) return null
    const next = this.#next[byte]
    return next === undefined ? (this.#next[byte] = this.#follow(symbolOf(byte))) : next
  }

  #follow(symbol: number): FormState | null {
    const known = this.#bySymbol.get(symbol)
    if (known !== undefined) return known
    const next = symbol < 0 ? null : this.#made(symbol)
    this.#bySymbol.set(symbol, next)
    return next
  }

  #made(symbol: number): FormState | null {
    const forms = this.#open.filter(({ spelling }) => {
      const char = spelling[this.#depth]!
      return char === symbols[symbol] || (char === 'x' && symbol <= 1)
    })
    return forms.length === 0 ? null : new FormState(forms, this.#depth + 1)
  }
}

/** Value of a digit or letter for check digits, or -1 for a separator. */
export function valueOf(byte: number): number {
  const symbol = symbolOf(byte)
  if (symbol === 0) return byte - 0x30
  return symbol === 1 ? (byte | 0x20) - 0x61 + 10 : -1
}

/** Which of the symbols a byte is, or -1. */
function symbolOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return 0
  const folded = byte | 0x20
  if (folded >= 0x61 && folded <= 0x7a) return 1
  return byte < 0x20 ? -1 : symbols.indexOf(String.fromCharCode(byte))
}

/** All forms of a row. */
export function formsOf(row: PiiRow): Form[] {
  const words = needlesOf(row.words)
  return Object.entries(row.forms).map(([spelling, alone]) => ({
    row,
    spelling,
    alone,
    words,
    isPlain: /^\w+$/.test(spelling),
    isSpaced: spelling.includes(' '),
  }))
}
