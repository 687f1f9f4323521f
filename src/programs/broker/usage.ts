// What assistants used of each route today, and whether a person stopped all calls: kept over restarts.
import { errorCode, type Clock, type Milliseconds } from '#base'
import { replaceFile } from '#os'
import type { GatewayCall, UsageRow } from '#wire'
import { readFileSync } from 'node:fs'
import * as z from 'zod'

const dayLength: Milliseconds = 86_400_000
/** Milliseconds that a change waits for others. */
const companyWithin: Milliseconds = 2000
const mostRows = 4096

const count = z.int().min(0)
const shape = z.object({
  day: count,
  isStopped: z.boolean(),
  usage: z
    .array(
      z.object({
        assistant: z.string(),
        route: z.string(),
        requests: count,
        input: count,
        output: count,
        cost: z.number().min(0),
      }),
    )
    .max(mostRows),
})

/** Counts by assistant and route, of the present day (UTC). */
export class Usage {
  readonly #file: string
  readonly #clock: Clock
  #day = 0
  #isStopped = false
  #isWaiting = false
  #rows = new Map<string, UsageRow>()

  /** A file that cannot be read counts as stopped: whoever damaged it gains nothing. A missing one is a fresh start. */
  constructor(file: string, clock: Clock) {
    this.#file = file
    this.#clock = clock
    const kept = read(file)
    this.#isStopped = kept.isStopped
    this.#day = kept.day
    this.#rows = new Map(kept.usage.map((row) => [keyOf(row), row]))
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Kept before this returns. @throws Fault or a system error where it cannot be */
  stop(isStopped: boolean): void {
    this.#isStopped = isStopped
    this.#save()
  }

  add(calls: readonly GatewayCall[]): void {
    this.#turnDay()
    for (const { assistant, route, tokens = { input: 0, output: 0 }, cost = 0 } of calls) {
      const key = keyOf({ assistant, route })
      const row = this.#rows.get(key) ?? { assistant, route, requests: 0, input: 0, output: 0, cost: 0 }
      if (this.#rows.size >= mostRows && !this.#rows.has(key)) continue
      this.#rows.set(key, {
        assistant,
        route,
        requests: row.requests + 1,
        input: row.input + tokens.input,
        output: row.output + tokens.output,
        cost: row.cost + cost,
      })
    }
    this.#saveSoon()
  }

  list(): UsageRow[] {
    this.#turnDay()
    return [...this.#rows.values()]
  }

  /** Writes what is not written yet. Lost counts are no reason to fail: the log has every call. */
  flush(): void {
    try {
      this.#save()
    } catch {
      // The next change tries again.
    }
  }

  #save(): void {
    const kept = { day: this.#day, isStopped: this.#isStopped, usage: [...this.#rows.values()] }
    replaceFile(this.#file, Buffer.from(`${JSON.stringify(kept)}\n`))
  }

  #saveSoon(): void {
    if (this.#isWaiting) return
    this.#isWaiting = true
    this.#clock.after(companyWithin, () => {
      this.#isWaiting = false
      this.flush()
    })
  }

  #turnDay(): void {
    const day = Math.floor(this.#clock.now() / dayLength)
    if (day !== this.#day) this.#rows.clear()
    this.#day = day
  }
}

function keyOf({ assistant, route }: Pick<UsageRow, 'assistant' | 'route'>): string {
  return `${route} ${assistant}`
}

function read(file: string): z.output<typeof shape> {
  const fresh = { day: 0, isStopped: false, usage: [] }
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (thrown) {
    return errorCode(thrown) === 'ENOENT' ? fresh : { ...fresh, isStopped: true }
  }
  try {
    return shape.parse(JSON.parse(text))
  } catch {
    return { ...fresh, isStopped: true }
  }
}
