// Which phantom tokens are good now, and what runs under each.
import type { RequestOf } from '#wire'
import { hash } from 'node:crypto'

type Admitted = RequestOf<'gateway.phantoms'>['phantoms'][number]

/** Something that ends when its phantom does. */
export interface Cuttable {
  cut(): void
}

/** A phantom that is good. */
export interface Phantom extends Admitted {
  readonly running: Set<Cuttable>
}

/** Phantoms by the hash of the token. */
export class PhantomTable {
  #byHash: ReadonlyMap<string, Phantom> = new Map()

  /** @param token From a client, attacker-controlled. */
  find(token: string): Phantom | undefined {
    return this.#byHash.get(hash('sha256', token))
  }

  /** Takes the place of all that was good before; cuts what runs under those that are gone. */
  replace(phantoms: readonly Admitted[]): void {
    const before = this.#byHash
    this.#byHash = new Map(
      phantoms.map((one) => [
        one.sha256,
        { ...one, running: before.get(one.sha256)?.running ?? new Set<Cuttable>() },
      ]),
    )
    for (const [key, { running }] of before) {
      if (!this.#byHash.has(key)) for (const one of running) one.cut()
    }
  }
}
