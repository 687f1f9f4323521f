// Keeps the broker's child programs running: starts each, and starts it again when it dies.
import { Fault, type Clock } from '#base'
import type { Channel, Handlers, MessageName, ReplyOf, RequestOf } from '#wire'
import { startProgram, type Program } from './program.ts'
import type { ProgramName } from './rights.ts'

export interface ProgramPlan {
  readonly arguments: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly handlers: () => Handlers
  /** Done with a fresh program before anything is asked of it. If it fails, so does everything asked. */
  readonly prepare?: (channel: Channel) => Promise<void>
  /** Called after a program was started again in place of one that died. */
  readonly restarted?: () => void
}

interface Running {
  readonly program: Program
  readonly prepared: Promise<void>
}

/** These come back when they are asked for the next time. */
const onDemand: ReadonlySet<ProgramName> = new Set(['console', 'editor', 'tokens', 'gateway'])
/** More deaths than this within a minute, and a program stays down until it is asked for again. */
const mostDeaths = 5
const minute = 60_000

/** The children of the broker, each started when it is first needed. */
export class Programs {
  readonly #plans: Readonly<Record<ProgramName, ProgramPlan>>
  readonly #clock: Clock
  readonly #phase: () => 'locked' | 'ready'
  readonly #running = new Map<ProgramName, Running>()
  readonly #deaths = new Map<ProgramName, number[]>()
  #isStopping = false

  constructor(
    plans: Readonly<Record<ProgramName, ProgramPlan>>,
    { clock, phase }: { clock: Clock; phase: () => 'locked' | 'ready' },
  ) {
    this.#plans = plans
    this.#clock = clock
    this.#phase = phase
  }

  /** Starts a program if it does not run. @throws Fault `program-gone` if it keeps dying. */
  start(name: ProgramName): void {
    if (!this.isRunning(name)) this.#start(name)
  }

  /**
   * Asks a program; a program that dies meanwhile is a fault, never a wait without end.
   * @param options.signal Takes the request back: the program ends its work.
   * @throws Fault of the program; `program-gone`; `connection-closed` if the request was taken back.
   */
  async ask<Name extends MessageName>(
    name: ProgramName,
    message: Name,
    request: RequestOf<Name>,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<ReplyOf<Name>> {
    const { program, prepared } = this.#running.get(name) ?? this.#start(name)
    try {
      await prepared
      return await program.channel.ask(message, request, options)
    } catch (thrown) {
      const isTakenBack = options.signal?.aborted === true
      if (!isTakenBack && thrown instanceof Fault && thrown.code === 'connection-closed') {
        throw new Fault('program-gone', `the ${name} died meanwhile`, { cause: thrown })
      }
      throw thrown
    }
  }

  /** Tells a program that is running; one that is not has nothing to be told. */
  tell<Name extends MessageName>(name: ProgramName, message: Name, request: RequestOf<Name>): void {
    this.#running.get(name)?.program.channel.tell(message, request)
  }

  /** Ends a program that runs, as if nobody had asked for it yet. */
  async end(name: ProgramName): Promise<void> {
    await this.#running.get(name)?.program.stop()
  }

  list(): Program[] {
    return [...this.#running.values()].map(({ program }) => program)
  }

  isRunning(name: ProgramName): boolean {
    return this.#running.has(name)
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    await Promise.all(this.list().map((program) => program.stop()))
  }

  #start(name: ProgramName): Running {
    if (this.#isStopping) throw new Fault('program-gone', 'the broker is stopping')
    if (this.#recentDeaths(name) >= mostDeaths) throw new Fault('program-gone', `the ${name} keeps dying`)
    const plan = this.#plans[name]
    const options = { name, arguments: plan.arguments, env: plan.env, handlers: plan.handlers() }
    const program = startProgram({ ...options, clock: this.#clock, phase: this.#phase })
    const prepared = plan.prepare?.(program.channel) ?? Promise.resolve()
    prepared.catch(() => {})
    const running = { program, prepared }
    this.#running.set(name, running)
    void program.ended.then(() => this.#bury(program))
    return running
  }

  #bury(program: Program): void {
    const { name } = program
    this.#running.delete(name)
    if (this.#isStopping) return
    this.#deaths.set(name, [...(this.#deaths.get(name) ?? []), this.#clock.monotonic()])
    if (onDemand.has(name) || this.#recentDeaths(name) >= mostDeaths) return
    this.#start(name)
    this.#plans[name].restarted?.()
  }

  #recentDeaths(name: ProgramName): number {
    const since = this.#clock.monotonic() - minute
    const recent = (this.#deaths.get(name) ?? []).filter((moment) => moment > since)
    this.#deaths.set(name, recent)
    return recent.length
  }
}
