// A connection carries questions, answers, news and faults, and says when it is over.
import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { test } from 'node:test'
import { Fault } from '#base'
import type { Handlers } from './channel.ts'
import { open, pair, turns, type Setting } from './raw-side.test.ts'

test('Channel asks, and gives the answer of the other side', async () => {
  const broker: Setting = {
    self: 'broker',
    peer: 'cli',
    handlers: { 'grant.revoke': () => ({ revoked: 3 }) },
  }
  const { near } = pair({ self: 'cli', peer: 'broker' }, broker)
  assert.deepEqual(await near.ask('grant.revoke', { all: true }), { revoked: 3 })
})

test('Channel carries many requests at once, each to its own answer', async () => {
  const handlers: Handlers = {
    'log.list': async ({ limit }) => {
      for (let left = 20 - limit; left > 0; left--) await turn()
      return { size: limit, entries: [] }
    },
  }
  const { near } = pair({ self: 'cli', peer: 'broker' }, { handlers })
  const sizes = await Promise.all(
    [1, 10, 19, 5].map(async (limit) => (await near.ask('log.list', { limit })).size),
  )
  assert.deepEqual(sizes, [1, 10, 19, 5])
})

test('Channel takes a request back: the other side is told, the asker does not wait, others go on', async () => {
  const seen: string[] = []
  const handlers: Handlers = {
    status: (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          seen.push('taken back')
          reject(new Fault('timed-out', 'nobody waits'))
        })
      }),
    stop: () => ({}),
  }
  const { near } = pair({ self: 'cli', peer: 'broker' }, { handlers })
  const wish = new AbortController()
  const asked = near.ask('status', {}, { signal: wish.signal })
  await turns()
  assert.deepEqual(seen, [])
  wish.abort()
  await assert.rejects(asked, { code: 'connection-closed' })
  assert.deepEqual(await near.ask('stop', {}), {})
  assert.deepEqual(seen, ['taken back'])
  await assert.rejects(near.ask('stop', {}, { signal: wish.signal }), { code: 'connection-closed' })
})

test('Channel does not mind when a request is taken back that it never had', async () => {
  const { far, channel } = open()
  await far.send({ x: 77 })
  await turns()
  assert.equal(channel.signal.aborted, false)
})

test('Channel tells without waiting', async () => {
  const told: unknown[] = []
  const handlers: Handlers = { 'client.claim': (claim) => void told.push(claim) }
  const { near } = pair({ self: 'shim', peer: 'broker' }, { peer: 'shim', handlers })
  near.tell('client.claim', { name: 'editor', version: '1' })
  await turns()
  assert.deepEqual(told, [{ name: 'editor', version: '1' }])
})

test('Channel carries the fault of a handler, and the connection goes on', async () => {
  const handlers: Handlers = {
    'secret.remove': () => {
      throw new Fault('secret-unknown', 'no secret has this name')
    },
    'log.show': () => {
      throw new Error('internal detail: /home/me/.ssh')
    },
    stop: () => ({}),
  }
  const { near } = pair({ self: 'cli', peer: 'broker' }, { handlers })
  await assert.rejects(near.ask('secret.remove', { name: 'x' }), {
    code: 'secret-unknown',
    message: 'no secret has this name',
  })
  await assert.rejects(near.ask('log.show', { index: 1 }), { code: 'internal', message: 'log.show failed' })
  assert.deepEqual(await near.ask('stop', {}), {})
})

test('Channel cuts a fault whose message is too long to cross', async () => {
  const handlers: Handlers = {
    stop: () => {
      throw new Fault('internal', '\u0001'.repeat(100_000))
    },
  }
  const { near } = pair({ self: 'cli', peer: 'broker' }, { handlers })
  await assert.rejects(near.ask('stop', {}), { code: 'internal', message: '\u0001'.repeat(4000) })
})

test('Channel refuses a message that is in the table but is not served here, and goes on', async () => {
  const { far, channel } = open()
  const [answer] = await far.send({ q: 1, t: 'stop', b: {} })
  assert.deepEqual(answer, { r: 1, f: { code: 'message-unknown', message: 'stop is not served here' } })
  assert.equal(channel.signal.aborted, false)
})

test('Channel.ask() refuses an answer of the wrong shape', async () => {
  const { far, channel } = open({ self: 'cli', peer: 'broker' })
  const answer = assert.rejects(channel.ask('grant.revoke', { all: true }), { code: 'message-invalid' })
  await far.send({ r: 1, b: { revoked: -1 } })
  await answer
  assert.equal(channel.signal.aborted, false)
})

test('Channel.ask() refuses an answer above its size', async () => {
  const { far, channel } = open({ self: 'cli', peer: 'broker' })
  const answer = assert.rejects(channel.ask('stop', {}), { code: 'frame-oversized' })
  await far.send({ r: 1, b: {}, pad: 'x'.repeat(2000) })
  await answer
})

test('Channel.ask() takes a fault of any shape, and no code that is not in the table', async () => {
  for (const fault of [
    { code: 'made-up', message: 'x' },
    { code: 'busy' },
    { message: 'x' },
    'busy',
    7,
    null,
    [],
    {},
  ]) {
    const { far, channel } = open({ self: 'cli', peer: 'broker' })
    const answer = assert.rejects(channel.ask('stop', {}), { code: 'internal' })
    await far.send({ r: 1, f: fault })
    await answer
  }
})

test('Channel.ask() does not trip over a message that is no text', async () => {
  for (const message of [{ toString: 1 }, [[]], 7, null]) {
    const { far, channel } = open({ self: 'cli', peer: 'broker' })
    const answer = assert.rejects(channel.ask('stop', {}), { code: 'internal' })
    await far.send({ r: 1, f: { code: 'busy', message } })
    await answer
    assert.equal(channel.signal.aborted, false)
  }
})

test('Channel.ask() fails when the other side goes away, before and after', async () => {
  const { far, channel } = open({ self: 'cli', peer: 'broker' })
  const answer = assert.rejects(channel.ask('stop', {}), { code: 'connection-closed' })
  far.stream.destroy()
  await answer
  assert.equal(await channel.closed, null)
  await assert.rejects(channel.ask('stop', {}), { code: 'connection-closed' })
})

test('Channel.ask() ends after the time it was given, and a late answer harms nothing', async () => {
  const { far, channel, clock } = open({ self: 'cli', peer: 'broker' })
  const answer = assert.rejects(channel.ask('stop', {}, { within: 500 }), { code: 'timed-out' })
  clock.advance(501)
  await answer
  await far.send({ r: 1, b: {} })
  await far.send({ r: 99, b: {} })
  assert.equal(channel.signal.aborted, false)
})

test('Channel.ask() refuses to send too much, and leaves nothing behind that fails later', async () => {
  const { channel } = open({ self: 'cli', peer: 'broker' })
  const name = 'x'.repeat(10_000)
  await assert.rejects(channel.ask('secret.remove', { name }), { code: 'frame-oversized' })
  channel.close()
  await turns()
})

test('Channel gives a handler whose answer is too large a fault, and goes on', async () => {
  const entries = Array.from({ length: 5 }, (_, index) => ({
    index,
    time: 0,
    event: { text: 'x'.repeat(1_000_000) },
  }))
  const { near } = pair(
    { self: 'cli', peer: 'broker' },
    { handlers: { 'log.list': () => ({ size: 5, entries }), stop: () => ({}) } },
  )
  await assert.rejects(near.ask('log.list', { limit: 5 }), { code: 'frame-oversized' })
  assert.deepEqual(await near.ask('stop', {}), {})
})

test('Channel hears why the other side ended, and so does who waits', async () => {
  const { far, channel } = open({ self: 'cli', peer: 'broker' })
  const answer = assert.rejects(channel.ask('stop', {}), { code: 'frame-oversized' })
  await far.send({ f: { code: 'frame-oversized', message: 'a frame of 9 bytes was announced' } })
  await answer
  assert.equal((await channel.closed)?.code, 'frame-oversized')
})

test('Channel tells a handler that the asker went away', async () => {
  const signals: AbortSignal[] = []
  const handlers: Handlers = {
    stop: (_, { signal }) => {
      signals.push(signal)
      return new Promise(() => {})
    },
  }
  const { far } = open({ handlers })
  await far.send({ q: 1, t: 'stop', b: {} })
  assert.equal(signals[0]?.aborted, false)
  far.stream.destroy()
  await turns()
  assert.equal(signals[0]?.aborted, true)
})
