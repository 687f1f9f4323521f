// Syslog from senders that are slow, too fast, or cut their messages anywhere.
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test, type TestContext } from 'node:test'
import * as fc from 'fast-check'
import { Counter } from './counts.ts'
import { RecordMask } from './masking.ts'
import { SyslogFrames } from './syslog-frames.ts'
import { SyslogServer, type SyslogLimits } from './syslog.ts'

async function serving(
  t: TestContext,
  syslog: (message: string) => Promise<void>,
  limits: Partial<SyslogLimits> = {},
): Promise<{ server: SyslogServer; counter: Counter }> {
  const counter = new Counter()
  const server = await SyslogServer.listen(
    { host: '127.0.0.1', port: 0 },
    {
      mask: new RecordMask({}),
      sink: { syslog, otlp: async () => null, close: async () => {} },
      counter,
      limits: { message: 1000, connections: 2, slow: 60_000, idle: 60_000, datagrams: 3, ...limits },
    },
  )
  t.after(() => server.close())
  return { server, counter }
}

test('SyslogFrames gives the same messages however the stream is cut', () => {
  const message = fc.constantFrom('<1>a', '<1>two words', '<1>é', '<1>1 2')
  const framed = message.chain((text) =>
    fc.constantFrom(`${Buffer.byteLength(text)} ${text}`, `${text}\n`).map((frame) => ({ text, frame })),
  )
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(fc.array(framed), sizes, (all, sizes) => {
      const bytes = Buffer.from(all.map(({ frame }) => frame).join(''))
      const frames = new SyslogFrames(100)
      const messages: string[] = []
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = sizes[turn % sizes.length]!
        for (const one of frames.push(bytes.subarray(at, at + size)))
          messages.push(Buffer.from(one ?? []).toString())
        at += size
      }
      assert.deepEqual(
        messages,
        all.map(({ text }) => text),
      )
    }),
    { numRuns: 300 },
  )
})

test('SyslogFrames holds nothing of a message that never ends', () => {
  for (const begin of ['<1>', '99999999 ']) {
    const frames = new SyslogFrames(1000)
    frames.push(Buffer.from(begin))
    let dropped = 0
    for (let turn = 0; turn < 1000; turn++) dropped += frames.push(Buffer.alloc(1000, 'x')).length
    assert.equal(dropped, begin === '<1>' ? 1 : 0)
    assert.deepEqual(frames.finish(), [])
  }
})

test('SyslogServer ends a connection whose message does not become whole in time', async (t) => {
  const { server } = await serving(t, async () => {}, { slow: 20 })
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write('<1>whole\n<1>hal')
  await once(socket, 'close')
})

test('SyslogServer ends a connection that says nothing, and refuses one too many', async (t) => {
  const { server } = await serving(t, async () => {}, { idle: 50 })
  const sockets = Array.from({ length: 4 }, () =>
    connect(server.port, '127.0.0.1')
      .on('error', () => {})
      .resume(),
  )
  await Promise.all(sockets.map((socket) => once(socket, 'close')))
})

test('SyslogServer reads no faster than its sink takes', async (t) => {
  let taken = 0
  const { server } = await serving(t, () => {
    taken++
    return new Promise(() => {})
  })
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => {})
  const block = Buffer.from('<1>line of a log\n'.repeat(4000))
  let isFull = false
  for (let turn = 0; turn < 400 && !isFull; turn++) {
    isFull = !socket.write(block) && (await Promise.race([once(socket, 'drain').then(() => false), rest()]))
  }
  assert.ok(isFull)
  assert.equal(taken, 1)
  socket.destroy()
})

/** Long enough for a socket that can drain to do so. */
function rest(): Promise<boolean> {
  return new Promise((resolve) => setTimeout(() => resolve(true), 300))
}

test('SyslogServer drops datagrams that would have to wait, and counts them', async (t) => {
  const { server, counter } = await serving(t, () => new Promise(() => {}))
  const socket = createSocket('udp4')
  while (counter.counts.dropped.busy === 0) {
    socket.send('<1>datagram', server.port, '127.0.0.1')
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.equal(counter.counts.received - counter.counts.dropped.busy, 3)
  socket.close()
})
