import { Fault, hex, type Random } from '#base'
import { fileStore } from '#keystore'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const random: Random = (length) => Uint8Array.from(randomBytes(length))

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-key-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'vault-key')
}

test('fileStore() keeps 32 bytes in a private file and names it', async () => {
  const path = place()
  const store = fileStore(path, random)
  const { key, params, place: sentence } = await store.enrol('vault')
  assert.deepEqual(params, {})
  assert.ok(sentence.includes(path))
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.equal(readFileSync(path).length, 32)
  assert.deepEqual(readdirSync(join(path, '..')), ['vault-key'])
  assert.equal((await store.unlock('vault', {})).lend(hex), key.lend(hex))
})

test('fileStore() never overwrites a key', async () => {
  const path = place()
  const first = await fileStore(path, random).enrol('one')
  const second = await fileStore(path, random).enrol('two')
  assert.equal(first.key.lend(hex), second.key.lend(hex))
  writeFileSync(path, 'torn')
  await assert.rejects(fileStore(path, random).enrol('three'), coded('keystore-lost'))
  assert.equal(readFileSync(path, 'utf8'), 'torn')
})

test('fileStore() says that the key is gone, and makes none at unlock', async () => {
  const path = place()
  await assert.rejects(fileStore(path, random).unlock('vault', {}), coded('keystore-lost'))
  assert.deepEqual(readdirSync(join(path, '..')), [])
})

test('fileStore() repairs the mode, and refuses links and other owners', async () => {
  const path = place()
  await fileStore(path, random).enrol('vault')
  chmodSync(path, 0o644)
  await fileStore(path, random).unlock('vault', {})
  assert.equal(statSync(path).mode & 0o777, 0o600)
  const link = place()
  symlinkSync(path, link)
  await assert.rejects(fileStore(link, random).unlock('vault', {}), coded('home-insecure'))
  if (process.getuid?.() !== 0) return
  chownSync(path, 12345, 12345)
  await assert.rejects(fileStore(path, random).unlock('vault', {}), coded('home-insecure'))
})

function coded(code: string) {
  return (thrown: unknown) => thrown instanceof Fault && thrown.code === code
}
