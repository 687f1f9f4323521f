// A change of a file, through real clients and processes: shown as a diff, written whole once it was allowed, taken back.
import type { Client } from '@modelcontextprotocol/client'
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { everyByteBelow, openTrial, type ConsoleSession, type Trial } from '../../tools/trial.ts'

/** Looks like a key and is none: put together here so that no scanner finds it in the tree. */
const plantedKey = `ghp_${'A1b2C3d4'.repeat(5).slice(0, 36)}`
const content = `# settings\nname = "demo"\ntoken = "${plantedKey}"\nlast = true\n`
const changeOfName = '@@ -2,1 +2,1 @@\n-name = "demo"\n+name = "other"\n'

interface Result {
  status: string
  code?: string
  edit?: string
  text?: string
}

describe('edits', () => {
  let trial: Trial
  let person: ConsoleSession
  let client: Client
  let folder: string
  let path: string

  before(async () => {
    trial = await openTrial()
    person = await trial.console()
    client = await trial.assistant('editor')
    folder = mkdtempSync(`${tmpdir()}/keyreeve-edits-`)
    path = `${folder}/settings.toml`
  })

  after(async () => {
    await trial.close()
    rmSync(folder, { recursive: true, force: true })
  })

  function fresh(): void {
    writeFileSync(path, content)
    chmodSync(path, 0o640)
  }

  async function call(name: string, args: Record<string, unknown>): Promise<Result> {
    return (await client.callTool({ name, arguments: args })).structuredContent as Result
  }

  function propose(patch: string): Promise<Result> {
    return call('propose_edit', { path, patch, reason: 'to rename it' })
  }

  test('propose_edit shows the change, writes it whole, and keeps mode and neighbours', async () => {
    fresh()
    const answer = propose(changeOfName)
    const card = await person.nextCard()
    assert.deepEqual([card.kind, card.scopes, card.content?.text], ['edit', ['once'], changeOfName])
    assert.equal(readFileSync(path, 'utf8'), content)
    await person.decide(card, 'allow')
    assert.equal((await answer).status, 'ok')
    assert.equal(readFileSync(path, 'utf8'), content.replace('demo', 'other'))
    assert.equal(statSync(path).mode & 0o777, 0o640)
    assert.deepEqual(readdirSync(folder), ['settings.toml'])
  })

  test('a line that stays keeps its secret, and no placeholder is written for one', async () => {
    fresh()
    const reading = call('read_file', { path })
    await person.decide(await person.nextCard(), 'allow')
    const shown = (await reading).text ?? ''
    const masked = shown.split('\n')[2] ?? ''
    assert.ok(!masked.includes(plantedKey))
    const answer = propose(`@@ -3,2 +3,2 @@\n ${masked}\n-last = true\n+last = false\n`)
    const card = await person.nextCard()
    assert.ok(!JSON.stringify(card).includes(plantedKey))
    await person.decide(card, 'allow')
    assert.equal((await answer).status, 'ok')
    assert.equal(readFileSync(path, 'utf8'), content.replace('true', 'false'))
    const copied = await propose(`@@ -1,1 +1,2 @@\n # settings\n+copy: ${masked}\n`)
    assert.deepEqual([copied.status, copied.code], ['denied', 'patch-placeholder'])
  })

  test('a refusal changes nothing, and neither does a patch that does not fit', async () => {
    fresh()
    const answer = propose(changeOfName)
    await person.decide(await person.nextCard(), 'deny')
    assert.equal((await answer).code, 'consent-refused')
    assert.equal((await propose('@@ -1,1 +1,1 @@\n-nothing\n+x\n')).code, 'patch-conflict')
    assert.equal((await propose('not a patch')).code, 'patch-invalid')
    assert.equal(readFileSync(path, 'utf8'), content)
  })

  test('a file that changed while the card was up is left alone', async () => {
    fresh()
    const answer = propose(changeOfName.replace('other', 'third'))
    const card = await person.nextCard()
    writeFileSync(path, `${content}more = 1\n`)
    await person.decide(card, 'allow')
    assert.equal((await answer).code, 'file-changed')
    assert.equal(readFileSync(path, 'utf8'), `${content}more = 1\n`)
  })

  test('edit undo puts back what stood there, if nothing else was done to it', async () => {
    fresh()
    const answer = propose(changeOfName.replace('other', 'fourth'))
    await person.decide(await person.nextCard(), 'allow')
    const { edit = '' } = await answer
    const listed = JSON.parse((await trial.run(['edit', 'list', '--json'])).stdout) as {
      edits: { edit: string; path: string }[]
    }
    assert.deepEqual([listed.edits[0]?.edit, listed.edits[0]?.path], [edit, path])
    const undone = await trial.run(['edit', 'undo', edit])
    assert.equal(undone.code, 0, undone.stderr)
    assert.equal(readFileSync(path, 'utf8'), content)
    assert.equal((await trial.run(['edit', 'undo', edit])).code, 6)
    const [first] = listed.edits.toReversed()
    writeFileSync(path, 'something else\n')
    assert.equal((await trial.run(['edit', 'undo', first?.edit ?? ''])).code, 1)
    assert.equal(readFileSync(path, 'utf8'), 'something else\n')
  })

  test('our own state and the never-list are not changed', async () => {
    for (const file of [`${trial.home}/config.toml`, `${process.env['HOME']}/.ssh/config`]) {
      const result = await call('propose_edit', { path: file, patch: changeOfName, reason: 'no' })
      assert.deepEqual([result.status, result.code], ['denied', 'denied-by-policy'])
    }
  })

  test('edits stand in the log, which verifies, and no secret lies in the home', async () => {
    const listed = await trial.run(['log', 'list', '--limit', '100', '--json'])
    for (const kind of ['"what":"edit"', '"kind":"undo"']) assert.ok(listed.stdout.includes(kind), kind)
    assert.equal((await trial.run(['log', 'verify'])).code, 0)
    assert.equal(everyByteBelow(trial.home).includes(plantedKey), false)
  })
})
