// keyreeve doctor
import { asFault, shown, type ExitCode } from '#base'
import type { Check } from '#wire'
import { checkedSocket, withBroker } from './connection.ts'
import type { Call, Machine } from './machine.ts'
import type { Style, Terminal } from './terminal.ts'

const styles = { ok: 'good', warning: 'warning', failed: 'bad' } as const satisfies Record<
  Check['state'],
  Style
>
const oldestNode = 24

/** Prints every check, the broker's and those of this side; ends with 1 if one failed. */
export async function doctor({ machine, terminal }: Call): Promise<ExitCode> {
  const checks = [
    nodeCheck(machine.nodeVersion),
    environmentCheck(machine.env),
    socketCheck(machine),
    ...(await brokerChecks(machine)),
  ]
  terminal.data({ checks }, doctorLines(checks, terminal))
  return checks.some(({ state }) => state === 'failed') ? 1 : 0
}

export function doctorLines(checks: readonly Check[], terminal: Pick<Terminal, 'styled'>): string[] {
  const longest = Math.max(...checks.map(({ name }) => name.length))
  return checks.flatMap(({ name, state, detail, next }) => [
    `${terminal.styled(state.padEnd(7), styles[state])}  ${shown(name).padEnd(longest)}  ${shown(detail)}`,
    ...(next === null ? [] : [`${' '.repeat(longest + 11)}next: ${shown(next)}`]),
  ])
}

export function nodeCheck(version: string): Check {
  const isNew = Number(version.replace(/^v/, '').split('.')[0]) >= oldestNode
  const next = isNew ? null : `install Node ${oldestNode} or newer`
  return { name: 'node', state: isNew ? 'ok' : 'failed', detail: version, next }
}

/** An inspector or preloaded code in this environment would reach every program that is started from here. */
export function environmentCheck(env: Machine['env']): Check {
  const name = 'environment'
  const suspects = [
    'NODE_OPTIONS',
    'NODE_REPL_EXTERNAL_MODULE',
    'LD_PRELOAD',
    'DYLD_INSERT_LIBRARIES',
  ].filter((variable) => (env[variable] ?? '') !== '')
  if (suspects.length === 0) return { name, state: 'ok', detail: 'nothing changes how Node runs', next: null }
  const inspects = /--inspect|--debug/.test(env['NODE_OPTIONS'] ?? '')
  const detail = `${suspects.join(', ')} set${inspects ? ', and it opens an inspector' : ''}`
  return { name, state: 'warning', detail, next: 'unset it before "keyreeve start" and "keyreeve mcp"' }
}

function socketCheck(machine: Machine): Check {
  try {
    return { name: 'socket', state: 'ok', detail: checkedSocket(machine), next: null }
  } catch (thrown) {
    return failedCheck('socket', thrown)
  }
}

async function brokerChecks(machine: Machine): Promise<Check[]> {
  try {
    return await withBroker(machine, async (broker) => {
      const { checks } = await broker.ask('doctor', {})
      return [...checks, ...(await consoleCheck(await broker.ask('status', {})))]
    })
  } catch (thrown) {
    return [failedCheck('broker', thrown)]
  }
}

async function consoleCheck({ console }: { console: { port: number } | null }): Promise<Check[]> {
  if (console === null) return []
  const { isListening } = await import('./port.ts')
  const [four, six] = await Promise.all([
    isListening('127.0.0.1', console.port),
    isListening('::1', console.port),
  ])
  const detail = `port ${console.port}: 127.0.0.1 ${four ? 'answers' : 'is silent'}, ::1 ${six ? 'answers' : 'is silent'}`
  if (four && six) return [{ name: 'console port', state: 'ok', detail, next: null }]
  // Browsers prefer ::1 for *.localhost: whoever else binds it would be taken for the console.
  return [
    {
      name: 'console port',
      state: four ? 'warning' : 'failed',
      detail,
      next: 'run "keyreeve stop" and "keyreeve start"',
    },
  ]
}

function failedCheck(name: string, thrown: unknown): Check {
  const { message, next } = asFault(thrown, 'the check itself failed')
  return { name, state: 'failed', detail: message, next }
}
