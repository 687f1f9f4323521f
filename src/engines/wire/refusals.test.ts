// A connection answers what it must refuse, and ends on what no honest peer sends.
import assert from 'node:assert/strict'
import { duplexPair } from 'node:stream'
import { test } from 'node:test'
import { ManualClock, utf8 } from '#base'
import * as fc from 'fast-check'
import { Channel, type Handlers } from './channel.ts'
import { encodeFrame } from './frames.ts'
import { faultOf, open, turns, type Setting } from './raw-side.test.ts'
import type { Role } from './roles.ts'

const hash = 'a'.repeat(64)
const hello = { v: 1, phase: 'ready', home: '/home/me', keeperKey: 'k'.repeat(43) } as const

interface Refusal {
  readonly what: string
  readonly setting?: Setting
  readonly envelope: object
  readonly code: string
}

const endings: readonly Refusal[] = [
  {
    what: 'a message that is not in the table',
    envelope: { q: 1, t: 'vault.dump' },
    code: 'message-unknown',
  },
  { what: 'a name that every object has', envelope: { q: 1, t: '__proto__' }, code: 'message-unknown' },
  {
    what: 'an assistant that answers consent',
    setting: { peer: 'shim' },
    envelope: { q: 1, t: 'consent.decide', b: { id: 'x', digest: hash, decision: 'allow', scope: 'once' } },
    code: 'message-not-yours',
  },
  {
    what: 'a command line that changes a policy',
    setting: { peer: 'cli' },
    envelope: { q: 1, t: 'policy.change', b: { file: 'a.cedar', text: '', before: null } },
    code: 'message-not-yours',
  },
  {
    what: 'an assistant that looks at the policies',
    setting: { peer: 'shim' },
    envelope: { q: 1, t: 'policy.show', b: {} },
    code: 'message-not-yours',
  },
  {
    what: 'a message that the broker may send, but to another program',
    setting: { self: 'reader', peer: 'broker' },
    envelope: { q: 1, t: 'keeper.unlock', b: {} },
    code: 'message-not-yours',
  },
  {
    what: 'a message for another program',
    envelope: { q: 1, t: 'keeper.unlock', b: {} },
    code: 'message-not-yours',
  },
  {
    what: 'a message before hello',
    setting: { peer: null },
    envelope: { q: 1, t: 'status', b: {} },
    code: 'message-out-of-phase',
  },
  {
    what: 'a second hello',
    envelope: { q: 1, t: 'hello', b: { v: 1, role: 'cli' } },
    code: 'message-out-of-phase',
  },
  {
    what: 'a body of the wrong shape',
    envelope: { q: 1, t: 'log.list', b: { limit: 'all' } },
    code: 'message-invalid',
  },
  {
    what: 'a body with a field too many',
    envelope: { q: 1, t: 'stop', b: { force: true } },
    code: 'message-invalid',
  },
  {
    what: 'a role that nobody may declare',
    setting: { peer: null },
    envelope: { q: 1, t: 'hello', b: { v: 1, role: 'console' } },
    code: 'message-invalid',
  },
  {
    what: 'a message above its own size, below that of others',
    envelope: { q: 1, t: 'stop', b: { pad: 'x'.repeat(5000) } },
    code: 'frame-oversized',
  },
]

for (const { what, setting, envelope, code } of endings) {
  test(`Channel answers ${what} with ${code} and ends`, async () => {
    const { far, channel, refused } = open(setting)
    const answers = await far.send(envelope)
    assert.deepEqual(
      answers.map((answer) => faultOf(answer).code),
      [code, code],
    )
    assert.equal((await channel.closed)?.code, code)
    assert.deepEqual(refused, [code])
  })
}

test('Channel names the field that is wrong and does not quote what was in it', async () => {
  const { far } = open({ peer: 'shim' })
  const [answer] = await far.send({ q: 1, t: 'file.read', b: { path: '/x', lines: [['fake-secret', 2]] } })
  const message = faultOf(answer).message
  assert.match(message, /"lines\.0\.0"/)
  assert.doesNotMatch(message, /fake-secret/)
})

const malformed: Record<string, object> = {
  'an envelope without a name': { q: 1, b: {} },
  'a name that is no text': { q: 1, t: 7 },
  'an id that is no number': { q: 'one', t: 'status' },
}
for (const [what, envelope] of Object.entries(malformed)) {
  test(`Channel ends on ${what} with frame-malformed`, async () => {
    const { far, channel } = open()
    await far.send(envelope)
    assert.equal((await channel.closed)?.code, 'frame-malformed')
  })
}

test('Channel ends on what is no JSON with frame-malformed', async () => {
  const { far, channel } = open()
  await far.raw(Uint8Array.from([0, 0, 0, 2, 0x7b, 0x22]))
  assert.equal((await channel.closed)?.code, 'frame-malformed')
})

test('Channel ends at the header of a frame that is larger than anything this peer may send', async () => {
  const cases: readonly [peer: Role | null, bytes: number][] = [
    [null, 4 * 1024 + 257],
    ['shim', 256 * 1024 + 257],
    ['cli', 2 * 1024 * 1024 + 257],
    ['reader', 4 * 1024 * 1024 + 257],
  ]
  for (const [peer, bytes] of cases) {
    const { far, channel } = open({ peer })
    const header = new Uint8Array(4)
    new DataView(header.buffer).setUint32(0, bytes)
    const [answer] = await far.raw(header)
    assert.equal(faultOf(answer).code, 'frame-oversized')
    assert.equal((await channel.closed)?.code, 'frame-oversized')
  }
})

test('Channel says politely that the vault is locked, and goes on', async () => {
  const { far, channel, refused } = open({ peer: 'shim', phase: 'locked' })
  const [answer] = await far.send({ q: 4, t: 'file.read', b: { path: '/x' } })
  assert.deepEqual(answer, { r: 4, f: { code: 'locked', message: 'the vault is locked' } })
  assert.equal(channel.signal.aborted, false)
  assert.deepEqual(refused, ['locked'])
})

test('Channel is busy at the sixty-fifth request under way, and serves again when one is done', async () => {
  const done: (() => void)[] = []
  const handlers: Handlers = { stop: () => new Promise((resolve) => done.push(() => resolve({}))) }
  const { far, channel } = open({ handlers })
  for (let id = 1; id <= 64; id++) assert.deepEqual(await far.send({ q: id, t: 'stop', b: {} }), [])
  const [busy] = await far.send({ q: 65, t: 'stop', b: {} })
  assert.equal(faultOf(busy).code, 'busy')
  assert.equal(channel.signal.aborted, false)
  done[0]?.()
  await turns()
  await far.send({ q: 66, t: 'stop', b: {} })
  assert.equal(done.length, 65)
})

test('Channel ends on a frame that does not end in time, also when a byte comes now and then', async () => {
  const { far, channel, clock } = open()
  const frame = encodeFrame({ q: 1, t: 'status', b: {} }, 1000)
  for (const byte of frame.subarray(0, 10)) {
    await far.raw(Uint8Array.of(byte))
    clock.advance(1001)
  }
  assert.equal(channel.signal.aborted, true)
  assert.equal((await channel.closed)?.code, 'frame-slow')
})

test('Channel has all the time between frames', async () => {
  const { far, channel, clock } = open({ handlers: { stop: () => ({}) } })
  for (let id = 1; id < 5; id++) {
    await far.send({ q: id, t: 'stop', b: {} })
    clock.advance(3_600_000)
  }
  assert.equal(channel.signal.aborted, false)
})

test('Channel ends when nobody says hello in time', async () => {
  const { channel, clock } = open({ peer: null })
  clock.advance(10_001)
  assert.equal((await channel.closed)?.code, 'frame-slow')
})

test('Channel waits for a person after hello', async () => {
  const handlers: Handlers = {
    hello: (_, { channel }) => {
      channel.peer = 'cli'
      return hello
    },
  }
  const { far, channel, clock } = open({ peer: null, handlers })
  const [answer] = await far.send({ q: 1, t: 'hello', b: { v: 1, role: 'cli' } })
  assert.deepEqual(answer, { r: 1, b: hello })
  clock.advance(3_600_000)
  assert.equal(channel.signal.aborted, false)
})

test('Channel ends on a peer that does not read', async () => {
  const { channel } = open({ peer: 'reader' })
  const table = 'x'.repeat(16 * 1024 * 1024)
  const pseudonymKey = 'A'.repeat(43)
  for (let sent = 0; sent < 3; sent++) channel.tell('reader.table', { table, pseudonymKey })
  assert.equal((await channel.closed)?.code, 'frame-slow')
})

test('Channel takes nothing more once it has ended', async () => {
  let served = 0
  const handlers: Handlers = { stop: () => (served++, {}) }
  const { far } = open({ handlers })
  const stop = encodeFrame({ q: 2, t: 'stop', b: {} }, 1000)
  await far.raw(Buffer.concat([encodeFrame({ q: 1, t: 'nonsense' }, 1000), stop]))
  await far.raw(stop)
  assert.equal(served, 0)
})

test('Channel survives a thousand streams of garbage, and lets none of it through to a handler', async () => {
  let served = 0
  const trap = (): never => {
    served++
    throw new Error('a handler was reached')
  }
  const handlers: Handlers = {
    hello: trap,
    status: trap,
    'file.read': trap,
    'consent.decide': trap,
    stop: trap,
  }
  const names = fc.constantFrom('hello', 'status', 'file.read', 'consent.decide', 'stop', 'constructor', '')
  const envelopes = fc
    .record(
      {
        q: fc.jsonValue(),
        t: fc.oneof(names, fc.jsonValue()),
        b: fc.jsonValue(),
        r: fc.jsonValue(),
        f: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    // What is no mistake is not garbage: hello with a right body, or, once greeted, an empty one.
    .filter(
      ({ b }) => b === undefined || (JSON.stringify(b) !== '{}' && !JSON.stringify(b).includes('"v":1')),
    )
    .map((envelope) => encodeFrame(envelope, 1_000_000))
  const garbage = fc.array(fc.oneof(envelopes, fc.uint8Array({ maxLength: 100 })), {
    minLength: 1,
    maxLength: 5,
  })
  const peers = fc.constantFrom<Role | null>(null, 'shim', 'sdk', 'watch')
  await fc.assert(
    fc.asyncProperty(peers, garbage, async (peer, chunks) => {
      const [stream, far] = duplexPair()
      far.resume()
      const channel = new Channel({
        stream,
        self: 'broker',
        peer,
        handlers,
        clock: new ManualClock(),
        phase: () => 'ready',
      })
      for (const chunk of chunks) far.write(chunk)
      far.end()
      await channel.closed
      assert.equal(served, 0)
    }),
    { numRuns: 1000 },
  )
})

test('utf8() is what frames count: a message of wide characters is as large as its bytes', async () => {
  const { far, channel } = open()
  const name = '字'.repeat(128)
  assert.equal(utf8(name).length, 384)
  await far.send({ q: 1, t: 'secret.remove', b: { name } })
  assert.equal(channel.signal.aborted, false)
})
