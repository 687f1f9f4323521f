// A quick look at a record as most calls of a log make them: plain data with nothing to mask in it. All its texts are
// judged at once, which costs a tenth of a walk.
import { namesNext, type KeyMeanings } from './record-keys.ts'
import { isPlain, isSteady } from './record-shape.ts'

/** More is left to the walk. */
export const glanceLimits = { depth: 8, values: 256, characters: 2 ** 15 } as const
/** A list of fewer numbers is no bytes. */
const mostNumbers = 7
/** A number of fewer digits is no card, no account and no token. */
const leastTellingNumber = 1e9

const plainTypes: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'undefined'])

/** What a glance needs to know of what is looked for. */
export interface Seeing {
  readonly meanings: KeyMeanings
  /** Tells of a text that nothing is in it. */
  readonly isClear: (text: string) => boolean
  readonly isUnsteady: (value: object) => boolean
}

/** True if a walk would give back the value itself; false says nothing. Throws what a hostile value throws. */
export function isClearRecord(value: unknown, seeing: Seeing): boolean {
  const glance = new Glance(seeing)
  return glance.sees(value, 0) && glance.isClear
}

class Glance {
  readonly #seeing: Seeing
  #values = 0
  /** One a line: what is nothing here is nothing on its own. */
  #texts = ''

  constructor(seeing: Seeing) {
    this.#seeing = seeing
  }

  get isClear(): boolean {
    return this.#texts.length <= glanceLimits.characters && this.#seeing.isClear(this.#texts)
  }

  /** Takes note of a value's texts. @returns False for what is not plain. */
  sees(value: unknown, depth: number): boolean {
    if (++this.#values > glanceLimits.values) return false
    if (typeof value === 'object') {
      return value === null || (depth < glanceLimits.depth && this.#seesObject(value, depth + 1))
    }
    const isTelling = typeof value === 'number' && Math.abs(value) >= leastTellingNumber
    if (typeof value === 'string' || isTelling) this.#texts += `${value}\n`
    return plainTypes.has(typeof value)
  }

  #seesObject(value: object, depth: number): boolean {
    if (this.#seeing.isUnsteady(value) || !isPlain(value)) return false
    if (Array.isArray(value) && !isPlainList(value)) return false
    return Reflect.ownKeys(value).every((key) => this.#seesField(value, key, depth))
  }

  #seesField(value: object, key: string | symbol, depth: number): boolean {
    if (!isSteady(value, key)) return false
    if (typeof key === 'string' && !(Array.isArray(value) || this.#isPlainName(key))) return false
    return this.sees(Reflect.get(value, key), depth)
  }

  #isPlainName(key: string): boolean {
    const { spelled, mask, isTelling } = this.#seeing.meanings.of(key)
    return spelled === key && mask === undefined && !isTelling
  }
}

function isPlainList(list: readonly unknown[]): boolean {
  if (list.length > glanceLimits.values) return false
  return !(list.length > mostNumbers && typeof list[0] === 'number') && !list.some(namesNext)
}
