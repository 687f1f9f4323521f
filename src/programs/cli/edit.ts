// keyreeve edit list | undo
import { shown, type ExitCode } from '#base'
import { withBroker } from './connection.ts'
import type { Call } from './machine.ts'
import { moment, table } from './terminal.ts'

export async function list({ machine, terminal }: Call): Promise<ExitCode> {
  const { edits } = await withBroker(machine, (broker) => broker.ask('edit.list', {}))
  const rows = edits.map(({ edit, path, time }) => [edit, moment(time), shown(path, 4096)])
  terminal.data({ edits }, table(['id', 'written', 'path'], rows))
  return 0
}

/** @throws Fault `edit-unknown`; `file-changed` if the file is not what the edit left */
export async function undo({ machine, terminal, arguments: [edit = ''] }: Call): Promise<ExitCode> {
  await withBroker(machine, (broker) => broker.ask('edit.undo', { edit }))
  terminal.data({ undone: edit }, [`${edit} taken back`])
  return 0
}
