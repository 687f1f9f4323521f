// keyreeve device enroll | status | forget
import { Fault, Secret, shown, type ExitCode } from '#base'
import type { ReplyOf } from '#wire'
import { hostname } from 'node:os'
import { connect, withBroker, type Connection } from './connection.ts'
import type { Call } from './machine.ts'
import { moment, pairs, table } from './terminal.ts'
import { readAll } from './secret.ts'
import { askHidden, isKeyboard } from './typing.ts'
import { openLink } from './ui.ts'

/** Enrols this machine: a person signs in at the organisation's token server. @throws Fault `usage` without --issuer */
export async function enroll(call: Call): Promise<ExitCode> {
  const { issuer, headless, label } = call.options
  if (typeof issuer !== 'string') throw new Fault('usage', 'give --issuer URL')
  const broker = await connect(call.machine, { role: 'cli' })
  try {
    const flow = call.options['invited'] === true ? 'invitation' : headless === true ? 'code' : 'browser'
    const invitation = flow === 'invitation' ? { invitation: await askInvitation(call) } : {}
    const name = typeof label === 'string' ? label : hostname().slice(0, 128)
    const { url, userCode } = await broker.ask('device.enrol', { issuer, flow, label: name, ...invitation })
    tellWhere(call, url, userCode)
    const { device, scope } = await signedIn(broker)
    call.terminal.data({ device, scope }, [`enrolled as ${shown(device)}`, `may ask for  ${shown(scope)}`])
    return 0
  } finally {
    broker.close()
  }
}

/** By prompt or stdin: what stands on a command line is seen by others. */
async function askInvitation({ machine }: Call): Promise<string> {
  const { stdin, stderr: screen } = machine
  using typed = isKeyboard(stdin)
    ? await askHidden({ keyboard: stdin, screen, prompt: 'Invitation: ' })
    : Secret.own(await readAll(stdin))
  return typed.lend((bytes) => new TextDecoder().decode(bytes)).trim()
}

function tellWhere(call: Call, url: string | null, userCode: string | null): void {
  if (url === null) return
  // With --json the first of two lines: whoever reads it must know where to send the person.
  call.terminal.data({ url, userCode }, [])
  if (userCode !== null) {
    call.terminal.say(`Open ${shown(url, 2048)} in a browser and type ${shown(userCode)}`)
    return
  }
  const isOpened = call.options['open'] !== false && openLink(call.machine, url)
  call.terminal.say(
    `${isOpened ? 'Sign in in the browser' : 'Open this in your browser'}: ${shown(url, 2048)}`,
  )
}

async function signedIn(broker: Connection): Promise<NonNullable<ReplyOf<'device.wait'>['enrolled']>> {
  for (;;) {
    const { enrolled } = await broker.ask('device.wait', {})
    if (enrolled !== null) return enrolled
  }
}

export async function status({ machine, terminal }: Call): Promise<ExitCode> {
  const state = await withBroker(machine, (broker) => broker.ask('device.status', {}))
  terminal.data(state, statusLines(state))
  return state.device === null ? 6 : 0
}

function statusLines({ device, tokens }: ReplyOf<'device.status'>): string[] {
  if (device === null)
    return ['this machine is no enrolled device', 'next: keyreeve device enroll --issuer URL']
  const rows = tokens.map(({ audience, scope, state, expiresIn }) => [
    shown(audience),
    shown(scope),
    state,
    expiresIn === 0 ? '' : `${expiresIn} s`,
  ])
  return [
    ...pairs([
      ['device', shown(device.id)],
      ['issuer', shown(device.issuer)],
      ['may ask for', shown(device.scope)],
      ['enrolled', device.since === null ? 'unknown' : `${moment(device.since)} UTC`],
      ['attested until', device.attestedUntil === null ? 'unknown' : `${moment(device.attestedUntil)} UTC`],
      [
        'key',
        `in the vault; it never leaves the keeper; fingerprint ${shown(device.fingerprint ?? 'unknown')}`,
      ],
      ['token server', serverText({ device, tokens })],
    ]),
    ...(rows.length === 0 ? [] : ['', ...table(['token for', 'scope', 'state', 'left'], rows)]),
  ]
}

/** Whether the token server answers, and what lasts how long where it does not. */
export function serverText({ device, tokens }: ReplyOf<'device.status'>): string {
  if (device === null) return ''
  if (device.server !== 'unreachable') {
    return device.server === 'reachable' ? 'answers' : 'not asked since the start'
  }
  const left = Math.max(0, ...tokens.map(({ expiresIn }) => expiresIn))
  const cloud = left === 0 ? 'no cloud scope until it does' : `cloud scopes last ${left} s at most`
  return `does not answer; ${cloud}; local scopes go on`
}

export async function forget({ machine, terminal }: Call): Promise<ExitCode> {
  await withBroker(machine, (broker) => broker.ask('device.forget', {}))
  terminal.data({ forgotten: true }, [
    'the key of this device is deleted',
    'tell your administrator: the token server still knows the device',
  ])
  return 0
}
