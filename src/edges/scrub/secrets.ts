// What finds secrets, and what it says of them.

/** Where a live secret stands, in whatever form. */
export interface Occurrence {
  readonly start: number
  /** One past the last byte. */
  readonly end: number
  /** The secret's name. */
  readonly name: string
}

/** Finds live secrets in bytes, in every form: a `KnownSecrets` does. */
export interface Secrets {
  /**
   * Finds what starts at `from` or later. Remembers nothing: for a text that grows it is asked again from `until`, and of
   * what comes before that 256 bytes are there.
   * @param bytes Attacker-controlled.
   * @param isFinal False if more may follow `bytes`.
   */
  find(bytes: Uint8Array, from: number, isFinal: boolean): Found
}

/** What a look gave. */
export interface Found {
  /** In no order; they may overlap. */
  readonly found: readonly Occurrence[]
  /** All that start before it are found, and it is at least `from`; Infinity if nothing can follow. */
  readonly until: number
}
