// Tests of proofs of one event.
import { checkpointText, decodeBundle, leafHash, noteSigner } from '#tlog'
import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fakeSigningKey, heartbeat, openTestLog, temporaryFolder } from '../journal/fixture.test.ts'
import { openProof, proveEvent } from './index.ts'
import { encodeProof } from './proof.ts'

test('openProof() checks a proof without the log', () => {
  const [signer, other] = [7, 8].map((seed) => noteSigner('log.example', fakeSigningKey(seed))!)
  assert.ok(signer && other)
  const [entry, sibling] = [Buffer.from('mine'), leafHash(Buffer.from('other'))]
  const tree = { origin: 'log.example', size: 1, root: leafHash(entry), extensions: [] }
  const proof = encodeProof({ index: 0, path: [], checkpoint: signer.sign(checkpointText(tree)) })
  assert.equal(openProof(proof, entry, signer.vkey)?.index, 0)
  assert.equal(openProof(proof, Buffer.from('not mine'), signer.vkey), undefined)
  for (const vkey of [other.vkey, 'nonsense']) assert.equal(openProof(proof, entry, vkey), undefined)
  const longer = proof.replace('index 0', `index 0\n${sibling.toString('base64')}`)
  for (const bad of [longer, proof.replace('@v1', '@v2'), proof.replace('\n\n', '\n'), '']) {
    assert.equal(openProof(bad, entry, signer.vkey), undefined)
  }
  const extra = proof.replace('index', 'extra AAAA\nindex')
  assert.equal(openProof(extra, entry, signer.vkey)?.index, 0)
})

test('proveEvent() makes a proof that needs nothing but the public key and the leaf', async (t) => {
  const dir = temporaryFolder(t)
  const log = await openTestLog(t, dir)
  await Promise.all(Array.from({ length: 700 }, () => log.append(heartbeat)))
  await log.publish()
  await log.append(heartbeat)
  const bundle = decodeBundle(readFileSync(join(dir, 'tile/entries/001')), 256)
  const [leaf, neighbour] = [bundle?.[400 - 256], bundle?.[401 - 256]]
  assert.ok(leaf && neighbour)
  const proof = await proveEvent(dir, 400)
  const opened = openProof(proof, leaf, log.vkey)
  assert.equal(opened?.index, 400)
  assert.equal(opened.checkpoint.size, 700)
  assert.equal(openProof(proof, neighbour, log.vkey), undefined)
  for (const index of [700, -1, 0.5]) {
    await assert.rejects(proveEvent(dir, index), { code: 'journal-unknown-entry' })
  }
  // Once the full tile is there, the partial one may be gone.
  await Promise.all(Array.from({ length: 100 }, () => log.append(heartbeat)))
  await log.close()
  const checkpoint = readFileSync(join(dir, 'checkpoint'), 'utf8')
  writeFileSync(join(dir, 'checkpoint'), proof.slice(proof.indexOf('\n\n') + 2))
  assert.equal(await proveEvent(dir, 400), proof)
  writeFileSync(join(dir, 'checkpoint'), checkpoint)
  rmSync(join(dir, 'tile/0/001'))
  await assert.rejects(proveEvent(dir, 400), { code: 'journal-corrupt' })
})

test('proveEvent() proves nothing under a checkpoint that the key did not sign', async (t) => {
  const dir = temporaryFolder(t)
  const log = await openTestLog(t, dir)
  await log.append(heartbeat)
  await log.close()
  const path = join(dir, 'checkpoint')
  writeFileSync(path, readFileSync(path, 'utf8').replace('\n1\n', '\n2\n'))
  await assert.rejects(proveEvent(dir, 0), { code: 'journal-corrupt' })
  rmSync(path)
  await assert.rejects(proveEvent(dir, 0), { code: 'journal-corrupt' })
})
