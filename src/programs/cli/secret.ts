// keyreeve secret set | list | remove
import { concat, Fault, Secret, shown, type ExitCode } from '#base'
import { sealTo } from '#wire'
import { withBroker } from './connection.ts'
import type { Call, Machine } from './machine.ts'
import { moment, table } from './terminal.ts'
import { askHidden, isKeyboard } from './typing.ts'

const mostBytes = 1024 * 1024
const lineFeed = 0x0a
const carriageReturn = 0x0d

/**
 * Keeps a secret. Its value comes by a hidden prompt or by stdin, never by argv, and leaves sealed to the keeper.
 * @throws Fault `secret-too-large`, `usage` if there is no value.
 */
export async function set({ machine, terminal, arguments: [name = ''] }: Call): Promise<ExitCode> {
  using value = await readValue(machine, name)
  const info = await withBroker(machine, (broker) => {
    const sealed = sealTo(broker.greeting.keeperKey, value, `secret.set\0${name}`, machine.random)
    return broker.ask('secret.set', { name, sealed })
  })
  terminal.data(info, [`${shown(info.name)} kept, version ${info.version}`])
  return 0
}

export async function list({ machine, terminal }: Call): Promise<ExitCode> {
  const { secrets } = await withBroker(machine, (broker) => broker.ask('secret.list', {}))
  const rows = secrets.map((secret) => [
    secret.name,
    String(secret.version),
    moment(secret.updatedAt),
    String(secret.bytes),
  ])
  terminal.data({ secrets }, table(['name', 'version', 'changed', 'bytes'], rows))
  return 0
}

export async function remove({ machine, terminal, arguments: [name = ''] }: Call): Promise<ExitCode> {
  await withBroker(machine, (broker) => broker.ask('secret.remove', { name }))
  terminal.data({ removed: name }, [`${shown(name)} removed`])
  return 0
}

async function readValue(machine: Machine, name: string): Promise<Secret> {
  const { stdin, stderr: screen } = machine
  if (isKeyboard(stdin)) return askHidden({ keyboard: stdin, screen, prompt: `Value of ${shown(name)}: ` })
  const value = await readAll(stdin)
  if (value.length > 0) return Secret.own(value)
  throw new Fault('usage', 'stdin holds no value')
}

/** All of stdin but one line end, which an editor or `echo` put there. */
export async function readAll(stdin: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of stdin) {
    parts.push(part)
    size += part.length
    if (size > mostBytes + 2) throw new Fault('secret-too-large', 'the value is larger than 1 MiB')
  }
  const whole = concat(...parts)
  for (const part of parts) part.fill(0)
  return withoutLineEnd(whole)
}

function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  if (bytes.at(-1) !== lineFeed) return bytes
  return bytes.subarray(0, bytes.at(-2) === carriageReturn ? -2 : -1)
}
