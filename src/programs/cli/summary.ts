// What a person sees once the broker runs: where everything is, and how to connect an assistant.
import { Fault, shown } from '#base'
import type { ReplyOf } from '#wire'
import { checkedSocket, type Connection } from './connection.ts'
import type { Call } from './machine.ts'
import { gatewayText, keystoreText } from './status.ts'
import { pairs, type Terminal } from './terminal.ts'

export interface Summary {
  readonly document: object
  readonly lines: readonly string[]
}

interface Parts {
  readonly status: ReplyOf<'status'>
  readonly link: ReplyOf<'console.open'> | null
  readonly socket: string
  /** The command that an assistant's configuration names. */
  readonly command: string
}

export async function summaryOf(broker: Connection, { machine, terminal }: Call): Promise<Summary> {
  const status = await broker.ask('status', {})
  const link = await linkOf(broker)
  return describe({ status, link, socket: checkedSocket(machine), command: machine.command }, terminal)
}

/** A console that is not there is no reason to end: `keyreeve watch` answers as well. */
async function linkOf(broker: Connection): Promise<ReplyOf<'console.open'> | null> {
  try {
    return await broker.ask('console.open', {})
  } catch (thrown) {
    if (thrown instanceof Fault) return null
    throw thrown
  }
}

function consoleText(link: Parts['link']): string {
  if (link === null) return 'off; use "keyreeve watch"'
  return `${link.url}  (${link.expiresAt === null ? 'sign in with your passkey' : 'good once, for a minute'})`
}

function describe({ status, link, socket, command }: Parts, terminal: Pick<Terminal, 'styled'>): Summary {
  const { phase, pid, home, keystore } = status
  const connecting = { mcpServers: { keyreeve: { command, args: ['mcp', '--assistant', 'NAME'] } } }
  return {
    document: {
      state: phase,
      pid,
      home,
      socket,
      keystore,
      console: link,
      gateway: status.gateway,
      ...connecting,
    },
    lines: [
      terminal.styled(`Keyreeve ${shown(status.version)} is ${phase}.`, 'strong'),
      '',
      ...pairs([
        ['Console', consoleText(link)],
        ['Gateway', gatewayText(status.gateway)],
        ['Socket', shown(socket)],
        ['Keystore', keystoreText(keystore, terminal)],
      ]),
      '',
      'To connect an assistant, add this to its MCP configuration, with a NAME of your choice:',
      '{',
      '  "mcpServers": {',
      `    "keyreeve": { "command": ${JSON.stringify(command)}, "args": ["mcp", "--assistant", "NAME"] }`,
      '  }',
      '}',
    ],
  }
}
