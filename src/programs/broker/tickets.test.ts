import { ManualClock } from '#base'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Tickets } from './tickets.ts'

let made = 0
const random = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(++made)

function deferred<Value>() {
  return Promise.withResolvers<Value>()
}

test('Tickets gives an answer that comes in time as it is', async () => {
  const tickets = new Tickets<string>(new ManualClock(), random)
  assert.equal(await tickets.hold(Promise.resolve('now')), 'now')
})

test('Tickets holds a call for 45 seconds, then gives a ticket with which the answer can be fetched once', async () => {
  const clock = new ManualClock()
  const tickets = new Tickets<string>(clock, random)
  const { promise, resolve } = deferred<string>()
  const held = tickets.hold(promise)
  clock.advance(44_999)
  assert.equal(await Promise.race([held, Promise.resolve('still held')]), 'still held')
  clock.advance(1)
  const pending = await held
  assert.ok(typeof pending === 'object' && pending.status === 'pending')
  const waiting = tickets.wait(pending.ticket)
  resolve('late')
  assert.equal(await waiting, 'late')
  await assert.rejects(tickets.wait(pending.ticket), { code: 'ticket-unknown' })
})

test('Tickets gives the same ticket again while the answer is still missing', async () => {
  const clock = new ManualClock()
  const tickets = new Tickets<string>(clock, random)
  const held = tickets.hold(deferred<string>().promise)
  clock.advance(45_000)
  const first = await held
  assert.ok(typeof first === 'object')
  const again = tickets.wait(first.ticket)
  clock.advance(45_000)
  assert.deepEqual(await again, first)
})

test('Tickets drops an answer that nobody fetches within ten minutes', async () => {
  const clock = new ManualClock()
  const tickets = new Tickets<string>(clock, random)
  const held = tickets.hold(deferred<string>().promise)
  clock.advance(45_000)
  const pending = await held
  assert.ok(typeof pending === 'object')
  await Promise.resolve()
  clock.advance(600_000)
  await assert.rejects(tickets.wait(pending.ticket), { code: 'ticket-unknown' })
})

test('Tickets passes a failure on, at once and through a ticket', async () => {
  const clock = new ManualClock()
  const tickets = new Tickets<string>(clock, random)
  await assert.rejects(tickets.hold(Promise.reject(new Error('no'))), /no/)
})

test('Tickets keeps at most 64 open', async () => {
  const clock = new ManualClock()
  const tickets = new Tickets<string>(clock, random)
  const held = Array.from({ length: 64 }, () => tickets.hold(deferred<string>().promise))
  clock.advance(45_000)
  await Promise.all(held)
  await assert.rejects(tickets.hold(Promise.resolve('one more')), { code: 'busy' })
})
