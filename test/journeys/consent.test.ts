// Consent with real processes: what a card says of an assistant, how far an answer reaches, and how it ends.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { openTrial, type ConsoleSession, type Trial } from '../../tools/trial.ts'

interface Result {
  status: string
  code?: string
  text?: string
  until?: number
  grants?: { id: string; path: string; scope: string; destination: string }[]
  refused?: { path: string; code: string }[]
}

describe('consent', () => {
  let home: string
  let trial: Trial
  let person: ConsoleSession
  let folder: string

  before(async () => {
    home = mkdtempSync(`${tmpdir()}/keyreeve-consent-home-`)
    const settings = ['[assistants.destinations]', 'here = "local"', 'there = "cloud:api.example.com"']
    writeFileSync(`${home}/config.toml`, settings.join('\n'), { mode: 0o600 })
    trial = await openTrial({ home })
    person = await trial.console()
    folder = mkdtempSync(`${tmpdir()}/keyreeve-consent-`)
    for (const name of ['a.txt', 'b.txt', 'c.txt']) writeFileSync(`${folder}/${name}`, `${name}\n`)
    writeFileSync(`${folder}/.env`, 'PORT=8080\n')
  })

  after(async () => {
    await trial.close()
    for (const path of [home, folder]) rmSync(path, { recursive: true, force: true })
  })

  async function ask(assistant: string, name: string, args: object): Promise<Result> {
    const client = await trial.assistant(assistant)
    return askAs(client, name, args)
  }

  async function askAs(
    client: Awaited<ReturnType<Trial['assistant']>>,
    name: string,
    args: object,
  ): Promise<Result> {
    const answer = await client.callTool({ name, arguments: args as Record<string, unknown> })
    return answer.structuredContent as Result
  }

  test('a card says which program asks, by its hash, from which package, and where it goes to', async () => {
    const answer = ask('there', 'read_file', { path: `${folder}/a.txt` })
    const card = await person.nextCard()
    const { destination, proved } = card.caller
    assert.equal(destination, 'cloud:api.example.com')
    const file = readFileSync(realpathSync(proved.executable))
    assert.equal(proved.sha256, createHash('sha256').update(file).digest('hex'))
    assert.ok(proved.ancestry.some(({ pid }) => pid === process.pid))
    assert.equal(card.last, null)
    await person.decide(card, 'allow')
    assert.equal((await answer).text, 'a.txt\n')
    const again = ask('there', 'read_file', { path: `${folder}/a.txt` })
    const second = await person.nextCard()
    assert.equal(second.last?.method, 'console')
    await person.decide(second, 'deny')
    assert.equal((await again).code, 'consent-refused')
  })

  test('an assistant of which the settings say nothing has an unknown destination', async () => {
    const answer = ask('stranger', 'read_file', { path: `${folder}/a.txt` })
    const card = await person.nextCard()
    assert.equal(card.caller.destination, 'unknown')
    await person.decide(card, 'deny')
    assert.equal((await answer).code, 'consent-refused')
  })

  test('a batch is one card: what is sensitive is not ticked, and only what is ticked is given', async () => {
    const client = await trial.assistant('here')
    const items = ['a.txt', 'b.txt', '.env'].map((name) => ({
      path: `${folder}/${name}`,
      scope: 'file-session',
    }))
    const never = { path: `${process.env['HOME']}/.ssh/id_ed25519`, scope: 'file-session' }
    const answer = askAs(client, 'request_access', { items: [...items, never], reason: 'a task' })
    const card = await person.nextCard()
    assert.deepEqual(
      card.items.map(({ isTicked, classes }) => [isTicked, ...classes]),
      [[true], [true], [false, 'dotenv']],
    )
    await new Promise((resolve) => setTimeout(resolve, card.armedAfter + 20))
    const given = { digest: card.digest, decision: 'allow', scope: card.scopes[0], items: [0, 2] }
    await person.post(`/api/consent/${card.id}`, given)
    const result = await answer
    assert.deepEqual(
      result.grants?.map(({ path }) => path),
      [`${folder}/a.txt`, `${folder}/.env`],
    )
    assert.deepEqual(
      result.refused?.map(({ path, code }) => [path, code]),
      [
        [never.path, 'denied-by-policy'],
        [`${folder}/b.txt`, 'consent-refused'],
      ],
    )
    assert.equal((await askAs(client, 'read_file', { path: `${folder}/.env` })).status, 'ok')
  })

  test('an answer to another set of items does not count', async () => {
    const client = await trial.assistant('here')
    const items = [{ path: `${folder}/c.txt`, scope: 'file-session' }]
    const answer = askAs(client, 'request_access', { items, reason: 'a task' })
    const card = await person.nextCard()
    await new Promise((resolve) => setTimeout(resolve, card.armedAfter + 20))
    const given = { digest: card.digest, decision: 'allow', scope: 'file-session' }
    const refusals: [object, string][] = [
      [{ ...given, items: [1] }, 'consent-scope-refused'],
      [{ ...given, items: [] }, 'consent-scope-refused'],
      [{ ...given, digest: 'f'.repeat(64) }, 'consent-changed'],
    ]
    for (const [wrong, code] of refusals) {
      await assert.rejects(person.post(`/api/consent/${card.id}`, wrong), { code })
    }
    await person.decide(card, 'deny')
    assert.equal((await answer).code, 'consent-refused')
  })

  test('a standing grant is for one destination, opens nothing sensitive, and dies with its folder', async () => {
    const own = `${folder}/project`
    mkdirSync(own)
    writeFileSync(`${own}/plain.txt`, 'plain\n')
    writeFileSync(`${own}/.env`, 'PORT=1\n')
    const client = await trial.assistant('here')
    const items = [{ path: own, scope: 'folder-until-revoked' }]
    const given = askAs(client, 'request_access', { items, reason: 'to work here' })
    await person.decide(await person.nextCard(), 'allow')
    const [grant] = (await given).grants ?? []
    assert.equal(grant?.destination, 'local')
    assert.equal((await askAs(client, 'read_file', { path: `${own}/plain.txt` })).text, 'plain\n')
    const refused = [
      [client, `${own}/.env`],
      [await trial.assistant('there'), `${own}/plain.txt`],
    ] as const
    for (const [asker, path] of refused) {
      const answer = askAs(asker, 'read_file', { path })
      await person.decide(await person.nextCard(), 'deny')
      assert.equal((await answer).code, 'consent-refused')
    }
    renameSync(own, `${folder}/moved`)
    mkdirSync(own)
    writeFileSync(`${own}/plain.txt`, 'another\n')
    assert.equal((await askAs(client, 'read_file', { path: `${own}/plain.txt` })).code, 'grant-revoked')
    const { grants } = (await person.get('/api/grants')) as { grants: { id: string }[] }
    assert.ok(!grants.some(({ id }) => id === grant.id))
  })

  test('a second denial is an embargo that says when it ends', async () => {
    const client = await trial.assistant('pushy')
    for (let round = 0; round < 2; round++) {
      const answer = askAs(client, 'read_file', { path: `${folder}/b.txt`, reason: `please ${round}` })
      await person.decide(await person.nextCard(), 'deny')
      assert.equal((await answer).code, 'consent-refused')
    }
    const result = await askAs(client, 'read_file', { path: `${folder}/b.txt`, lines: [[1, 1]] })
    assert.equal(result.code, 'embargoed')
    assert.ok((result.until ?? 0) > Date.now())
  })
})
