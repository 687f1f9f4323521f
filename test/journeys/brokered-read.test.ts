// The whole way of a file read, with real clients and real processes: asked, shown, allowed, released, recorded.
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { ConsoleSession, everyByteBelow, holdsOpen, openTrial, type Trial } from '../../tools/trial.ts'

/** Looks like a key and is none: put together here so that no scanner finds it in the tree. */
const plantedKey = `ghp_${'A1b2C3d4'.repeat(5).slice(0, 36)}`
const content = `# settings\nname = "demo"\ntoken = "${plantedKey}"\nlast = true\n`

interface Result {
  status: string
  text?: string
  code?: string
  sha256?: string
  ticket?: string
  next?: string
  grants?: { id: string; path: string }[]
  refused?: { path: string; code: string }[]
  until?: number
}

describe('brokered read', () => {
  let trial: Trial
  let person: ConsoleSession
  let folder: string

  before(async () => {
    trial = await openTrial()
    person = await trial.console()
    folder = mkdtempSync(`${tmpdir()}/keyreeve-files-`)
    writeFileSync(`${folder}/settings.toml`, content)
  })

  after(async () => {
    await trial.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function ask(
    client: { callTool: (call: never) => Promise<unknown> },
    name: string,
    args: object,
  ): Promise<Result> {
    const answer = (await client.callTool({ name, arguments: args } as never)) as {
      structuredContent: Result
    }
    return answer.structuredContent
  }

  test('a v2 client gets exactly the bytes that the person saw', async () => {
    const client = await trial.assistant('v2-client')
    const answer = ask(client, 'read_file', {
      path: `${folder}/settings.toml`,
      reason: 'to see the settings',
    })
    const card = await person.nextCard()
    assert.equal(card.path, `${folder}/settings.toml`)
    assert.equal(card.reason, 'to see the settings')
    assert.equal(card.caller.assistant, 'v2-client')
    assert.ok(card.content !== null && !card.content.text.includes(plantedKey))
    // keyreeve:allow credential reason="a pattern for a placeholder"
    assert.match(card.content.text, /token = "\[github-token:[0-9a-f]+\]"/)
    await person.decide(card, 'allow')
    const result = await answer
    assert.equal(result.status, 'ok')
    assert.equal(result.text, card.content.text)
    assert.equal(result.sha256, createHash('sha256').update(card.content.text).digest('hex'))
  })

  test('a v1 client gets the same, and lines only where it asked for lines', async () => {
    const client = new OldClient({ name: 'old', version: '1.0.0' })
    await client.connect(new OldTransport({ ...trial.shim('v1-client'), stderr: 'ignore' }))
    const answer = ask(client, 'read_file', { path: `${folder}/settings.toml`, lines: [[2, 2]] })
    const card = await person.nextCard()
    assert.deepEqual(card.lines, [[2, 2]])
    assert.equal(card.content?.text.trimEnd(), 'name = "demo"')
    await person.decide(card, 'allow')
    assert.equal((await answer).text, card.content?.text)
    await client.close()
  })

  test('a refusal is a normal result with a code and a next step', async () => {
    const client = await trial.assistant('refused')
    const answer = ask(client, 'read_file', { path: `${folder}/settings.toml` })
    await person.decide(await person.nextCard(), 'deny')
    const result = await answer
    assert.deepEqual([result.status, result.code], ['denied', 'consent-refused'])
    assert.ok((result.next ?? '').length > 0)
  })

  test('a call that the client takes back takes its card with it', async () => {
    const client = await trial.assistant('fickle')
    const wish = new AbortController()
    const call = { name: 'read_file', arguments: { path: `${folder}/settings.toml` } }
    const answer = client.callTool(call, { signal: wish.signal })
    const card = await person.nextCard()
    wish.abort()
    await assert.rejects(answer)
    let code = ''
    for (let i = 0; i < 50 && code !== 'consent-gone'; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      const early = { digest: card.digest, decision: 'allow', scope: 'folder-hour' }
      code = await person.post(`/api/consent/${card.id}`, { ...early, digest: '0'.repeat(64) }).then(
        () => '',
        (refusal: { code: string }) => refusal.code,
      )
    }
    assert.equal(code, 'consent-gone')
  })

  test('a grant for a folder lets the next read through without a card, until it is revoked', async () => {
    const client = await trial.assistant('granted')
    const items = [{ path: folder, scope: 'folder-hour' }]
    const given = ask(client, 'request_access', { items, reason: 'to work on the project' })
    await person.decide(await person.nextCard(), 'allow')
    const grants = (await given).grants ?? []
    assert.equal(grants.length, 1)
    const read = await ask(client, 'read_file', { path: `${folder}/settings.toml` })
    assert.equal(read.status, 'ok')
    assert.ok(!(read.text ?? '').includes(plantedKey))
    const revoked = await trial.run(['grant', 'revoke', grants[0]!.id, '--json'])
    assert.equal(revoked.code, 0, revoked.stdout + revoked.stderr)
    const answer = ask(client, 'read_file', { path: `${folder}/settings.toml` })
    await person.decide(await person.nextCard(), 'deny')
    assert.equal((await answer).code, 'consent-refused')
  })

  test('a grant that is revoked while the file is being read lets nothing through', async () => {
    const client = await trial.assistant('late')
    const items = [{ path: folder, scope: 'folder-hour' }]
    const given = ask(client, 'request_access', { items, reason: 'to work on the project' })
    await person.decide(await person.nextCard(), 'allow')
    const id = (await given).grants?.[0]?.id ?? ''
    const reader = (await trial.pids()).get('reader')!
    process.kill(reader, 'SIGSTOP')
    try {
      const answer = ask(client, 'read_file', { path: `${folder}/settings.toml` })
      await new Promise((resolve) => setTimeout(resolve, 200))
      await person.post(`/api/grants/${id}/revoke`, {})
      // The reader stands still: only the revocation can have ended the wait.
      assert.equal((await answer).code, 'grant-revoked')
    } finally {
      process.kill(reader, 'SIGCONT')
    }
    const again = ask(client, 'read_file', { path: `${folder}/settings.toml` })
    await person.decide(await person.nextCard(), 'deny')
    assert.equal((await again).code, 'consent-refused')
  })

  test('a grant that is revoked while the file is being read ends the reading', async () => {
    const client = await trial.assistant('hasty')
    const large = `${folder}/large`
    writeFileSync(large, '')
    truncateSync(large, 3 * 2 ** 30)
    const items = [{ path: folder, scope: 'folder-hour' }]
    const given = ask(client, 'request_access', { items, reason: 'to know the file again' })
    await person.decide(await person.nextCard(), 'allow')
    const id = (await given).grants?.[0]?.id ?? ''
    const reader = (await trial.pids()).get('reader')!
    const answer = ask(client, 'read_file', { path: large, mode: 'hash' })
    while (!holdsOpen(reader, large)) await person.get('/api/status')
    await person.post(`/api/grants/${id}/revoke`, {})
    assert.equal((await answer).code, 'grant-revoked')
    // To its end, it would take longer than so many other requests.
    for (let turn = 0; turn < 20 && holdsOpen(reader, large); turn++) await person.get('/api/status')
    assert.equal(holdsOpen(reader, large), false)
  })

  test('our own state and the never-list are denied without a card', async () => {
    const client = await trial.assistant('curious')
    for (const path of [`${trial.home}/vault/header.json`, `${process.env['HOME']}/.ssh/id_ed25519`]) {
      const result = await ask(client, 'read_file', { path })
      assert.deepEqual([result.status, result.code], ['denied', 'denied-by-policy'], path)
    }
  })

  test('a secret of the vault is masked wherever the reader meets it, and can be listed and removed', async () => {
    const value = `plain-looking-${'value'.repeat(4)}-7Q`
    const set = await trial.run(['secret', 'set', 'demo'], `${value}\n`)
    assert.equal(set.code, 0, set.stderr)
    writeFileSync(
      `${folder}/notes.txt`,
      `mine: ${value}\nbase64: ${Buffer.from(`xx${value}`).toString('base64')}\n`,
    )
    const client = await trial.assistant('known')
    const answer = ask(client, 'read_file', { path: `${folder}/notes.txt` })
    const card = await person.nextCard()
    await person.decide(card, 'allow')
    const text = (await answer).text ?? ''
    assert.ok(!text.includes(value) && text.includes('[secret:demo]'), text)
    assert.ok(!text.includes(Buffer.from(value).toString('base64').slice(4, 20)), text)
    const list = JSON.parse((await trial.run(['secret', 'list', '--json'])).stdout) as {
      secrets: { name: string }[]
    }
    assert.deepEqual(
      list.secrets.map(({ name }) => name),
      ['demo'],
    )
    assert.equal((await trial.run(['secret', 'remove', 'demo'])).code, 0)
  })

  test('the log holds intent and outcome, verifies, and holds no secret; nor does anything else on disk', async () => {
    const listed = JSON.parse((await trial.run(['log', 'list', '--limit', '200', '--json'])).stdout) as {
      entries: { event: { kind: string } | null }[]
    }
    const kinds = listed.entries.map(({ event }) => event?.kind)
    for (const kind of ['intent', 'outcome', 'denial', 'grant', 'lifecycle'])
      assert.ok(kinds.includes(kind), kind)
    const verified = await trial.run(['log', 'verify', '--json'])
    assert.equal(verified.code, 0, verified.stdout)
    assert.equal((JSON.parse(verified.stdout) as { ok: boolean }).ok, true)
    assert.equal(everyByteBelow(trial.home).includes(plantedKey), false)
  })

  test('list_files names what is in a folder after consent', async () => {
    const client = await trial.assistant('lister')
    const answer = ask(client, 'list_files', { path: folder })
    await person.decide(await person.nextCard(), 'allow')
    const result = (await answer) as Result & { entries: { name: string }[] }
    assert.ok(result.entries.some(({ name }) => name === 'settings.toml'))
  })
})
