// What a scan is told to look for besides reaches every thread and every kind of text.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '#base'
import { look, places, put, scratch } from './fixture.test.ts'
import { scanOptions, usualLimits } from './settings.ts'

const rules = { rules: [{ id: 'x-acme-token', anchors: ['acme_'], form: 'alnum:16' }] }
const acme = `acme_${'Ab1'.repeat(6).slice(0, 16)}`

test('scanPaths() finds by rules and personal data what it is told to, in each thread', async (t) => {
  const folder = scratch(t, { 'note.txt': `${acme}\nmail to jane.doe@acme-corp.com\n` })
  for (let index = 0; index < 8; index++) put(folder, `${index}`, `${'plain words\n'.repeat(9000)}${acme}\n`)
  const worker = new URL('./worker.ts', import.meta.url)
  const crew = { threads: 2, worker, worthAThread: 1, onProgress: () => {} }
  assert.deepEqual(places(await look(folder)), [])
  const found = places(await look(folder, { crew, told: { rules, pii: true } }))
  assert.equal(found.filter((place) => place.endsWith(' x-acme-token')).length, 9)
  assert.deepEqual(found.slice(-2), ['note.txt:1:1 x-acme-token', 'note.txt:2:9 email'])
})

test('scanOptions() refuses rules that are none, and parses good ones once', () => {
  const settings = { threshold: 'likely', salt: null, today: '', limits: usualLimits } as const
  assert.throws(
    () => scanOptions({ ...settings, rules: { rules: [{}] } }),
    (thrown) => thrown instanceof Fault && thrown.code === 'rule-invalid',
  )
  const good = { ...settings, rules }
  assert.equal(scanOptions(good).rules, scanOptions(good).rules)
})
