// The proof value without which nothing is released.

/** Makes a proof. Only the log may: the door of this room does not export it. */
export let makeDurableIntent: (index: number) => DurableIntent

/**
 * Proof that the journal holds the intent on disk. Nothing else can make one, so holding one is the permission to act.
 */
export class DurableIntent {
  readonly #proof = true
  /** Index of the intent in the log. */
  readonly index: number

  private constructor(index: number) {
    this.index = index
  }

  /** True for a proof that a log made in this process; a look-alike from JSON is none. */
  static is(value: unknown): value is DurableIntent {
    return typeof value === 'object' && value !== null && #proof in value && value.#proof
  }

  static {
    makeDurableIntent = (index) => new DurableIntent(index)
  }
}
