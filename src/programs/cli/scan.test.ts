// keyreeve scan: what it is told to look for, and how what it found is told.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { machineAt } from './fake-broker.test.ts'
import { run } from './run.ts'

const acme = `acme_${'Ab1'.repeat(6).slice(0, 16)}`
const rules = { rules: [{ id: 'x-acme-token', anchors: ['acme_'], form: 'alnum:16' }] }

function folderWith(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-scan-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

test('scan finds what the rules of a file describe, and personal data where it is asked for', async (t) => {
  const text = `key ${acme}, from jane.doe@acme-corp.com\n`
  const folder = folderWith(t, { 'a.txt': text, 'rules.json': JSON.stringify(rules) })
  const machine = machineAt('/x', { cwd: folder })
  assert.equal(await run(['scan', 'a.txt'], machine), 0)
  assert.equal(await run(['scan', 'a.txt', '--rules', 'rules.json', '--pii'], machine), 10)
  const lines = machine.output().trim().split('\n')
  assert.deepEqual(
    lines.map((line) => line.split(' ').slice(0, 2).join(' ')),
    ['a.txt:1:5 x-acme-token', 'a.txt:1:33 email'],
  )
})

test('scan looks at nothing with rules that are none', async (t) => {
  const folder = folderWith(t, {
    'a.txt': acme,
    'bad.json': '{"rules":[{"id":"x-acme-token"}]}',
    'no.json': '{',
  })
  for (const [file, code] of [
    ['bad.json', 'rule-invalid'],
    ['no.json', 'rule-invalid'],
    ['absent.json', 'path-not-found'],
  ] as const) {
    const machine = machineAt('/x', { cwd: folder })
    assert.notEqual(await run(['scan', 'a.txt', '--rules', file, '--json'], machine), 0)
    assert.equal(JSON.parse(machine.output()).error.code, code)
  }
})

test('scan tells every finding once, however many there are', async (t) => {
  const lines = Array.from(
    { length: 600 },
    (_, index) => `ghp_${String(index).padStart(4, 'A')}${'b1C2'.repeat(8)}`,
  )
  const folder = folderWith(t, { 'a.txt': `${lines.join('\n')}\n` })
  const machine = machineAt('/x', { cwd: folder })
  assert.equal(await run(['scan', 'a.txt', '--json'], machine), 10)
  const told = machine
    .output()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    told.slice(0, -1).map(({ line }) => line),
    lines.map((_, index) => index + 1),
  )
  assert.equal(told.at(-1).findings, 600)
})
