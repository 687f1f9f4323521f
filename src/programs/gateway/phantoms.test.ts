// Phantoms end by the clock for what begins, and when they are taken back for what runs, too.
import { ManualClock } from '#base'
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import { PhantomTable } from './phantoms.ts'

const phantom = (token: string, left: number | null) =>
  ({ id: token, sha256: hash('sha256', token), assistant: 'a', route: 'model', left, only: null }) as const

test('PhantomTable finds a phantom until its time is up, and lets what runs go on', () => {
  const clock = new ManualClock()
  const table = new PhantomTable(clock)
  table.replace([phantom('one', 1000), phantom('two', null)])
  let cuts = 0
  table.find('one')?.running.add({ cut: () => cuts++ })
  clock.advance(999)
  assert.equal(table.find('one')?.id, 'one')
  clock.advance(1)
  assert.deepEqual([table.find('one'), table.find('two')?.id, cuts], [undefined, 'two', 0])
})

test('PhantomTable cuts what runs under a phantom that is taken back, and nothing else', () => {
  const table = new PhantomTable(new ManualClock())
  const cut: string[] = []
  table.replace([phantom('one', null), phantom('two', null)])
  for (const name of ['one', 'two']) table.find(name)?.running.add({ cut: () => cut.push(name) })
  table.replace([phantom('two', null), phantom('three', null)])
  assert.deepEqual(cut, ['one'])
  table.replace([])
  assert.deepEqual(cut, ['one', 'two'])
})
