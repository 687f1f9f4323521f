// T13: a passkey's word that was not given.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import {
  allow,
  challengeOf,
  enrol,
  enter,
  originOf,
  SoftwarePasskey,
  ticketOf,
} from '../../tools/passkeys.ts'
import { openTrial, type ConsoleSession, type Trial } from '../../tools/trial.ts'

describe('T13: a passkey’s word that was not given', () => {
  const passkey = new SoftwarePasskey()
  let trial: Trial
  let person: ConsoleSession
  let folder: string
  let port: number

  before(async () => {
    trial = await openTrial()
    folder = mkdtempSync(`${tmpdir()}/keyreeve-t13-`)
    writeFileSync(`${folder}/server.key`, 'not a key, by its name one\n')
    writeFileSync(`${folder}/other.key`, 'another one\n')
    const ticket = await ticketOf(trial, 'add laptop')
    port = ticket.port
    await enrol(ticket, passkey)
    person = await enter(port, passkey)
  })

  after(async () => {
    person.close()
    await trial.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function asking(name = 'server.key') {
    const client = await trial.assistant('reader')
    const answer = client.callTool({ name: 'read_file', arguments: { path: `${folder}/${name}` } })
    const card = await person.nextCard()
    await new Promise((resolve) => setTimeout(resolve, card.armedAfter + 20))
    return { answer, card, challenge: await challengeOf(person, card) }
  }

  async function refused(sent: Promise<unknown>, code: string): Promise<void> {
    await assert.rejects(sent, { code })
  }

  test('T13: the bearer alone allows nothing that needs a passkey, and the card stays', async () => {
    const { answer, card, challenge } = await asking()
    assert.equal(card.tier, 2)
    await refused(allow(person, card), 'passkey-needed')
    await refused(allow(person, card), 'passkey-needed')
    await allow(person, card, passkey.sign({ challenge, origin: originOf(port) }))
    const { text } = (await answer).structuredContent as { text: string }
    assert.equal(text, 'not a key, by its name one\n')
  })

  test('T13: an assertion for another card, path, scope, page, person or key is refused', async () => {
    const origin = originOf(port)
    const old = await asking()
    const spent = passkey.sign({ challenge: old.challenge, origin })
    await allow(person, old.card, spent)
    await old.answer
    const other = await asking('other.key')
    const { answer, card, challenge } = await asking()
    assert.notEqual(challenge, old.challenge)
    const wider = await challengeOf(person, card, 'folder-hour')
    const sign = (over: object) => allow(person, card, passkey.sign({ challenge, origin, ...over }))
    await refused(allow(person, old.card, spent), 'consent-gone')
    await refused(allow(person, card, spent), 'passkey-invalid')
    await refused(sign({ challenge: other.challenge }), 'passkey-invalid')
    await refused(sign({ challenge: wider }), 'passkey-invalid')
    await refused(sign({ origin: `http://console.localhost:${port + 1}` }), 'passkey-invalid')
    await refused(sign({ origin: `http://localhost:${port}` }), 'passkey-invalid')
    await refused(sign({ origin: 'http://evil.example' }), 'passkey-invalid')
    await refused(sign({ relyingParty: 'localhost' }), 'passkey-invalid')
    await refused(sign({ flags: 0x01 }), 'passkey-invalid')
    await refused(sign({ more: { crossOrigin: true } }), 'passkey-invalid')
    const stranger = new SoftwarePasskey()
    const named = { ...stranger.sign({ challenge, origin }), id: passkey.id }
    await refused(allow(person, card, stranger.sign({ challenge, origin })), 'passkey-unknown')
    await refused(allow(person, card, named), 'passkey-invalid')
    const earlier = passkey.counter
    passkey.counter = 0
    await refused(sign({}), 'passkey-invalid')
    passkey.counter = earlier
    await sign({})
    await allow(person, other.card, passkey.sign({ challenge: other.challenge, origin }))
    await Promise.all([answer, other.answer])
  })

  test('T13: a challenge to sign in is good once, and not for a card', async () => {
    const { askConsole } = await import('../../tools/trial.ts')
    const { challenge } = (await askConsole(port, '/api/passkeys/challenge', {})) as { challenge: string }
    const assertion = passkey.sign({ challenge, origin: originOf(port) })
    const again = { ...passkey.sign({ challenge, origin: originOf(port) }) }
    await askConsole(port, '/api/passkeys/enter', { assertion })
    await refused(askConsole(port, '/api/passkeys/enter', { assertion: again }), 'passkey-invalid')
    const made = { assertion: passkey.sign({ challenge: 'A'.repeat(43), origin: originOf(port) }) }
    await refused(askConsole(port, '/api/passkeys/enter', made), 'passkey-invalid')
  })

  test('T13: with a passkey enrolled no command gives a code any more', async () => {
    const { stdout } = await trial.run(['ui', '--json', '--no-open'])
    assert.equal((JSON.parse(stdout) as { url: string }).url, `${originOf(port)}/`)
    await refused(
      import('../../tools/trial.ts').then(({ askConsole }) => askConsole(port, '/api/login', { code: '' })),
      'code-invalid',
    )
  })

  test('T13: the log holds what was signed, and verifies it with the keys of its days', async () => {
    const keys = `${folder}/keys.json`
    const { stdout } = await trial.run(['log', 'keys', '--json'])
    writeFileSync(keys, stdout)
    await trial.run(['stop'])
    const verified = await trial.run(['log', 'verify', '--keys', keys, '--json'])
    const { ok, receipts, passkeys, problems } = JSON.parse(verified.stdout) as Record<string, unknown>
    assert.deepEqual([ok, receipts, problems], [true, 4, []])
    assert.equal((passkeys as string[]).length, 1)
    assert.equal((await trial.run(['start'])).code, 0)
  })
})
