// What each assistant may use of a route: requests, concurrency, tokens, money.
import { Fault, type Clock, type Milliseconds } from '#base'
import type { Route, UsageRow } from '#wire'

/** What a finished request used. */
export interface Used {
  readonly input: number
  readonly output: number
}

interface Account {
  requests: number
  input: number
  output: number
  cost: number
  running: number
  /** When the requests of the last minute began, by the monotonic clock. */
  recent: Milliseconds[]
}

const minute: Milliseconds = 60_000
const dayLength: Milliseconds = 86_400_000
const million = 1e6

/** Accounts by assistant and route, for one day (UTC). */
export class Budgets {
  readonly #clock: Clock
  readonly #accounts = new Map<string, Account>()
  #day = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Goes on from what was used before, today. */
  take(usage: readonly UsageRow[]): void {
    this.#turnDay()
    for (const { assistant, route, requests, input, output, cost } of usage) {
      Object.assign(this.#account(assistant, route), { requests, input, output, cost })
    }
  }

  /**
   * Begins a request. `leave` must follow.
   * @throws Fault `limit-reached`, whose cause says how many milliseconds to wait.
   */
  enter(assistant: string, { name, limits }: Route): void {
    this.#turnDay()
    const account = this.#account(assistant, name)
    const now = this.#clock.monotonic()
    account.recent = account.recent.filter((moment) => moment > now - minute)
    if (limits !== undefined) this.#refuseBeyond(account, limits)
    account.recent.push(now)
    account.running++
    account.requests++
  }

  /** Ends a request. @returns What it cost, in the unit of the route's prices. */
  leave(assistant: string, { name, limits }: Route, { input, output }: Used): number {
    const account = this.#account(assistant, name)
    const { price = { input: 0, output: 0 } } = limits ?? {}
    const cost = (input * price.input + output * price.output) / million
    account.running = Math.max(0, account.running - 1)
    account.input += input
    account.output += output
    account.cost += cost
    return cost
  }

  #refuseBeyond(
    { running, recent, input, output, cost }: Account,
    limits: NonNullable<Route['limits']>,
  ): void {
    const {
      concurrent = Infinity,
      perMinute = Infinity,
      tokensPerDay = Infinity,
      costPerDay = Infinity,
    } = limits
    if (running >= concurrent) throw reached('as many requests as are allowed run now', 1000)
    if (recent.length >= perMinute) {
      const wait = (recent[0] ?? 0) + minute - this.#clock.monotonic()
      throw reached('the requests of this minute are used up', wait)
    }
    const tomorrow = (this.#day + 1) * dayLength - this.#clock.now()
    if (input + output >= tokensPerDay) throw reached('the tokens of this day are used up', tomorrow)
    if (cost >= costPerDay) throw reached('the money for this day is used up', tomorrow)
  }

  #account(assistant: string, route: string): Account {
    const key = `${route} ${assistant}`
    const known = this.#accounts.get(key)
    if (known !== undefined) return known
    const account = { requests: 0, input: 0, output: 0, cost: 0, running: 0, recent: [] }
    this.#accounts.set(key, account)
    return account
  }

  /** What runs over midnight goes on being counted as running. */
  #turnDay(): void {
    const day = Math.floor(this.#clock.now() / dayLength)
    if (day === this.#day) return
    this.#day = day
    for (const account of this.#accounts.values()) {
      Object.assign(account, { requests: 0, input: 0, output: 0, cost: 0 })
    }
  }
}

function reached(message: string, wait: Milliseconds): Fault {
  return new Fault('limit-reached', message, { cause: { wait } })
}
