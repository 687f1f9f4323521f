// Walks through all lines of a file.
import assert from 'node:assert/strict'
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, it } from 'node:test'
import { readLines } from './lines.ts'
import { walkWindows } from './windows.ts'

const base = mkdtempSync(`${tmpdir()}/keyreeve-windows-`)
after(() => rmSync(base, { recursive: true }))

const line = `${'x'.repeat(65_535)}\n`
const perMiB = 16

/** 260 MiB of lines of 64 KiB. */
function large(): number {
  const fd = openSync(`${base}/large`, 'w+')
  const block = Buffer.from(line.repeat(4 * perMiB))
  for (let written = 0; written < 65; written++) writeSync(fd, block)
  return fd
}

it('walkWindows() and readLines() find lines beyond what one walk looks through', async (t) => {
  const fd = large()
  t.after(() => closeSync(fd))
  const last = 260 * perMiB
  let seen = 0
  const end = await walkWindows(fd, last - 2 * perMiB + 1, () => ({ lines: [from, to] }) => {
    seen += to - from + 1
    return true
  })
  assert.deepEqual([end.next, end.totalLines, seen], [null, last, 2 * perMiB])
  const { windows } = await readLines(fd, [
    [1, 1],
    [last, last + 9],
  ])
  assert.deepEqual(windows.map(({ lines }) => lines).flat(), [1, 1, last, last])
  await assert.rejects(readLines(fd, [[last + 1, last + 1]]), { code: 'lines-invalid' })
})

it('walkWindows() and readLines() end when nobody waits any more', async (t) => {
  const fd = openSync(`${base}/feeds`, 'w+')
  t.after(() => closeSync(fd))
  writeSync(fd, '\n'.repeat(20 * 2 ** 20))
  let seen = 0
  const stop = new AbortController()
  const begin = () => () => {
    seen++
    stop.abort(new Error('stopped'))
    return true
  }
  await assert.rejects(walkWindows(fd, 1, begin, stop.signal), { message: 'stopped' })
  assert.equal(seen, 1)
  const { signal } = stop
  await assert.rejects(readLines(fd, [[19 * 2 ** 20, 19 * 2 ** 20]], { signal }), { message: 'stopped' })
})

it('walkWindows() passes over a line that is longer than what it looks at in one go', async (t) => {
  const fd = openSync(`${base}/long`, 'w+')
  t.after(() => closeSync(fd))
  writeSync(fd, `first\n${'y'.repeat(40 * 2 ** 20)}\nlast\n`)
  const texts: string[] = []
  const { totalLines } = await walkWindows(fd, 3, () => ({ text, start, end }) => {
    texts.push(text.slice(start, end))
    return true
  })
  assert.deepEqual([texts, totalLines], [['last\n'], 3])
  await assert.rejects(
    walkWindows(fd, 2, () => () => true),
    { code: 'file-too-large' },
  )
  ftruncateSync(fd, 5)
  assert.equal((await readLines(fd, null)).totalLines, 1)
})
