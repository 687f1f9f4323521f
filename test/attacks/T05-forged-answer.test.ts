// T05: an answer that nobody gave.
import { messages } from '#wire'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { dial } from '../../tools/dial.ts'
import { openTrial, type ConsoleSession, type Trial } from '../../tools/trial.ts'

describe('T05: an answer that nobody gave', () => {
  let trial: Trial
  let person: ConsoleSession
  let folder: string

  before(async () => {
    trial = await openTrial()
    person = await trial.console()
    folder = mkdtempSync(`${tmpdir()}/keyreeve-t05-`)
    writeFileSync(`${folder}/file.txt`, 'content\n')
  })

  after(async () => {
    await trial.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function asking(name: string) {
    const client = await trial.assistant(name)
    const answer = client.callTool({ name: 'read_file', arguments: { path: `${folder}/file.txt` } })
    return { answer, card: await person.nextCard() }
  }

  test('T05: an answer with another digest, too early, of no offered scope or to no card is refused', async () => {
    const { answer, card } = await asking('forger')
    const decide = (id: string, body: object) => person.post(`/api/consent/${id}`, body)
    const good = { digest: card.digest, decision: 'allow', scope: 'once' }
    await assert.rejects(decide(card.id, good), { code: 'consent-too-early' })
    await new Promise((resolve) => setTimeout(resolve, card.armedAfter + 20))
    await assert.rejects(decide(card.id, { ...good, digest: '0'.repeat(64) }), { code: 'consent-changed' })
    await assert.rejects(decide('A'.repeat(16), good), { code: 'consent-gone' })
    await decide(card.id, { ...good, decision: 'deny' })
    await assert.rejects(decide(card.id, good), { code: 'consent-gone' })
    const result = (await answer).structuredContent as { code: string }
    assert.equal(result.code, 'consent-refused')
  })

  test('T05: an assistant on the socket cannot answer, grant, unlock or open the console', async () => {
    const { answer, card } = await asking('climber')
    for (const [name, body] of Object.entries({
      'consent.decide': { id: card.id, digest: card.digest, decision: 'allow', scope: 'once' },
      'console.open': {},
      'vault.unlock': {},
      'watch.offer': {},
      'secret.set': { name: 'x', sealed: 'AAAA' },
      'grant.revoke': { all: true },
      stop: {},
    })) {
      const shim = await dial(trial, { role: 'shim', assistant: 'climber' })
      await assert.rejects(shim.ask(name as 'stop', body as never), { code: 'message-not-yours' }, name)
      shim.close()
    }
    await person.decide(card, 'deny')
    await answer
  })

  test('T05: no message of the table lets an assistant decide, widen or reveal', () => {
    const theirs = Object.entries(messages).flatMap(([name, { from }]) =>
      from.includes('shim') || from.includes('sdk') ? [name] : [],
    )
    assert.deepEqual(theirs.toSorted(), [
      'access.request',
      'access.wait',
      'call.prepare',
      'client.claim',
      'file.edit',
      'file.grep',
      'file.list',
      'file.read',
      'file.search',
      'grant.list',
      'hello',
      'route.list',
      'secret.list',
      'status',
    ])
  })

  test('T05: a terminal must type the code, and a process without a terminal cannot offer to answer', async () => {
    const { answer, card } = await asking('terminal')
    const watch = await dial(trial, { role: 'watch' })
    await assert.rejects(watch.ask('watch.offer', {}), { code: 'terminal-needed' })
    await assert.rejects(watch.ask('watch.prove', { code: '000000' }), { code: 'code-invalid' })
    const decision = { id: card.id, digest: card.digest, decision: 'allow', scope: 'once' } as const
    await assert.rejects(watch.ask('consent.decide', decision), { code: 'terminal-needed' })
    watch.close()
    await person.decide(card, 'deny')
    await answer
  })
})
