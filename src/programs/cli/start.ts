// keyreeve start
import { Fault, type ExitCode } from '#base'
import { connect, type Connection } from './connection.ts'
import { launchBroker, type LaunchedBroker } from './launch.ts'
import type { Call } from './machine.ts'
import { summaryOf } from './summary.ts'
import { unlockWith } from './vault.ts'

/** Milliseconds that a broker has to end after it was asked to. */
const patience = 5000

/**
 * Starts the broker. In the background it returns once the broker is ready; with --foreground it stays until the
 * broker ends, and ends with its exit code.
 * @throws Fault `already-running` if one runs already and this one was to stay attached, or is of another version.
 */
export async function start(call: Call): Promise<ExitCode> {
  const isForeground = call.options['foreground'] === true
  const running = await runningVersion(call)
  if (running !== null) return alreadyRunning(call, running, isForeground)
  const broker = await launchBroker(call.machine, isForeground ? 'inherit' : 'ignore')
  if (isForeground) return stay(call, broker)
  await introduce(call)
  broker.leave()
  return 0
}

async function runningVersion({ machine }: Call): Promise<string | null> {
  try {
    const broker = await connect(machine, { role: 'cli' })
    const { version } = await broker.ask('status', {})
    broker.close()
    return version
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'not-running') return null
    throw thrown
  }
}

async function alreadyRunning(call: Call, version: string, isForeground: boolean): Promise<ExitCode> {
  if (isForeground || version !== call.machine.version) {
    throw new Fault('already-running', `a broker of version ${version} runs for this home`)
  }
  call.terminal.say('Keyreeve runs already.')
  await introduce(call)
  return 0
}

/** Unlocks if somebody has to, and says how to go on. */
async function introduce(call: Call): Promise<void> {
  const broker = await connect(call.machine, { role: 'cli' })
  try {
    if (broker.greeting.phase === 'locked') await tryUnlock(broker, call)
    const summary = await summaryOf(broker, call)
    call.terminal.data(summary.document, summary.lines)
  } finally {
    broker.close()
  }
}

/** A vault that stays locked is no reason to end: `keyreeve unlock` can follow. */
async function tryUnlock(broker: Connection, call: Call): Promise<void> {
  try {
    await unlockWith(broker, call)
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    call.terminal.say(`The vault stays locked: ${thrown.message} (${thrown.code}). Next: ${thrown.next}`)
  }
}

async function stay(call: Call, broker: LaunchedBroker): Promise<ExitCode> {
  const interrupted = call.machine.interrupted()
  const stopping = stopWhen(interrupted, broker, call)
  try {
    await introduce(call)
    await proveItWorks(call, interrupted)
  } catch (thrown) {
    if (!interrupted.aborted) await stopBroker(broker, call)
    if (!interrupted.aborted) throw thrown
  }
  const code = await broker.ended
  await stopping
  // A broker that a signal ended says nothing; that is an error unless we sent it.
  return code === 0 || interrupted.aborted ? 0 : 1
}

async function proveItWorks({ machine, terminal }: Call, signal: AbortSignal): Promise<void> {
  const { selfTest, selfTestLine } = await import('./self-test.ts')
  terminal.say('\nSelf-test, on a throwaway home:')
  for await (const step of selfTest(machine, signal)) {
    terminal.data({ selfTest: step }, [selfTestLine(step, terminal)])
  }
  if (!signal.aborted) terminal.say('\nRunning. Ctrl-C stops it.')
}

async function stopWhen(interrupted: AbortSignal, broker: LaunchedBroker, call: Call): Promise<void> {
  const wish = new Promise((resolve) => interrupted.addEventListener('abort', resolve, { once: true }))
  await Promise.race([wish, broker.ended])
  if (interrupted.aborted) await stopBroker(broker, call)
}

async function stopBroker(broker: LaunchedBroker, { machine }: Call): Promise<void> {
  broker.kill('SIGTERM')
  const cancel = machine.clock.after(patience, () => broker.kill('SIGKILL'))
  await broker.ended
  cancel()
}
