// What an ingestion filter counts: numbers only, never a word of what went through.

/** Why a record did not go on. */
export type DropReason = 'too-large' | 'malformed' | 'failed' | 'busy' | 'undelivered'

/** Records since the start. */
export interface IngestCounts {
  readonly received: number
  /** Delivered, or written out. */
  readonly passed: number
  readonly dropped: Readonly<Record<DropReason, number>>
}

export class Counter {
  #received = 0
  #passed = 0
  readonly #dropped: Record<DropReason, number> = {
    'too-large': 0,
    malformed: 0,
    failed: 0,
    busy: 0,
    undelivered: 0,
  }

  receive(): void {
    this.#received++
  }

  pass(): void {
    this.#passed++
  }

  drop(reason: DropReason): void {
    this.#dropped[reason]++
  }

  get counts(): IngestCounts {
    return { received: this.#received, passed: this.#passed, dropped: { ...this.#dropped } }
  }
}
