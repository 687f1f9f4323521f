// Known secrets: enough of them to recognise each in every encoding, too little to learn them from.
import { Finder, type Occurrences } from './finder.ts'
import { Kernel } from './kernel.ts'
import { Plain } from './plain.ts'
import { readTable, type Table } from './table.ts'

/**
 * Known secrets as keyed hashes, made anew with random keys at each start. Whoever holds the table can test a guess of
 * about eleven bytes of a secret, nothing less, so that it cannot be guessed piece by piece.
 */
export class KnownSecrets {
  readonly #text: string
  readonly #table: Table
  /** Made when first asked: a table that is only passed on needs none. */
  #finder: Finder | undefined

  /** @internal Use `parseKnownSecrets`. */
  constructor(text: string) {
    this.#text = text
    this.#table = readTable(text)
  }

  /**
   * Finds the secrets in every encoding. Remembers nothing of the bytes: for a text that grows, ask again from `until`.
   * @param bytes Attacker-controlled.
   * @param from Finds what starts there or later. What comes before is looked at only to tell where an occurrence starts.
   * @param isFinal False if more may follow `bytes`.
   * @returns All that start before `until`.
   */
  find(bytes: Uint8Array, from = 0, isFinal = true): Occurrences {
    this.#finder ??= new Finder(
      this.#table,
      (table, groups) => Kernel.of(table, groups) ?? new Plain(table, groups),
    )
    return this.#finder.find(bytes, from, isFinal)
  }

  /** The table as text, for rooms without keys. Holds names, no plaintext, no hash without the table's keys. */
  serialise(): string {
    return this.#text
  }
}

/**
 * Reads a table that was made where the plaintext is.
 * @param table From another program, not trusted further than its shape.
 * @throws Fault `message-invalid` for whatever is no such table.
 */
export function parseKnownSecrets(table: string): KnownSecrets {
  return new KnownSecrets(table)
}
