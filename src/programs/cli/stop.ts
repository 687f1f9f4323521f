// keyreeve stop
import { errorCode, type ExitCode } from '#base'
import { kill } from 'node:process'
import { connect } from './connection.ts'
import type { Call, Machine } from './machine.ts'

/** Milliseconds that a broker has to write what it must and end. */
const patience = 5000
const step = 20

/** Asks the broker to end and waits until it has. @throws Fault `not-running` */
export async function stop({ machine, terminal }: Call): Promise<ExitCode> {
  const broker = await connect(machine, { role: 'cli' })
  const { pid } = await broker.ask('status', {})
  await broker.ask('stop', {})
  broker.close()
  const isGone = await hasEnded(pid, machine)
  terminal.data({ stopped: true, pid }, [isGone ? 'stopped' : `stopping (pid ${pid})`])
  return 0
}

async function hasEnded(pid: number, machine: Machine, waited = 0): Promise<boolean> {
  if (!isAlive(pid)) return true
  if (waited >= patience) return false
  await machine.pause(step)
  return hasEnded(pid, machine, waited + step)
}

function isAlive(pid: number): boolean {
  try {
    return kill(pid, 0)
  } catch (thrown) {
    return errorCode(thrown) === 'EPERM'
  }
}
