import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, it } from 'node:test'
import { hashFile } from './hash.ts'

const base = mkdtempSync(`${tmpdir()}/keyreeve-hash-`)
after(() => rmSync(base, { recursive: true }))

async function hash(content: string | Uint8Array, most?: number) {
  writeFileSync(`${base}/file`, content)
  const fd = openSync(`${base}/file`, 'r')
  try {
    return await hashFile(fd, most === undefined ? {} : { most })
  } finally {
    closeSync(fd)
  }
}

it('hashFile() hashes the whole file, over many reads', async () => {
  for (const content of ['', 'a', 'é'.repeat(1_500_001)]) {
    const sha256 = createHash('sha256').update(content).digest('hex')
    assert.deepEqual(await hash(content), { sha256, size: Buffer.byteLength(content), encoding: 'utf-8' })
  }
})

it('hashFile() names the encoding, binary among them', async () => {
  assert.equal((await hash(Buffer.from([0, 1, 2]))).encoding, 'binary')
  assert.equal((await hash(Buffer.from([0xff, 0xfe, 0x61, 0]))).encoding, 'utf-16le')
})

it('hashFile() reads exactly its limit and no more, whatever the size', async () => {
  assert.equal((await hash('12345', 5)).size, 5)
  await assert.rejects(hash('123456', 5), { code: 'file-too-large' })
  const fd = openSync(`${base}/sparse`, 'w+')
  ftruncateSync(fd, 10 * 2 ** 30)
  await assert.rejects(hashFile(fd, { most: 2 ** 22 }), { code: 'file-too-large' })
  closeSync(fd)
})

it('hashFile() ends when nobody waits any more', async () => {
  const fd = openSync(`${base}/long`, 'w+')
  ftruncateSync(fd, 64 * 2 ** 20)
  const stop = new AbortController()
  const hashed = hashFile(fd, { signal: stop.signal })
  stop.abort(new Error('stopped'))
  await assert.rejects(hashed, { message: 'stopped' })
  closeSync(fd)
})
