// Counts and durations in Prometheus' text format. Labels come from fixed sets, never from a request.

/** What is counted by one label. */
export class Counter {
  readonly #counts = new Map<string, number>()
  readonly name: string
  readonly help: string
  readonly label: string

  constructor(name: string, { help, label }: { readonly help: string; readonly label: string }) {
    this.name = name
    this.help = help
    this.label = label
  }

  add(value: string, by = 1): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + by)
  }

  text(): string {
    const lines = [...this.#counts].map(([value, count]) => `${this.name}{${this.label}="${value}"} ${count}`)
    return head(this.name, this.help, 'counter') + lines.map((line) => `${line}\n`).join('')
  }
}

/** Upper bounds in seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** How long something took. */
export class Durations {
  readonly #buckets = Array.from(bounds, () => 0)
  #count = 0
  #sum = 0
  readonly name: string
  readonly help: string

  constructor(name: string, { help }: { readonly help: string }) {
    this.name = name
    this.help = help
  }

  /** @param milliseconds What it took. */
  add(milliseconds: number): void {
    const seconds = milliseconds / 1000
    const at = bounds.findIndex((bound) => seconds <= bound)
    if (at >= 0) this.#buckets[at] = (this.#buckets[at] ?? 0) + 1
    this.#count++
    this.#sum += seconds
  }

  text(): string {
    let below = 0
    const lines = bounds.map((bound, at) => {
      below += this.#buckets[at] ?? 0
      return `${this.name}_bucket{le="${bound}"} ${below}\n`
    })
    return [
      head(this.name, this.help, 'histogram'),
      ...lines,
      `${this.name}_bucket{le="+Inf"} ${this.#count}\n`,
      `${this.name}_sum ${this.#sum}\n${this.name}_count ${this.#count}\n`,
    ].join('')
  }
}

/** A value that is asked for when it is shown. */
export interface Gauge {
  readonly name: string
  readonly help: string
  readonly value: () => number
}

/** The page that Prometheus reads. @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function metricsText(shown: readonly (Counter | Durations | Gauge)[]): string {
  return shown
    .map((one) =>
      'text' in one ? one.text() : `${head(one.name, one.help, 'gauge')}${one.name} ${one.value()}\n`,
    )
    .join('')
}

function head(name: string, help: string, type: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`
}
