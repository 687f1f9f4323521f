// T16: a person who is worn out by questions.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { openTrial, type ConsoleSession, type Trial } from '../../tools/trial.ts'

interface Result {
  readonly status: string
  readonly code?: string
  readonly until?: number
}

describe('T16: a person who is worn out by questions', () => {
  let home: string
  let trial: Trial
  let person: ConsoleSession

  before(async () => {
    home = mkdtempSync(`${tmpdir()}/keyreeve-t16-`)
    writeFileSync(`${home}/config.toml`, '[consent]\nflood = 4\n', { mode: 0o600 })
    for (const name of ['a', 'b', 'c', 'd', 'e']) writeFileSync(`${home}/${name}.txt`, name)
    trial = await openTrial({ home: `${home}/state` })
    await trial.run(['stop'])
    writeFileSync(`${home}/state/config.toml`, '[consent]\nflood = 4\n', { mode: 0o600 })
    await trial.run(['start'])
    person = await trial.console()
  })

  after(async () => {
    await trial.close()
    rmSync(home, { recursive: true, force: true })
  })

  async function read(assistant: string, name: string, more: object = {}): Promise<Result> {
    const client = await trial.assistant(assistant)
    const answer = await client.callTool({
      name: 'read_file',
      arguments: { path: `${home}/${name}.txt`, ...more },
    })
    return answer.structuredContent as Result
  }

  test('T16: what was denied twice raises no card, with another reason, other lines or in a batch', async () => {
    for (const reason of ['please', 'pretty please']) {
      const answer = read('beggar', 'a', { reason })
      await person.decide(await person.nextCard(), 'deny')
      assert.equal((await answer).code, 'consent-refused')
    }
    for (const more of [{ reason: 'third' }, { lines: [[1, 1]] }, { mode: 'outline' }]) {
      const { code, until } = await read('beggar', 'a', more)
      assert.equal(code, 'embargoed')
      assert.ok((until ?? 0) > Date.now())
    }
    const client = await trial.assistant('beggar')
    const items = ['a', 'b'].map((name) => ({ path: `${home}/${name}.txt`, scope: 'file-session' }))
    const batch = await client.callTool({ name: 'request_access', arguments: { items, reason: 'work' } })
    assert.equal((batch.structuredContent as Result).code, 'embargoed')
  })

  test('T16: more cards than the limit within ten minutes are refused, until a time that is told', async () => {
    for (const name of ['a', 'b', 'c', 'd']) {
      const answer = read('flood', name)
      await person.decide(await person.nextCard(), 'deny')
      assert.equal((await answer).code, 'consent-refused')
    }
    const { code, until } = await read('flood', 'e')
    assert.equal(code, 'busy')
    assert.ok((until ?? 0) > Date.now())
  })
})
