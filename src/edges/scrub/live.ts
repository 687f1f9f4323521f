// All live secrets in all forms.
import { Dense } from './dense.ts'
import type { Found, Secrets } from './secrets.ts'
import { Wrapped } from './wrapped.ts'

/**
 * All live secrets: those of the tables that are given, in the forms that they know, and besides where each byte is written
 * out (percent, string and HTML escapes, hexadecimal pairs with separators, lists of numbers), and in base64 or
 * hexadecimal that is broken into lines anywhere.
 */
export class LiveSecrets implements Secrets {
  readonly #all: readonly Secrets[]

  /** @param tables The vault's, and one of what was leased since it was made. */
  constructor(...tables: readonly Secrets[]) {
    this.#all = tables.flatMap((table) => [table, new Wrapped(table), new Dense(table)])
  }

  find(bytes: Uint8Array, from: number, isFinal: boolean): Found {
    const each = this.#all.map((one) => one.find(bytes, from, isFinal))
    const until = Math.min(Infinity, ...each.map(({ until }) => until))
    return { found: each.flatMap(({ found }) => found).filter(({ start }) => start < until), until }
  }
}
