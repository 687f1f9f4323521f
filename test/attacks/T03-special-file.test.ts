// T03: a path names something that is no file: to block the reader, to set something off, or to be read without end.
import { beneath, hashFile, openBeneath, openFolderBeneath, readLines, readOutline, rootOf } from '#files'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  constants,
  ftruncateSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { after, it } from 'node:test'

const base = mkdtempSync(`${tmpdir()}/keyreeve-T03-`)
after(() => rmSync(base, { recursive: true }))

it('T03: a pipe is refused without being opened: nobody who waits to write is woken', () => {
  execFileSync('mkfifo', [`${base}/pipe`])
  assert.throws(() => openBeneath(base, 'pipe'), { code: 'path-not-file' })
  // ENXIO: no reader has it open.
  assert.throws(() => openSync(`${base}/pipe`, constants.O_WRONLY | constants.O_NONBLOCK), { code: 'ENXIO' })
})

it('T03: a socket is refused', async () => {
  const server = createServer().listen(`${base}/socket`)
  await new Promise((resolve) => server.once('listening', resolve))
  assert.throws(() => openBeneath(base, 'socket'), { code: 'path-not-file' })
  server.close()
})

it(
  'T03: devices are refused, in /dev and where somebody made one',
  { skip: process.getuid?.() !== 0 && 'needs root' },
  () => {
    for (const [name, kind, major, minor] of [
      ['zero', 'c', '1', '5'],
      ['tty', 'c', '5', '0'],
      ['loop', 'b', '7', '0'],
    ] as const) {
      execFileSync('mknod', [`${base}/${name}`, kind, major, minor])
      assert.throws(() => openBeneath(base, name), { code: 'path-not-file' }, name)
    }
  },
)

it('T03: files of the system itself are refused, with a grant and without', () => {
  for (const path of [
    '/proc/self/environ',
    '/proc/self/mem',
    '/proc/kmsg',
    '/sys/kernel/notes',
    '/dev/zero',
    '/dev/ptmx',
  ]) {
    assert.throws(() => rootOf(path), { code: 'path-special' }, path)
  }
  for (const root of ['/proc', '/proc/self', '/proc/self/fd', '/sys', '/dev']) {
    assert.throws(() => openBeneath(root, 'x'), { code: 'path-special' }, root)
    assert.throws(() => openFolderBeneath(root, ''), { code: 'path-special' }, root)
  }
  // From the root of the file system they lie on another mount.
  assert.throws(() => openBeneath('/', 'proc/self/environ'), { code: /^path-(crosses-mount|symlink)$/ })
  assert.throws(() => openFolderBeneath('/', 'proc'), { code: 'path-crosses-mount' })
  assert.equal(beneath('/', '/proc'), 'proc')
})

it('T03: a sparse file of 10 GiB is refused after a bounded read, in every mode', async () => {
  const fd = openSync(`${base}/sparse`, 'w+')
  ftruncateSync(fd, 10 * 2 ** 30)
  await assert.rejects(readLines(fd, null), { code: 'file-not-text' })
  await assert.rejects(readLines(fd, [[2 ** 31, 2 ** 31]]), { code: 'file-not-text' })
  await assert.rejects(readOutline(fd), { code: 'file-not-text' })
  await assert.rejects(hashFile(fd, { most: 2 ** 24 }), { code: 'file-too-large' })
  closeSync(fd)
})

it('T03: a line without end and a file that keeps growing are given up on', async () => {
  writeFileSync(`${base}/line`, 'x'.repeat(2 ** 22))
  const line = openSync(`${base}/line`, 'r')
  await assert.rejects(readLines(line, null), { code: 'file-too-large' })
  closeSync(line)
  const growing = openSync(`${base}/growing`, 'w+')
  writeSync(growing, 'a\n'.repeat(1000))
  const timer = setInterval(() => writeSync(growing, 'b\n'), 0)
  // Hashing lets the timer run between its reads; a long file makes sure that it does.
  ftruncateSync(growing, 2 ** 26)
  await assert.rejects(hashFile(growing), { code: 'file-changed' })
  clearInterval(timer)
  closeSync(growing)
})
