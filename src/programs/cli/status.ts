// keyreeve status
import type { ExitCode } from '#base'
import { shown } from '#base'
import type { ReplyOf } from '#wire'
import { withBroker } from './connection.ts'
import type { Call } from './machine.ts'
import { moment, pairs, type Terminal } from './terminal.ts'

type Status = ReplyOf<'status'>

/** Shows what runs. @throws Fault `not-running` */
export async function status({ machine, terminal }: Call): Promise<ExitCode> {
  const state = await withBroker(machine, (broker) => broker.ask('status', {}))
  terminal.data(state, statusLines(state, terminal))
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
    ['assistants', state.assistants.map(({ assistant }) => shown(assistant)).join(', ') || 'none'],
    ['pending', String(state.pending)],
    ['grants', String(state.grants)],
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
