// Policies in the console, with a real house behind it: shown, checked, tried on the log, saved, in force.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { openTrial, type ConsoleSession, type Trial } from '../../tools/trial.ts'

interface Folder {
  version: string
  problem: string | null
  files: { name: string; text: string; sha256: string }[]
  builtIn: { name: string; text: string }[]
}
interface Differences {
  asked: number
  changed: number
  changes: object[]
  differences: { assistant: string; path: string; from: string; to: string; because: string[] }[]
}

const forbid =
  '@id("no-notes")\nforbid (principal == Assistant::"claude", action in Action::"files", resource)\nwhen { resource.name == "notes.md" };\n'

describe('policies in the console of a real house', () => {
  let trial: Trial
  let person: ConsoleSession
  let files: string
  let notes: string
  let readNotes: () => Promise<unknown>
  before(async () => {
    trial = await openTrial()
    person = await trial.console()
    files = realpathSync(mkdtempSync(`${tmpdir()}/keyreeve-notes-`))
    notes = `${files}/notes.md`
    writeFileSync(notes, 'one\n')
    const claude = await trial.assistant('claude')
    readNotes = async () =>
      (await claude.callTool({ name: 'read_file', arguments: { path: notes } })).structuredContent
    const read = readNotes()
    await person.decide(await person.nextCard(), 'allow', 'file-session')
    assert.equal(((await read) as { status: string }).status, 'ok')
  })
  after(async () => {
    await trial.close()
    rmSync(files, { recursive: true, force: true })
  })

  const folderOf = async (): Promise<Folder> => (await person.get('/api/policy')) as Folder
  const events = async (kind: string): Promise<Record<string, unknown>[]> => {
    const { entries } = (await person.get('/api/log?limit=100')) as {
      entries: { event: Record<string, unknown> }[]
    }
    return entries.map(({ event }) => event).filter((event) => event['kind'] === kind)
  }
  const refusalOf = (path: string, body: object): Promise<unknown> =>
    person.post(path, body).then(
      () => null,
      (refused: { code: string }) => refused.code,
    )

  test('the built-in texts are shown, and the folder with its files', async () => {
    const { version, problem, files: own, builtIn } = await folderOf()
    assert.match(version, /^[0-9a-f]{64}$/)
    assert.equal(problem, null)
    assert.deepEqual(own, [])
    assert.deepEqual(
      builtIn.map(({ name }) => name),
      ['keyreeve', 'default.cedar'],
    )
  })

  test('a mistake is named with line and column, beside the files that are there', async () => {
    const text = `${forbid}permit (principal, action == Action::"reed", resource);\n`
    const { problems } = (await person.post('/api/policy/check', { file: 'own.cedar', text })) as {
      problems: { source: string; line: number; column: number }[]
    }
    assert.deepEqual(
      problems.map(({ source, line, column }) => [source, line, column]),
      [['own.cedar', 4, 30]],
    )
    assert.equal(await refusalOf('/api/policy/trial', { file: 'own.cedar', text }), 'policy-invalid')
    assert.equal(await refusalOf('/api/policy', { file: 'own.cedar', text, before: null }), 'policy-invalid')
    assert.equal(existsSync(`${trial.home}/policy/own.cedar`), false)
    assert.deepEqual(await events('policy.change'), [])
  })

  test('a text is tried on what the log says was asked, and nothing is changed by that', async () => {
    const found = (await person.post('/api/policy/trial', { file: 'own.cedar', text: forbid })) as Differences
    assert.deepEqual(
      [found.asked, found.changed, found.changes],
      [1, 1, [{ from: 'click', to: 'deny', count: 1 }]],
    )
    const [one] = found.differences
    assert.deepEqual(
      [one?.assistant, one?.path, one?.from, one?.to, one?.because],
      ['claude', notes, 'click', 'deny', ['no-notes']],
    )
    const open = 'permit (principal, action, resource) when { context.consent >= 0 };'
    const other = (await person.post('/api/policy/trial', { file: 'own.cedar', text: open })) as Differences
    assert.deepEqual(other.changes, [{ from: 'click', to: 'allow', count: 1 }])
    writeFileSync(`${files}/own.cedar`, forbid)
    const told = await trial.run(['policy', 'simulate', `${files}/own.cedar`, '--against', 'log', '--json'])
    assert.equal(told.code, 0)
    assert.deepEqual((JSON.parse(told.stdout) as Differences).changes, found.changes)
    assert.equal(((await readNotes()) as { status: string }).status, 'ok')
  })

  test('a saved text holds at once, ends grants, is on record, and what stood before is kept', async () => {
    const saved = (await person.post('/api/policy', { file: 'own.cedar', text: forbid, before: null })) as {
      version: string
      ended: number
    }
    assert.equal(saved.ended, 1)
    assert.equal((await folderOf()).version, saved.version)
    const path = `${trial.home}/policy/own.cedar`
    assert.equal(readFileSync(path, 'utf8'), forbid)
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.equal(((await readNotes()) as { code: string }).code, 'denied-by-policy')

    const next = '// nothing\n'
    const before = sha256(forbid)
    await person.post('/api/policy', { file: 'own.cedar', text: next, before })
    assert.equal(readFileSync(`${trial.home}/policy/before/${before}.cedar`, 'utf8'), forbid)
    assert.deepEqual(
      (await events('policy.change')).map((event) => [event['file'], event['before'], event['after']]),
      [
        ['own.cedar', before, sha256(next)],
        ['own.cedar', null, before],
      ],
    )
    assert.equal((await events('policy')).filter(({ what }) => what === 'loaded').length, 2)
    assert.equal((await events('revocation'))[0]?.['reason'], 'policy-changed')
  })

  test('what another one changed meanwhile is not written over, and no name leads out of the folder', async () => {
    const text = '// mine\n'
    writeFileSync(`${trial.home}/policy/own.cedar`, '// theirs\n')
    for (const before of [null, sha256(forbid)])
      assert.equal(await refusalOf('/api/policy', { file: 'own.cedar', text, before }), 'policy-changed')
    assert.equal(readFileSync(`${trial.home}/policy/own.cedar`, 'utf8'), '// theirs\n')
    for (const file of ['../out.cedar', 'a/b.cedar', '.cedar', 'config.toml', 'before/x.cedar', '..cedar'])
      assert.equal(await refusalOf('/api/policy', { file, text, before: null }), 'message-invalid', file)
    assert.deepEqual(readdirSync(`${trial.home}/policy`).toSorted(), ['before', 'own.cedar'])
  })

  test('no text that can be saved takes away what no policy takes away', async () => {
    const folder = await folderOf()
    const text = 'permit (principal, action, resource) when { context.consent >= 0 };\n'
    const change = { file: 'own.cedar', text, before: folder.files[0]?.sha256 ?? null }
    await person.post('/api/policy', change)
    assert.equal(((await readNotes()) as { status: string }).status, 'ok')
    const claude = await trial.assistant('claude')
    for (const path of [`${trial.home}/.ssh/id_ed25519`, `${trial.home}/policy/own.cedar`]) {
      const { structuredContent } = await claude.callTool({ name: 'read_file', arguments: { path } })
      assert.equal((structuredContent as { code: string }).code, 'denied-by-policy', path)
    }
    const pretending = '@id("never:ssh")\npermit (principal, action, resource);\n'
    const refused = { file: 'own.cedar', text: pretending, before: sha256(text) }
    assert.equal(await refusalOf('/api/policy', refused), 'policy-invalid')
  })
})

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
