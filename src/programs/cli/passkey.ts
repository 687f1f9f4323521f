// keyreeve passkey list | add | remove
import { Fault, Secret, shown, type ExitCode } from '#base'
import type { Passkey, ReplyOf, RequestOf } from '#wire'
import { connect, withBroker, type Connection } from './connection.ts'
import type { Call } from './machine.ts'
import { moment, table } from './terminal.ts'
import { askHidden } from './typing.ts'
import { openLink } from './ui.ts'
import { openDesk, type Desk } from './watch-desk.ts'
import { proveTerminal } from './watch.ts'

type Wish = Pick<RequestOf<'passkey.offer'>, 'what' | 'which'>

export async function list({ terminal, machine }: Call): Promise<ExitCode> {
  const { passkeys } = await withBroker(machine, (broker) => broker.ask('passkey.list', {}))
  const head = ['fingerprint', 'label', 'enrolled', 'last used', 'synced']
  terminal.data({ passkeys }, table(head, passkeys.map(rowOf)))
  return 0
}

/** Enrols a passkey: in a terminal of the person's own, and then in the browser. */
export async function add(call: Call): Promise<ExitCode> {
  const which = call.arguments[0] ?? `passkey of ${moment(call.machine.clock.now()).slice(0, 10)}`
  return change({ what: 'add', which }, call)
}

/** Removes one, on the word of an enrolled passkey or the recovery code. */
export async function remove(call: Call): Promise<ExitCode> {
  return change({ what: 'remove', which: call.arguments[0] ?? '' }, call)
}

async function change(wish: Wish, call: Call): Promise<ExitCode> {
  const desk = openDesk()
  try {
    return await changeAt(desk, wish, call)
  } finally {
    desk.close()
  }
}

/**
 * Changes passkeys at a given desk.
 * @throws Fault `terminal-needed`, `code-invalid`, `recovery-code-wrong`, `passkey-unknown`, `timed-out`
 */
export async function changeAt(desk: Desk, wish: Wish, call: Call): Promise<ExitCode> {
  const handlers = { 'consent.card': () => undefined, 'consent.ended': () => undefined }
  const broker = await connect(call.machine, { role: 'watch', handlers })
  try {
    await proveTerminal(broker, desk, 'to change passkeys')
    const changed = await makeChange(broker, desk, { wish, call })
    tell(changed, desk, { wish, call })
  } finally {
    broker.close()
  }
  return 0
}

interface Asked {
  readonly wish: Wish
  readonly call: Call
}

async function makeChange(
  broker: Connection,
  desk: Desk,
  { wish, call }: Asked,
): Promise<ReplyOf<'passkey.wait'>> {
  const code = call.options['recover'] === true ? { recoveryCode: await askCode(desk) } : {}
  const { ticket, url } = await broker.ask('passkey.offer', { ...wish, ...code })
  if (url !== null) {
    const isOpened = call.options['open'] !== false && openLink(call.machine, url)
    desk.screen.write(`${isOpened ? 'Go on in the browser' : 'Open this in your browser'}: ${url}\n`)
    desk.screen.write('The link is good for five minutes, for this one change. Give it to nobody.\n')
  }
  return broker.ask('passkey.wait', { ticket })
}

async function askCode({ keyboard, screen }: Desk): Promise<string> {
  using code: Secret = await askHidden({ keyboard, screen, prompt: 'Recovery code: ' })
  if (code.length > 64) throw new Fault('recovery-code-wrong', 'that is longer than a recovery code')
  return code.lend((bytes) => new TextDecoder().decode(bytes))
}

/** The recovery code goes to the terminal alone, where stdout may be a file. */
function tell(
  { passkey, recoveryCode }: ReplyOf<'passkey.wait'>,
  { screen }: Desk,
  { wish, call }: Asked,
): void {
  const done = wish.what === 'add' ? 'enrolled' : 'removed'
  call.terminal.data({ [done]: passkey }, [
    `${shown(passkey.label, 128)} ${done}`,
    `fingerprint  ${passkey.fingerprint}`,
  ])
  if (recoveryCode === null) return
  screen.write(`\nRecovery code: ${recoveryCode}\n\n`)
  screen.write(
    'It stands in for a lost passkey, and is shown only now. Write it down, away from this machine.\n',
  )
}

function rowOf({ fingerprint, label, createdAt, lastUsedAt, isBackedUp }: Passkey): string[] {
  const used = lastUsedAt === null ? 'never' : moment(lastUsedAt)
  return [fingerprint.slice(0, 16), label, moment(createdAt), used, isBackedUp ? 'yes' : 'no']
}
