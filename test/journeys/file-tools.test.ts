// The tools for files beyond plain reading, through real clients and processes: what leaves is masked, shown and recorded.
import type { Card } from '#wire'
import type { Client } from '@modelcontextprotocol/client'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { everyByteBelow, openTrial, type ConsoleSession, type Trial } from '../../tools/trial.ts'

/** Looks like a key and is none: put together here so that no scanner finds it in the tree. */
const plantedKey = `ghp_${'A1b2C3d4'.repeat(5).slice(0, 36)}`

interface Result {
  status: string
  code?: string
  message?: string
  text?: string
  sha256?: string
  encoding?: string
  lines?: [number, number][]
  matches?: number
  next?: string | null
  ignored?: number
  withheld?: number
  secrets?: string[]
  entries?: { name: string; kind: string }[]
}

const filler = 'of a log that goes on and on, and says the same each time '.repeat(17).trim()

/** @returns How many lines it has. */
function writeHuge(path: string): number {
  const fd = openSync(path, 'w')
  let line = 1
  writeSync(fd, '# log\n')
  for (let block = 0; block < 300; block++) {
    let text = ''
    while (text.length < 2 ** 20) text += `line ${++line} ${filler}\n`
    writeSync(fd, text)
  }
  closeSync(fd)
  return line
}

/** The most memory that a process ever had. */
function mostMiB(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

describe('tools for files', () => {
  let trial: Trial
  let person: ConsoleSession
  let client: Client
  let folder: string

  before(async () => {
    trial = await openTrial()
    person = await trial.console()
    client = await trial.assistant('tools')
    folder = mkdtempSync(`${tmpdir()}/keyreeve-tools-`)
    mkdirSync(`${folder}/src/deep`, { recursive: true })
    mkdirSync(`${folder}/.git`)
    mkdirSync(`${folder}/.ssh`)
    mkdirSync(`${folder}/built`)
    writeFileSync(`${folder}/.gitignore`, 'built/\n.env\n')
    writeFileSync(`${folder}/.env`, `TOKEN=${plantedKey}\n`)
    writeFileSync(`${folder}/.ssh/id_rsa.txt`, '')
    writeFileSync(`${folder}/built/out.txt`, '')
    writeFileSync(`${folder}/src/a.txt`, `one\ntoken = "${plantedKey}"\nthree\nfour\nfive\n`)
    writeFileSync(`${folder}/src/deep/b.txt`, 'b\n')
    writeFileSync(`${folder}/wide.txt`, Buffer.from('\ufeffzwölf\nBoxkämpfer\n', 'utf16le'))
    writeFileSync(`${folder}/wider.txt`, Buffer.from('\ufeffzwölf\nBoxkämpfer', 'utf16le').swap16())
    writeFileSync(`${folder}/image.png`, Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0, 1))
    writeFileSync(`${folder}/large.log`, 'a line of a log that goes on and on\n'.repeat(200_000))
  })

  after(async () => {
    await trial.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function call(name: string, args: Record<string, unknown>): Promise<Result> {
    const answer = await client.callTool({ name, arguments: args })
    return answer.structuredContent as Result
  }

  async function allowed(
    name: string,
    args: Record<string, unknown>,
  ): Promise<{ result: Result; card: Card }> {
    const answer = call(name, args)
    const card = await person.nextCard()
    await person.decide(card, 'allow')
    return { result: await answer, card }
  }

  test('grep_file gives the lines that the person saw, and nothing of a secret', async () => {
    const args = { path: `${folder}/src/a.txt`, pattern: 'token|five', context: 1 }
    const { result, card } = await allowed('grep_file', args)
    assert.equal(card.pattern, 'token|five')
    assert.equal(result.text, card.content?.text)
    assert.match(
      result.text ?? '',
      /^1-one\n2:token = "\[github-token:[0-9a-f]+\]"\n3-three\n4-four\n5:five\n$/,
    )
    assert.equal(
      result.sha256,
      createHash('sha256')
        .update(result.text ?? '')
        .digest('hex'),
    )
    assert.equal(result.matches, 2)
    const probe = await allowed('grep_file', { ...args, pattern: plantedKey.slice(0, 9), context: 0 })
    assert.deepEqual([probe.result.matches, probe.result.text], [0, ''])
  })

  test('grep_file refuses a pattern that it cannot take, without a card', async () => {
    const result = await call('grep_file', { path: `${folder}/src/a.txt`, pattern: '(a)\\1' })
    assert.deepEqual([result.status, result.code], ['denied', 'pattern-invalid'])
    assert.match(result.message ?? '', /at character 5: a backreference/)
  })

  test('search_files gives the names that the person saw, without what git ignores and what policy withholds', async () => {
    const { result, card } = await allowed('search_files', { path: folder, pattern: '*.txt' })
    const names = result.entries?.map(({ name }) => name)
    assert.deepEqual(names, ['src/a.txt', 'src/deep/b.txt', 'wide.txt', 'wider.txt'])
    assert.equal(card.content?.text, 'src/a.txt\nsrc/deep/b.txt\nwide.txt\nwider.txt\n')
    assert.deepEqual([result.ignored, result.withheld, result.next], [3, 1, null])
    const all = await allowed('search_files', { path: folder, pattern: '**/*.txt', ignored: true })
    assert.ok(all.result.entries?.some(({ name }) => name === 'built/out.txt'))
  })

  test('list_files says how many names it left out', async () => {
    const { result } = await allowed('list_files', { path: folder })
    assert.equal(result.ignored, 3)
    assert.ok(!result.entries?.some(({ name }) => name === '.env'))
    const { result: all } = await allowed('list_files', { path: folder, ignored: true })
    assert.ok(all.entries?.some(({ name }) => name === '.env'))
  })

  test('read_file gives several ranges, an outline, and a hash', async () => {
    const path = `${folder}/src/a.txt`
    const ranges = await allowed('read_file', {
      path,
      lines: [
        [5, 5],
        [1, 1],
      ],
    })
    assert.deepEqual(
      [ranges.result.text, ranges.result.lines],
      [
        'one\nfive\n',
        [
          [1, 1],
          [5, 5],
        ],
      ],
    )
    const outline = await allowed('read_file', { path, mode: 'outline' })
    assert.equal(outline.result.text, '2: token\n')
    const hash = await allowed('read_file', { path: `${folder}/image.png`, mode: 'hash' })
    assert.deepEqual([hash.result.encoding, hash.result.text?.length], ['binary', 64])
  })

  test('read_file reads UTF-16, and says what to do with what is no text or too much', async () => {
    const { result } = await allowed('read_file', { path: `${folder}/wide.txt` })
    assert.deepEqual([result.text, result.encoding], ['zwölf\nBoxkämpfer\n', 'utf-16le'])
    const other = await allowed('read_file', { path: `${folder}/wider.txt`, lines: [[2, 7]] })
    assert.deepEqual(
      [other.result.text, other.result.encoding, other.result.lines],
      ['Boxkämpfer', 'utf-16be', [[2, 2]]],
    )
    const binary = await call('read_file', { path: `${folder}/image.png` })
    assert.deepEqual([binary.code, binary.next], ['file-not-text', 'ask with mode "hash"'])
    const large = await call('read_file', { path: `${folder}/large.log` })
    assert.equal(large.code, 'file-too-large')
    assert.match(large.message ?? '', /ask for lines 1 to \d+/)
    const found = await allowed('grep_file', { path: `${folder}/large.log`, pattern: 'on$', from: 199_990 })
    assert.equal(found.result.matches, 11)
  })

  test('read_file finds any lines of a file of 300 MB, and the reader takes no more memory for it', async () => {
    const path = `${folder}/huge.log`
    const lines = writeHuge(path)
    const given = call('request_access', { items: [{ path, scope: 'file-session' }], reason: 'a look' })
    await person.decide(await person.nextCard(), 'allow')
    await given
    const reader = (await trial.pids()).get('reader')!
    const before = mostMiB(reader)
    const ranges = await call('read_file', {
      path,
      lines: [
        [2, 3],
        [lines - 1, lines + 5],
      ],
    })
    assert.equal(
      ranges.text,
      `line 2 ${filler}\nline 3 ${filler}\nline ${lines - 1} ${filler}\nline ${lines} ${filler}\n`,
    )
    assert.deepEqual(ranges.lines?.[1], [lines - 1, lines])
    const behind = await call('read_file', { path, lines: [[lines + 1, lines + 1]] })
    assert.deepEqual([behind.code, behind.message], ['lines-invalid', `the file has ${lines} lines`])
    const hash = await call('read_file', { path, mode: 'hash' })
    assert.equal(hash.text, createHash('sha256').update(readFileSync(path)).digest('hex'))
    const outline = await call('read_file', { path, mode: 'outline' })
    assert.deepEqual([outline.status, outline.text], ['ok', '1: # log\n'])
    assert.ok(mostMiB(reader) - before < 100, `${before} MiB grew to ${mostMiB(reader)}`)
  })

  test('read_file tells of a file of 3 GiB at once that it is no text', async () => {
    const path = `${folder}/image.raw`
    const fd = openSync(path, 'w')
    writeSync(fd, 'first\nsecond\n')
    ftruncateSync(fd, 3 * 2 ** 30)
    closeSync(fd)
    for (const more of [{}, { lines: [[1, 1]] }, { lines: [[1000, 1001]] }, { mode: 'outline' }]) {
      assert.equal((await call('read_file', { path, ...more })).code, 'file-not-text')
    }
  })

  test("a browser's database is known by its content and denied, whatever it is called", async () => {
    const opened = new DatabaseSync(`${folder}/notes.txt`)
    opened.exec('CREATE TABLE logins (origin_url VARCHAR NOT NULL, password_value BLOB)')
    opened.close()
    const result = await call('read_file', { path: `${folder}/notes.txt`, mode: 'hash' })
    assert.deepEqual([result.status, result.code], ['denied', 'denied-by-policy'])
  })

  test('list_secrets gives names only', async () => {
    await trial.run(['secret', 'set', 'demo'], 'a-value-that-nobody-sees\n')
    const result = await call('list_secrets', {})
    assert.deepEqual(result, { status: 'ok', secrets: ['demo'] })
  })

  test('what was found stands in the log, and no secret does', async () => {
    const verified = await trial.run(['log', 'verify', '--json'])
    assert.equal(verified.code, 0, verified.stdout)
    assert.equal(everyByteBelow(trial.home).includes(plantedKey), false)
  })
})
