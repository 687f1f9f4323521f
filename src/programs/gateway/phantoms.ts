// Which phantom tokens are good now, and what runs under each.
import { Fault, type Clock, type Milliseconds } from '#base'
import type { RequestOf } from '#wire'
import { hash } from 'node:crypto'

type Admitted = RequestOf<'gateway.phantoms'>['phantoms'][number]

/** Something that ends when its phantom does. */
export interface Cuttable {
  cut(fault: Fault): void
}

/** A phantom that is good. */
export interface Phantom extends Admitted {
  readonly running: Set<Cuttable>
  /** By the monotonic clock. */
  readonly endsAt: Milliseconds
  /** One that is good for one request has sent it. */
  isSpent: boolean
}

/** Phantoms by the hash of the token. */
export class PhantomTable {
  readonly #clock: Pick<Clock, 'monotonic'>
  #byHash: ReadonlyMap<string, Phantom> = new Map()

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /** What runs when a phantom's time is up may end; nothing new begins. @param token From a client, attacker-controlled. */
  find(token: string): Phantom | undefined {
    const found = this.#byHash.get(hash('sha256', token))
    return found !== undefined && found.endsAt > this.#clock.monotonic() ? found : undefined
  }

  /** Takes the place of all that was good before; cuts what runs under those that are gone. */
  replace(phantoms: readonly Admitted[]): void {
    const before = this.#byHash
    const now = this.#clock.monotonic()
    const ended = new Fault('phantom-unknown', 'the phantom token ended')
    this.#byHash = new Map(
      phantoms.map((one) => [
        one.sha256,
        {
          ...one,
          isSpent: before.get(one.sha256)?.isSpent ?? false,
          endsAt: one.left === null ? Infinity : now + one.left,
          running: before.get(one.sha256)?.running ?? new Set<Cuttable>(),
        },
      ]),
    )
    for (const [key, { running, endsAt }] of before) {
      if (endsAt > now && !this.#byHash.has(key)) for (const one of running) one.cut(ended)
    }
  }

  /** Cuts whatever runs. */
  cutAll(fault: Fault): void {
    for (const { running } of this.#byHash.values()) for (const one of running) one.cut(fault)
  }
}
