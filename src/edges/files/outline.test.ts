import assert from 'node:assert/strict'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, it } from 'node:test'
import { readOutline } from './outline.ts'

const base = mkdtempSync(`${tmpdir()}/keyreeve-outline-`)
after(() => rmSync(base, { recursive: true }))

async function outline(content: string | Uint8Array) {
  writeFileSync(`${base}/file`, content)
  const fd = openSync(`${base}/file`, 'r')
  try {
    const { text, lines, totalLines } = await readOutline(fd)
    return { totalLines, rows: lines.map(({ line, start, end }) => `${line}: ${text.slice(start, end)}`) }
  } finally {
    closeSync(fd)
  }
}

it('readOutline() finds headings and declarations of many languages', async () => {
  const lines = [
    '# Title',
    'text that is none',
    'import a from "a"',
    'export async function read(path) {',
    '  return path',
    'class Door:',
    '    def open(self):',
    'pub fn main() {',
    'func (s *Server) Serve() {',
    'interface Shape {',
    '## Part',
    '#include <stdio.h>',
  ]
  const { rows, totalLines } = await outline(lines.join('\n'))
  assert.deepEqual(
    rows,
    [1, 3, 4, 6, 7, 8, 9, 10, 11, 12].map((line) => `${line}: ${lines[line - 1]}`),
  )
  assert.equal(totalLines, 12)
})

it('readOutline() gives the keys of settings and never their values', async () => {
  const content =
    // keyreeve:allow credential reason="keys whose values an outline leaves out"
    '{\n  "password": "x",\n    "nested": 1\n}\ntoken: y\n[section.part]\nkey = "z"\nexport API_KEY=w\nfrom: v\ntype: u\n'
  const { rows } = await outline(content)
  assert.deepEqual(rows, [
    '2:   "password"',
    '5: token',
    '6: [section.part]',
    '7: key',
    '8: export API_KEY',
    '9: from',
    '10: type',
  ])
})

it('readOutline() is bounded in lines and width', async () => {
  const { rows } = await outline(`# ${'x'.repeat(1000)}\n`.repeat(1000))
  assert.equal(rows.length, 400)
  assert.ok(rows.every((row) => row.length <= 210))
})

it('readOutline() reads the beginning of a file of any size', async () => {
  const { rows, totalLines } = await outline(`# first\n${'é'.repeat(3_000_000)}\n# last\n`)
  assert.deepEqual(rows, ['1: # first'])
  assert.equal(totalLines, null)
})

it('readOutline() ends when nobody waits any more', async (t) => {
  writeFileSync(`${base}/file`, '# one\n')
  const fd = openSync(`${base}/file`, 'r')
  t.after(() => closeSync(fd))
  const stop = new AbortController()
  const read = readOutline(fd, stop.signal)
  stop.abort(new Error('stopped'))
  await assert.rejects(read, { message: 'stopped' })
})

it('readOutline() refuses what is no text', async () => {
  await assert.rejects(outline(Buffer.from([1, 0])), { code: 'file-not-text' })
})
