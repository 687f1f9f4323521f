// Redacts structured values: what a log call, an event or a span holds, before anything serialises it.
import type { Fault } from '#base'
import type { ScanOptions } from './finding.ts'
import { glanceLimits, isClearRecord, type Seeing } from './record-glance.ts'
import { KeyMeanings } from './record-keys.ts'
import { droppedValue, RecordWalk } from './record-walk.ts'
import { isClear } from './redact.ts'

/** Up to where a record is looked at. What lies beyond is replaced by a marker, never passed on unseen. */
export interface RecordLimits {
  /** Levels of objects within objects. Default 32. */
  readonly depth: number
  /** Values of all kinds together. Default 50,000. */
  readonly values: number
  /** UTF-16 units of all texts and bytes of all buffers together. Default 4 Mi. */
  readonly characters: number
}

/** What is looked for in a record, and how far. */
export interface RecordOptions extends ScanOptions {
  /**
   * Names of fields whose value is masked whatever it is, besides the usual ones. Case, `_` and `-` do not matter, and
   * `pin` is also meant by `userPin`.
   */
  readonly keys?: readonly string[]
  readonly limits?: Partial<RecordLimits>
  /** Tells which objects may answer otherwise when they are read again, such as proxies: they are copied in any case. */
  readonly isUnsteady?: (value: object) => boolean
  /** Hears of a fault of the redactor itself, which holds nothing of the data. */
  readonly onFault?: (fault: Fault) => void
}

const usualLimits: RecordLimits = { depth: 32, values: 50_000, characters: 4 * 2 ** 20 }

/** Masks what values hold of secrets, and keeps their shape. Make one, and use it for all records. */
export class RecordRedactor {
  readonly #options: RecordOptions
  readonly #limits: RecordLimits
  readonly #meanings: KeyMeanings
  /** Null where the limits are so narrow that a walk must count. */
  readonly #seeing: Seeing | null

  constructor(options: RecordOptions = {}) {
    this.#options = options
    this.#limits = { ...usualLimits, ...options.limits }
    this.#meanings = new KeyMeanings(options, options.keys ?? [])
    this.#seeing = isWide(this.#limits) ? seeingOf(options, this.#meanings) : null
  }

  /**
   * Masks texts wherever they stand: in objects, lists, maps, sets, errors (message, stack, cause), buffers, keys and
   * symbols. A field whose name says that it is a credential is masked whatever it holds. Never changes its argument,
   * and never throws.
   * @param value Attacker-controlled.
   * @returns The value itself where nothing was found; otherwise a copy of the same shape, whose parts are the very
   * same where nothing was found in them. `[unredacted: …]` stands for what is beyond a limit, what cannot be read, and
   * what the redactor failed at.
   */
  redact<Value>(value: Value): Value
  redact(value: unknown): unknown {
    try {
      if (this.#seeing !== null && isClearRecord(value, this.#seeing)) return value
      return new RecordWalk(this.#options, this.#limits, this.#meanings).value(value, { depth: 0 })
    } catch {
      return droppedValue(this.#options.onFault)
    }
  }
}

function isWide({ depth, values, characters }: RecordLimits): boolean {
  return depth >= glanceLimits.depth && values >= glanceLimits.values && characters >= glanceLimits.characters
}

function seeingOf(options: RecordOptions, meanings: KeyMeanings): Seeing {
  return {
    meanings,
    isClear: (text) => isClear(text, options),
    isUnsteady: options.isUnsteady ?? (() => false),
  }
}

/**
 * Masks what one value holds of secrets, as `RecordRedactor.redact` does.
 * @param value Attacker-controlled.
 */
export function redactRecord<Value>(value: Value, options: RecordOptions = {}): Value {
  return new RecordRedactor(options).redact(value)
}
