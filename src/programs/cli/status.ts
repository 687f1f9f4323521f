// keyreeve status
import type { ExitCode } from '#base'
import { shown } from '#base'
import type { ReplyOf } from '#wire'
import { withBroker } from './connection.ts'
import { serverText } from './device.ts'
import type { Call } from './machine.ts'
import { moment, pairs, type Terminal } from './terminal.ts'

type Status = ReplyOf<'status'>

/** Shows what runs. @throws Fault `not-running` */
export async function status({ machine, terminal }: Call): Promise<ExitCode> {
  const { state, device } = await withBroker(machine, async (broker) => {
    const found = await broker.ask('status', {})
    return { state: found, device: found.phase === 'ready' ? await broker.ask('device.status', {}) : null }
  })
  const lines = [...statusLines(state, terminal), ...deviceLines(device)]
  terminal.data({ ...state, device: device?.device ?? null }, lines)
  return 0
}

export function statusLines(state: Status, terminal: Pick<Terminal, 'styled'>): string[] {
  const isReady = state.phase === 'ready'
  const { journal, keystore } = state
  return pairs([
    ['state', terminal.styled(state.phase, isReady ? 'good' : 'warning')],
    ['version', shown(state.version)],
    ['home', shown(state.home)],
    ['broker', `pid ${state.pid}, since ${moment(state.startedAt)} UTC`],
    ['programs', state.programs.map(({ name, pid }) => `${shown(name)} ${pid}`).join(', ') || 'none'],
    ['keystore', keystoreText(keystore, terminal)],
    ['journal', journal === null ? 'not open' : `${journal.size} entries, ${shown(journal.origin)}`],
    ['console', state.console === null ? 'off' : `port ${state.console.port}`],
    ['gateway', gatewayText(state.gateway)],
    ['assistants', state.assistants.map(({ assistant }) => shown(assistant)).join(', ') || 'none'],
    ['pending', String(state.pending)],
    ['grants', String(state.grants)],
  ])
}

/** Where assistants call models and APIs. */
export function gatewayText(gateway: Status['gateway']): string {
  if (gateway === null) return 'off until there is a route: keyreeve route add openai'
  const stopped = gateway.isStopped ? ', but every call is stopped: keyreeve route resume' : ''
  return `http://127.0.0.1:${gateway.port}${stopped}`
}

/** With whom this machine is enrolled, and whether the token server answers. */
function deviceLines(state: ReplyOf<'device.status'> | null): string[] {
  if (state === null) return []
  const { device } = state
  if (device === null) return pairs([['device    ', 'not enrolled']])
  return pairs([
    ['device    ', `${shown(device.id)} at ${shown(device.issuer)}; token server ${serverText(state)}`],
  ])
}

/** Names the store and how strong it is; a key that lies in a file is said loudly. */
export function keystoreText(
  { kind, assurance, place }: Status['keystore'],
  terminal: Pick<Terminal, 'styled'>,
): string {
  const where = `${shown(kind)}, assurance ${assurance ?? 'unknown'}`
  if (assurance !== 'file') return place === '' ? where : `${where}; ${shown(place)}`
  return `${where}. ${terminal.styled('WARNING: anyone who can read your files can read the key', 'bad')}`
}
