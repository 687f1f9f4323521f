// Reads numbers that have a form: national ids and payment cards.
import { lower } from './classes.ts'
import type { Confidence, Found } from './finding.ts'
import { plainFound } from './pii-bare.ts'
import { valueOf, type Form, type FormState } from './pii-form.ts'
import { hasGroupAfter, hasGroupBefore, joinsRight, type Start } from './pii-place.ts'
import { names, namesOther, wordsBefore, type Words } from './pii-words.ts'
import type { Text } from './text.ts'

const longest = 32

/** What may be a number of a person, and what stands before it. */
interface Candidate {
  readonly text: Text
  readonly start: Start
  readonly end: number
  /** Read when they are first asked for. */
  words: Words | null
}

export class NumberReader {
  readonly #first: FormState
  readonly #values = new Uint8Array(longest)

  /** @param first The state before any byte, for the forms that are looked for. */
  constructor(first: FormState) {
    this.#first = first
  }

  /** Gives each kind of number that begins there; several, where a number may be one or the other. */
  read(text: Text, start: Start, out: Found[]): void {
    let count = 0
    let state = this.#first.after(text.at(start.at))
    for (let at = start.at; state !== null; state = state.after(text.at(++at))) {
      const value = valueOf(text.bytes[at]!)
      if (value >= 0) this.#values[count++] = value
      if (state.ended.length === 0 || joinsRight(text, at + 1)) continue
      this.#take({ text, start, end: at + 1, words: null }, state.ended, count, out)
    }
  }

  #take(candidate: Candidate, forms: readonly Form[], count: number, out: Found[]): void {
    if (!isVaried(this.#values, count)) return
    for (const form of forms) {
      if (!form.row.check(this.#values, count)) continue
      const confidence = confidenceOf(candidate, form)
      if (confidence === null) continue
      const { text, start, end } = candidate
      out.push(...plainFound(text, { start: start.at, end, detector: form.row.id, confidence }))
    }
  }
}

function confidenceOf(candidate: Candidate, form: Form): Confidence | null {
  const { text, start, end } = candidate
  const { alone, isPlain, isSpaced, row } = form
  const isPart =
    isSpaced && alone !== 'certain' && (hasGroupBefore(text, start.at) || hasGroupAfter(text, end))
  if (isPart) return null
  const words = (candidate.words ??= wordsBefore(text, start.at))
  if (names(words, form.words)) return row.named
  if (alone === 'named') return null
  const isWeak = isPlain && (start.isDoubtful || hasLower(text, start.at, end) || namesOther(words))
  return isWeak ? 'hint' : alone
}

/** Upper case is how ids are written; in lower case a run of letters and digits may as well be a hash. */
function hasLower(text: Text, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (text.is(at, lower)) return true
  return false
}

/** The same digit all over is a stand-in, and passes many a check. */
function isVaried(values: Uint8Array, count: number): boolean {
  for (let at = 1; at < count; at++) if (values[at] !== values[0]) return true
  return false
}
