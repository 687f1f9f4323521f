// Sweeps over a text block by block, ahead of those who look at what is found.
import { Positions, type Prefilter, type Swept } from './prefilter.ts'
import { Text } from './text.ts'

const blockBytes = 65_536
const nothing = new Text(new Uint8Array(0), true)

/** The open places, the runs and the escape sequences of a text, in order, each list read once. */
export class Sweep {
  readonly #prefilter: Prefilter
  readonly #swept: Swept = { places: new Positions(), runs: new Positions(), escapes: new Positions() }
  #text = nothing
  /** Found are all from where it began up to here. */
  #to = 0
  #place = 0
  #run = 0
  #escape = 0

  constructor(prefilter: Prefilter) {
    this.#prefilter = prefilter
  }

  /** Begins anew at a position, as positions may have moved, or the text's end has. */
  begin(text: Text, from: number): void {
    this.#text = text
    this.#to = from
    this.#swept.places.count = 0
    this.#swept.runs.count = 0
    this.#swept.escapes.count = 0
    this.#place = 0
    this.#run = 0
    this.#escape = 0
  }

  /** The first open place from `from` on, which never goes down and is not before the beginning, or the text's end. */
  nextPlace(from: number): number {
    const { places } = this.#swept
    for (;;) {
      while (this.#place < places.count && places.of(this.#place) < from) this.#place++
      if (this.#place < places.count) return places.of(this.#place)
      if (!this.#goOn()) return this.#text.end
    }
  }

  /** The first run from `from` on, likewise. */
  nextRun(from: number): number {
    const { runs } = this.#swept
    for (;;) {
      while (this.#run < runs.count && runs.of(this.#run) < from) this.#run++
      if (this.#run < runs.count) return runs.of(this.#run)
      if (!this.#goOn()) return this.#text.end
    }
  }

  /** The first escape sequence from `from` on, likewise. */
  nextEscape(from: number): number {
    const { escapes } = this.#swept
    for (;;) {
      while (this.#escape < escapes.count && escapes.of(this.#escape) < from) this.#escape++
      if (this.#escape < escapes.count) return escapes.of(this.#escape)
      if (!this.#goOn()) return this.#text.end
    }
  }

  /** A position from `after` on before which there is no open place; may be asked where `nextPlace` has been. */
  peek(after: number): number {
    const { places } = this.#swept
    for (let index = this.#place; index < places.count; index++) {
      if (places.of(index) >= after) return places.of(index)
    }
    return this.#to
  }

  /** @returns False at the text's end. */
  #goOn(): boolean {
    const from = this.#to
    if (from >= this.#text.end) return false
    this.#to = Math.min(this.#text.end, from + blockBytes)
    this.#prefilter.sweep(this.#text, from, this.#to, this.#swept)
    return true
  }
}
