// What is looked for: one table of known secrets, or several at once.

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
   * @returns All that start before `until`, which is at least `from`, and Infinity at the end of the text.
   */
  find(
    bytes: Uint8Array,
    from: number,
    isFinal: boolean,
  ): { readonly found: readonly Occurrence[]; readonly until: number }
}

/** Several tables as one: the vault's, and one of what was leased since it was made. */
export function together(tables: readonly Secrets[]): Secrets {
  const [only, ...more] = tables
  if (only !== undefined && more.length === 0) return only
  return {
    find(bytes, from, isFinal) {
      const each = tables.map((table) => table.find(bytes, from, isFinal))
      const until = Math.min(Infinity, ...each.map(({ until }) => until))
      const found = each.flatMap(({ found }) => found).filter(({ start }) => start < until)
      return { found, until }
    },
  }
}
