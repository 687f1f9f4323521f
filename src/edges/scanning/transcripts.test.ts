// Transcripts as the assistants write them: each secret by line and value, through every escaping, and no content told.
import assert from 'node:assert/strict'
import { utimesSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { pem, put, scratch, token } from './fixture.test.ts'
import { usualLimits } from './settings.ts'
import { scanTranscripts, type TranscriptReport } from './transcripts.ts'

function reports(userFolder: string, paths: readonly string[] = []): Promise<TranscriptReport[]> {
  const settings = { threshold: 'likely', salt: null, today: '2026-06-01', limits: usualLimits } as const
  const request = {
    paths,
    cwd: userFolder,
    userFolder,
    platform: 'linux',
    env: {},
    settings,
    onProgress: () => {},
  }
  return Array.fromAsync(scanTranscripts(request))
}

function told({ path, assistant, secrets }: TranscriptReport): unknown[] {
  return [path, assistant, ...secrets.map(({ line, at, detector }) => `${line} ${at} ${detector}`)]
}

test('scanTranscripts() finds what the assistants keep, by line and value', async (t) => {
  const claude = (content: unknown): string =>
    JSON.stringify({
      type: 'user',
      message: { role: 'user', content },
      timestamp: '2026-05-01T10:00:00.000Z',
    })
  const folder = scratch(t, {
    '.claude/projects/-home-x/abc.jsonl': [
      claude('hello'),
      claude([{ type: 'text', text: `it is\n${token(1)}` }]),
      '',
    ].join('\n'),
    '.claude/projects/-home-x/note.md': token(8),
    '.claude/history.jsonl': `${JSON.stringify({ display: `use ${token(2)}`, timestamp: 1_767_225_600_000 })}\n`,
    '.codex/sessions/2026/05/r.jsonl': `${JSON.stringify({ payload: { output: JSON.stringify({ key: pem() }) } })}\n`,
    '.codex/history.jsonl': `${JSON.stringify({ ts: 1_767_225_600, text: `${token(3)}` })}\n`,
    '.codex/log/codex.log': `line\nsaid ${token(4)}\n`,
  })
  const all = await reports(folder)
  assert.deepEqual(all.map(told), [
    ['.claude/projects/-home-x/abc.jsonl', 'claude-code', '2 message.content[0].text github-token'],
    ['.claude/history.jsonl', 'claude-code', '1 display github-token'],
    ['.codex/sessions/2026/05/r.jsonl', 'codex', '1 payload.output private-key'],
    ['.codex/history.jsonl', 'codex', '1 text github-token'],
    ['.codex/log/codex.log', 'codex', '2  github-token'],
  ])
  const times = all.flatMap(({ secrets }) => secrets.map(({ time }) => time))
  assert.deepEqual(times, [Date.UTC(2026, 4, 1, 10), 1_767_225_600_000, null, 1_767_225_600_000, null])
})

test('scanTranscripts() sees through escapes that cut a secret in two', async (t) => {
  const escaped = Array.from(
    token(1),
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  ).join('')
  const folder = scratch(t, {
    'a.jsonl': `{"a":["x","${escaped}"]}\n{"b":"${token(2).replace('A', '\\u0041')}"}`,
  })
  assert.deepEqual((await reports(folder, ['a.jsonl'])).map(told), [
    ['a.jsonl', 'other', '1 a[1] github-token', '2 b github-token'],
  ])
})

test('scanTranscripts() looks into the databases of Cursor, and what was deleted there', async (t) => {
  const folder = scratch(t, { '.config/Cursor/User/globalStorage/storage.json': token(8) })
  const place = '.config/Cursor/User/globalStorage/state.vscdb'
  const made = new DatabaseSync(`${folder}/${place}`)
  made.exec('CREATE TABLE cursorDiskKV (key TEXT UNIQUE, value BLOB); CREATE TABLE gone (a)')
  const bubble = JSON.stringify({ text: `a\n${token(1)}`, timestamp: '2026-05-01T00:00:00Z' })
  made.prepare('INSERT INTO cursorDiskKV VALUES (?, ?)').run('bubbleId:1:2', bubble)
  made.prepare('INSERT INTO gone VALUES (?)').run(token(2))
  made.exec('DELETE FROM gone')
  made.close()
  const [report] = await reports(folder)
  assert.deepEqual(report && told(report).slice(0, 3), [
    place,
    'cursor',
    '1 cursorDiskKV[bubbleId:1:2].value text github-token',
  ])
  assert.equal(report?.secrets.length, 2)
  assert.equal(report?.secrets[0]?.time, Date.UTC(2026, 4, 1))
})

test('scanTranscripts() tells neither content nor a secret that is a name', async (t) => {
  const folder = scratch(t, { 'a.jsonl': JSON.stringify({ env: { [token(1)]: `pass ${token(2)}` } }) })
  utimesSync(`${folder}/a.jsonl`, 1000, 2000)
  const [report] = await reports(folder, ['.'])
  const text = JSON.stringify(report)
  assert.ok(!text.includes(token(1)) && !text.includes(token(2)) && !text.includes('pass'), text)
  assert.equal(report?.modified, 2_000_000)
})

test('scanTranscripts() reads lines across chunks, and lines too long to hold', async (t) => {
  const filler = JSON.stringify({ text: 'some words '.repeat(30_000) })
  const folder = scratch(t, { 'a.jsonl': `${filler}\n${filler}\n${JSON.stringify({ deep: [token(1)] })}\n` })
  put(folder, 'b.jsonl', `{}\n{"image":"${'words '.repeat(3_000_000)} ${token(2)}"}\n{"c":"${token(3)}"}`)
  assert.deepEqual((await reports(folder, ['.'])).map(told), [
    ['a.jsonl', 'other', '3 deep[0] github-token'],
    ['b.jsonl', 'other', '2  github-token', '3 c github-token'],
  ])
})

test('scanTranscripts() of nobody finds nothing', async (t) => {
  assert.deepEqual(await reports(scratch(t)), [])
})
