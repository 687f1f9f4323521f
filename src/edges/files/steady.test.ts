import assert from 'node:assert/strict'
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, utimesSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, it } from 'node:test'
import { steadily } from './steady.ts'

const base = mkdtempSync(`${tmpdir()}/keyreeve-steady-`)
const fd = openSync(`${base}/file`, 'w+')
after(() => {
  closeSync(fd)
  rmSync(base, { recursive: true })
})

it('steadily() gives the first result while the file holds still', async () => {
  let calls = 0
  assert.equal(await steadily(fd, () => ++calls), 1)
})

it('steadily() tries once more after a change and gives the second result', async () => {
  let calls = 0
  assert.equal(await steadily(fd, () => (calls++ === 0 ? writeSync(fd, 'x') : 'second')), 'second')
})

it('steadily() gives up on a file that grows, shrinks or is rewritten each time', async () => {
  let second = 1
  const changes = [
    () => writeSync(fd, 'grow'),
    () => ftruncateSync(fd, --size),
    () => utimesSync(`${base}/file`, ++second, second),
  ]
  let size = 3
  for (const change of changes) await assert.rejects(steadily(fd, change), { code: 'file-changed' })
})

it('steadily() does not report what a half-changed file made fail', async () => {
  let calls = 0
  const read = (): string => {
    if (calls++ > 0) return 'whole'
    writeSync(fd, 'x')
    throw new TypeError('torn')
  }
  assert.equal(await steadily(fd, read), 'whole')
  await assert.rejects(
    steadily(fd, () => {
      throw new TypeError('real')
    }),
    TypeError,
  )
})
