// The start-up self-test: one brokered read, whole, by the same programs on a throwaway home.
import { asFault, Fault, shown } from '#base'
import { connect } from './connection.ts'
import type { Machine } from './machine.ts'
import { openStage, type Stage } from './self-test-stage.ts'
import type { Terminal } from './terminal.ts'

/** One thing that was proved, or not. */
export interface SelfTestStep {
  readonly name: string
  readonly ok: boolean
  readonly ms: number
  readonly detail: string
}

/** Milliseconds for everything. */
const limit = 20_000

/**
 * Proves the way of a read: a real assistant's shim asks, the console shows and allows, the shown bytes arrive, the
 * log says so. On the live broker it only proves that its own state cannot be read.
 * @param interrupted Ends it early.
 * @returns Steps as they end; after one that failed no later one of the throwaway home is tried. Every process and
 *   file of the test is gone when the last step has come.
 */
export async function* selfTest(machine: Machine, interrupted: AbortSignal): AsyncGenerator<SelfTestStep> {
  const end = new AbortController()
  const cancel = machine.clock.after(limit, () => end.abort())
  const signal = AbortSignal.any([interrupted, end.signal])
  const stage = openStage(machine)
  try {
    for (const [name, prove] of proofs) {
      const step = await measured(name, machine, () => untilEnded(signal, prove(stage)))
      if (interrupted.aborted) return
      yield step
      if (!step.ok) break
    }
  } finally {
    await stage.close()
    cancel()
  }
  if (!interrupted.aborted) yield await measured('live state', machine, () => liveStateIsDenied(machine))
}

const proofs: readonly (readonly [name: string, prove: (stage: Stage) => Promise<string>])[] = [
  ['start', (stage) => stage.start()],
  ['card', (stage) => stage.askAndSee()],
  ['read', (stage) => stage.allowAndCompare()],
  ['own state', (stage) => stage.ownStateIsDenied()],
  ['log', (stage) => stage.logTellsAll()],
]

export function selfTestLine(
  { name, ok, ms, detail }: SelfTestStep,
  { styled }: Pick<Terminal, 'styled'>,
): string {
  const mark = ok ? styled('ok', 'good') : styled('FAILED', 'bad')
  return `  ${mark}  ${name.padEnd(10)}  ${String(ms).padStart(5)} ms  ${shown(detail, 400)}`
}

async function measured(
  name: string,
  { clock }: Machine,
  prove: () => Promise<string>,
): Promise<SelfTestStep> {
  const begun = clock.monotonic()
  const elapsed = (): number => Math.round(clock.monotonic() - begun)
  try {
    const detail = await prove()
    return { name, ok: true, ms: elapsed(), detail }
  } catch (thrown) {
    const { code, message } = asFault(thrown, 'the step broke off')
    return { name, ok: false, ms: elapsed(), detail: `${message} (${code})` }
  }
}

function untilEnded<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  const ended = new Promise<never>((_, reject) => {
    const end = (): void => reject(new Fault('timed-out', 'the self-test took too long'))
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
  return Promise.race([work, ended])
}

async function liveStateIsDenied(machine: Machine): Promise<string> {
  const broker = await connect(machine, { role: 'shim', assistant: 'self-test' })
  try {
    if (broker.greeting.phase === 'locked') return 'the vault is locked: nothing is read at all'
    const path = `${broker.greeting.home}/vault/header.json`
    const reply = await broker.ask('file.read', { path }, { within: 5000 })
    if (reply.status === 'denied') return `a read of this home's own state is denied (${reply.code})`
    throw new Fault('verification-failed', 'a read of this home was not denied')
  } finally {
    broker.close()
  }
}
