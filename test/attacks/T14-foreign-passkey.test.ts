// T14: a passkey that somebody else enrols.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { dial } from '../../tools/dial.ts'
import { enrol, enter, originOf, SoftwarePasskey, ticketOf } from '../../tools/passkeys.ts'
import { PersonTerminal } from '../../tools/pty.ts'
import { askConsole, everyByteBelow, openTrial, type Trial } from '../../tools/trial.ts'

describe('T14: a passkey that somebody else enrols', () => {
  const first = new SoftwarePasskey()
  let trial: Trial
  let port: number
  let recoveryCode: string

  before(async () => {
    trial = await openTrial()
    const ticket = await ticketOf(trial, 'add laptop')
    port = ticket.port
    recoveryCode = (await enrol(ticket, first)) ?? assert.fail('no recovery code was shown')
  })

  after(() => trial.close())

  async function listed(): Promise<{ label: string; fingerprint: string }[]> {
    const { stdout } = await trial.run(['passkey', 'list', '--json'])
    return (JSON.parse(stdout) as { passkeys: { label: string; fingerprint: string }[] }).passkeys
  }

  test('T14: no program without a terminal of its own may offer, and none that did not type the code', async () => {
    const { code, stderr } = await trial.run(['passkey', 'add', 'agent', '--no-open'])
    assert.notEqual(code, 0)
    assert.match(stderr, /terminal-needed/)
    const watch = await dial(trial, { role: 'watch' })
    const offer = { what: 'add', which: 'agent' } as const
    await assert.rejects(watch.ask('passkey.offer', offer), { code: 'terminal-needed' })
    watch.close()
    for (const role of ['cli', 'shim'] as const) {
      const channel = await dial(trial, { role, ...(role === 'shim' && { assistant: 'agent' }) })
      await assert.rejects(channel.ask('passkey.offer', offer), { code: 'message-not-yours' })
      channel.close()
    }
  })

  test('T14: a later passkey does not count before an enrolled one has signed for that very key', async () => {
    const stranger = new SoftwarePasskey()
    const { ticket, terminal } = await ticketOf(trial, 'add stranger')
    const origin = originOf(port)
    const task = (await askConsole(port, '/api/passkeys/task', { ticket })) as { challenge: string }
    const registration = stranger.register({ challenge: task.challenge, origin })
    const { confirm } = (await askConsole(port, '/api/passkeys/register', { ticket, registration })) as {
      confirm: { challenge: string }
    }
    const confirmBy = (passkey: SoftwarePasskey, challenge: string) =>
      askConsole(port, '/api/passkeys/confirm', { ticket, assertion: passkey.sign({ challenge, origin }) })
    await assert.rejects(confirmBy(stranger, confirm.challenge), { code: 'passkey-unknown' })
    await assert.rejects(confirmBy(first, task.challenge), { code: 'passkey-invalid' })
    await assert.rejects(enter(port, stranger), { code: 'passkey-unknown' })
    assert.deepEqual(
      (await listed()).map(({ label }) => label),
      ['laptop'],
    )
    // A second registration under the same ticket needs a word of its own.
    const other = new SoftwarePasskey().register({ challenge: task.challenge, origin })
    await askConsole(port, '/api/passkeys/register', { ticket, registration: other })
    await assert.rejects(confirmBy(first, confirm.challenge), { code: 'passkey-invalid' })
    await terminal.close()
  })

  test('T14: a ticket that is wrong, used, or was replaced changes nothing', async () => {
    const stranger = new SoftwarePasskey()
    const registration = stranger.register({ challenge: 'A'.repeat(43), origin: originOf(port) })
    const stale = await ticketOf(trial, 'add stale')
    const used = await ticketOf(trial, 'add second')
    const second = new SoftwarePasskey(-8)
    assert.equal(await enrol(used, second, first), null)
    for (const ticket of ['A'.repeat(43), stale.ticket, used.ticket]) {
      const sent = askConsole(port, '/api/passkeys/register', { ticket, registration })
      await assert.rejects(sent, { code: 'ticket-unknown' })
    }
    await stale.terminal.ended
    assert.match(stale.terminal.screen, /connection-closed/)
    const twice = await ticketOf(trial, 'add again')
    await assert.rejects(enrol(twice, second), { code: 'passkey-invalid' })
    await twice.terminal.close()
  })

  test('T14: the recovery code stands in for a lost passkey, once, and is kept only as a hash', async () => {
    const remove = async (code: string) => {
      const second = (await listed()).find(({ label }) => label === 'second')?.fingerprint ?? ''
      const terminal = new PersonTerminal(trial, `passkey remove ${second.slice(0, 16)} --recover`)
      await terminal.prove()
      await terminal.sees(/Recovery code: $/)
      terminal.type(`${code}\r`)
      await terminal.ended
      return terminal.screen
    }
    assert.match(await remove('00000-00000-00000-00000-00000'), /recovery-code-wrong/)
    assert.equal((await listed()).length, 2)
    const screen = await remove(recoveryCode.toUpperCase())
    assert.match(screen, /second removed/)
    const [, fresh] = /Recovery code: ([0-9a-z]{5}-[0-9a-z-]+)/.exec(screen) ?? []
    assert.ok(fresh !== undefined && fresh !== recoveryCode)
    assert.equal((await listed()).length, 1)
    const disk = everyByteBelow(trial.home)
    for (const code of [recoveryCode, fresh]) assert.ok(!disk.includes(code))
  })

  test('T14: every change is in the log, with whose word it was', async () => {
    const { stdout } = await trial.run(['log', 'list', '--limit', '200', '--json'])
    const { entries } = JSON.parse(stdout) as { entries: { event: Record<string, string> }[] }
    const changes = entries.map(({ event }) => event).filter(({ kind }) => kind === 'passkey')
    assert.deepEqual(
      changes.toReversed().map(({ what, label, by }) => [what, label, by]),
      [
        ['add', 'laptop', 'first'],
        ['add', 'second', 'passkey'],
        ['remove', 'second', 'recovery-code'],
      ],
    )
    assert.equal((await trial.run(['log', 'verify'])).code, 0)
  })
})
