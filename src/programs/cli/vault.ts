// keyreeve vault status | lock | unlock
import { Fault, shown, type ExitCode } from '#base'
import { sealTo, type ReplyOf } from '#wire'
import { withBroker, type Connection } from './connection.ts'
import type { Call } from './machine.ts'
import { moment, pairs, table } from './terminal.ts'
import { askHidden, isKeyboard } from './typing.ts'

/** Times that a wrong passphrase may be typed again. */
const tries = 3

export async function status({ machine, terminal }: Call): Promise<ExitCode> {
  const vault = await withBroker(machine, (broker) => broker.ask('vault.status', {}))
  terminal.data(vault, vaultLines(vault))
  return 0
}

export function vaultLines(vault: ReplyOf<'vault.status'>): string[] {
  const state = vault.exists ? (vault.unlocked ? 'unlocked' : 'locked') : 'none yet'
  const slots = vault.slots.map((slot) => [
    slot.id,
    slot.kind,
    slot.assurance,
    moment(slot.createdAt),
    slot.place,
  ])
  return [
    ...pairs([
      ['vault', state],
      ['assurance', vault.assurance ?? 'unknown'],
      ['secrets', vault.secrets === null ? 'unknown while locked' : String(vault.secrets)],
    ]),
    ...(slots.length === 0 ? [] : ['', ...table(['slot', 'kind', 'assurance', 'made', 'place'], slots)]),
  ]
}

export async function lock({ machine, terminal }: Call): Promise<ExitCode> {
  await withBroker(machine, (broker) => broker.ask('vault.lock', {}))
  terminal.data({ locked: true }, ['locked'])
  return 0
}

/** Unlocks: first with the slots that need nobody, then with a passphrase. */
export async function unlock(call: Call): Promise<ExitCode> {
  const assurance = await withBroker(call.machine, (broker) => unlockWith(broker, call))
  call.terminal.data({ locked: false, assurance }, [`unlocked (assurance ${shown(assurance)})`])
  return 0
}

/**
 * Unlocks the vault over a connection; asks for the passphrase only where a person sits at a terminal.
 * @throws Fault of the broker: `locked` and the keystore's faults where no passphrase could be asked for,
 *   `passphrase-wrong` after three tries.
 */
export async function unlockWith(broker: Connection, call: Call): Promise<string> {
  try {
    return (await broker.ask('vault.unlock', {})).assurance
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.exit !== 5 || !isKeyboard(call.machine.stdin)) throw thrown
  }
  return unlockByPassphrase(broker, call, tries)
}

async function unlockByPassphrase(broker: Connection, call: Call, left: number): Promise<string> {
  const { stdin: keyboard, stderr: screen, random } = call.machine
  using passphrase = await askHidden({ keyboard, screen, prompt: 'Passphrase: ' })
  try {
    const sealed = sealTo(broker.greeting.keeperKey, passphrase, 'vault.unlock', random)
    return (await broker.ask('vault.unlock', { sealed })).assurance
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.code !== 'passphrase-wrong' || left <= 1) throw thrown
    call.terminal.say('That is not the passphrase.')
  }
  return unlockByPassphrase(broker, call, left - 1)
}
