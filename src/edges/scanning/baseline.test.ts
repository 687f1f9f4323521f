// A baseline lets stand what it lists, names what is gone, and tells nobody what the secrets are.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Fault } from '#base'
import { readBaseline, writeBaseline } from './baseline.ts'
import { look, places, put, scratch, token } from './fixture.test.ts'

const salt = new Uint8Array(16).fill(7)

test('writeBaseline() and readBaseline() agree, and the file holds no secret', async (t) => {
  const folder = scratch(t, { a: `${token(1)}\nPASSWORD=hunter2secret\n`, b: token(2) })
  const { all } = await look(folder, { salt })
  writeBaseline(`${folder}/baseline.json`, salt, all)
  const text = readFileSync(`${folder}/baseline.json`, 'utf8')
  assert.doesNotMatch(text, /hunter2|ghp_/)
  const baseline = readBaseline(`${folder}/baseline.json`)
  assert.ok(baseline !== null)
  assert.deepEqual(baseline.salt, salt)
  const again = await look(folder, { salt, baseline })
  assert.deepEqual([places(again), again.all.length, again.stale], [[], 3, []])
})

test('scanPaths() with a baseline tells what is new and what is no more', async (t) => {
  const folder = scratch(t, { a: `${token(1)}\nPASSWORD=hunter2secret\n`, b: token(2) })
  const { all } = await look(folder, { salt })
  writeBaseline(`${folder}/baseline.json`, salt, all)
  const baseline = readBaseline(`${folder}/baseline.json`)
  put(folder, 'a', `moved\n${token(1)}\n${token(3)}\n`)
  const { findings, stale } = await look(folder, { salt, baseline })
  assert.deepEqual(places({ findings }), ['a:3:1 github-token'])
  assert.deepEqual(
    stale.map(({ path, detector }) => [path, detector]),
    [['a', 'password']],
  )
})

test('readBaseline() refuses what is none', (t) => {
  const sound = { v: 1, salt: 'A'.repeat(22), findings: [] }
  const folder = scratch(t, {
    text: 'x',
    version: JSON.stringify({ ...sound, v: 2 }),
    salt: JSON.stringify({ ...sound, salt: 'short' }),
    entry: JSON.stringify({ ...sound, findings: [{ fingerprint: 'x', detector: 'd', path: 'p' }] }),
    sound: JSON.stringify(sound),
  })
  for (const name of ['text', 'version', 'salt', 'entry', '.']) {
    assert.throws(
      () => readBaseline(`${folder}/${name}`),
      (thrown) => thrown instanceof Fault && thrown.code === 'baseline-invalid',
      name,
    )
  }
  assert.equal(readBaseline(`${folder}/none`), null)
  assert.deepEqual(readBaseline(`${folder}/sound`)?.entries, [])
})
