// What containers have in common: members that come one by one, and a budget that none of them can overdraw.
import type { Content } from './content.ts'
import type { GapReason } from './finding.ts'
import type { Limits } from './settings.ts'

/** From here on the ratio counts: small files may well be all zeros. */
const freeOfRatio = 1 << 24

/** One member. Its bytes are read before the next is asked for, or never. */
export interface Member {
  readonly name: string
  readonly chunks: Iterable<Uint8Array>
}

/** What an opener is handed. */
export interface Opening {
  readonly content: Content
  readonly budget: Budget
  /** Takes note of what is not looked into: the container, or one of its members. */
  readonly note: (reason: GapReason, member?: string) => void
}

/** Gives the members of a container, and notes what it cannot give. Throws nothing, whatever the bytes are. */
export type Opener = (opening: Opening) => Iterable<Member>

/** What may still come out of one file of the tree, whatever is nested in it. */
export class Budget {
  readonly #limits: Limits
  readonly #size: number
  #entries = 0
  #unpacked = 0
  #spent: GapReason | null = null

  /** @param size Bytes of the file of the tree. */
  constructor(limits: Limits, size: number) {
    this.#limits = limits
    this.#size = size
  }

  /** Bytes that may be held at once. */
  get held(): number {
    return this.#limits.held
  }

  /** Why nothing more comes out, or null. */
  get spent(): GapReason | null {
    return this.#spent
  }

  /** @returns False if that is one member too many. */
  enter(): boolean {
    if (++this.#entries > this.#limits.entries) this.#spent ??= 'too-many-entries'
    return this.#spent === null
  }

  /** @returns False if that is too much. */
  unpack(bytes: number): boolean {
    this.#unpacked += bytes
    if (this.#unpacked > this.#limits.unpacked) this.#spent ??= 'too-large'
    const isBomb = this.#unpacked > freeOfRatio && this.#unpacked > this.#size * this.#limits.ratio
    if (isBomb) this.#spent ??= 'ratio'
    return this.#spent === null
  }
}
