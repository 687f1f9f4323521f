// pino with the redactor before its destination, and as a transport.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { test } from 'node:test'
import { Secret, type Fault } from '#base'
import { knownTable } from '#forms'
import * as fc from 'fast-check'
import pino from 'pino'
import { assertClean, failing, plantedRecord, temporaryFolder, token } from './fixture.test.ts'
import transport, { redactor } from './pino.ts'

function collector(): { write(line: string): void; readonly text: string; readonly lines: unknown[] } {
  const lines: string[] = []
  return {
    write: (line) => void lines.push(line),
    get text() {
      return lines.join('')
    },
    get lines() {
      return lines.map((line): unknown => JSON.parse(line))
    },
  }
}

test('redactor() lets no planted secret through pino, wherever it stands, and keeps the JSON', () => {
  const sink = collector()
  const log = pino({ level: 'trace' }, redactor(sink))
  log.info(plantedRecord(), `message ${token}`)
  log.error(new Error(`thrown ${token}`))
  log.warn('interpolated %s %j', token, { password: 'hunter2-canary' })
  log.child({ session: token, password: 'hunter2-canary' }).debug('child')
  log.child({}, { msgPrefix: `[${token}] ` }).trace('prefixed')
  assertClean(sink.text)
  assert.equal(sink.lines.length, 5)
})

test('redactor() hands on a line without a finding as the same string', () => {
  const seen: string[] = []
  const line = '{"level":30,"msg":"nothing"}\n'
  redactor({ write: (text) => seen.push(text) }).write(line)
  assert.deepEqual(seen, [line])
})

test('redactor() drops the line that it fails at, says so in JSON, and tells nobody the data', () => {
  const sink = collector()
  const faults: Fault[] = []
  const log = pino({}, redactor(sink, { known: failing, onFault: (fault) => faults.push(fault) }))
  log.info({ password: 'hunter2-canary' }, token)
  assert.deepEqual(sink.lines, [{ level: 50, msg: '[unredacted: dropped]' }])
  assert.deepEqual(
    faults.map(({ code, cause }) => [code, cause]),
    [['redaction-failed', undefined]],
  )
  assertClean(String(faults[0]?.stack))
})

test('redactor() stands a listener that logs through what failed', () => {
  const sink = collector()
  const log = pino({}, redactor(sink, { known: failing, onFault: () => log.error(token) }))
  log.info(token)
  assert.equal(sink.lines.length, 2)
  assertClean(sink.text)
})

test('redactor() tells a destination that asks what pino told, redacted', () => {
  const told: unknown[] = []
  const inner = {
    [Symbol.for('pino.metadata')]: true,
    write(this: { lastLevel?: unknown; lastMsg?: unknown; lastObj?: unknown }) {
      told.push(this.lastLevel, this.lastMsg, this.lastObj)
    },
  }
  pino({}, redactor(inner)).warn({ token }, `m ${token}`)
  assert.equal(told[0], 40)
  assertClean(JSON.stringify(told))
})

test('redactor() keeps the levels of a multistream', () => {
  const [all, errors] = [collector(), collector()]
  const streams = pino.multistream([
    { level: 'info', stream: all },
    { level: 'error', stream: errors },
  ])
  const log = pino({}, redactor(streams))
  log.info(token)
  log.error(token)
  assert.deepEqual([all.lines.length, errors.lines.length], [2, 1])
  assertClean(all.text + errors.text)
})

test('redactor() passes on flush, flushSync and end', async () => {
  const calls: string[] = []
  const sink = redactor({
    write: () => true,
    flush: (done) => {
      calls.push('flush')
      done?.()
    },
    flushSync: () => calls.push('flushSync'),
    end: () => calls.push('end'),
  })
  await new Promise<void>((done) => sink.flush?.(() => done()))
  await new Promise<void>((done) => redactor({ write: () => true }).flush?.(() => done()))
  sink.flushSync?.()
  sink.end?.()
  assert.deepEqual(calls, ['flush', 'flushSync', 'end'])
})

test('transport() redacts in the worker of pino.transport, known secrets too', async (t) => {
  const destination = join(temporaryFolder(t), 'app.log')
  const value = 'q8/Zk2"Lm+W0v\\Xr é7'
  const { table } = knownTable([{ name: 'mine', secret: Secret.copy(Buffer.from(value)) }], (length) =>
    Uint8Array.from(randomBytes(length)),
  )
  const options = { destination, knownTable: table }
  const stream = pino.transport({ target: 'keyreeve/pino', options })
  const log = pino({}, stream)
  log.info(plantedRecord(), `ü ${token}`)
  log.info({ note: value })
  const closed = new Promise((resolve) => stream.once('close', resolve))
  stream.end()
  await closed
  const text = readFileSync(destination, 'utf8')
  assertClean(text)
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  assert.match(String(lines[0]?.['msg']), /^ü \[github-token/)
  assert.equal(lines[1]?.['note'], '[secret:mine]')
})

test('transport() stands in a pipeline before other targets', async (t) => {
  const destination = join(temporaryFolder(t), 'app.log')
  const stream = pino.transport({
    pipeline: [
      { target: 'keyreeve/pino', options: { isPipelined: true } },
      { target: 'pino/file', options: { destination } },
    ],
  })
  pino({}, stream).info(plantedRecord(), token)
  const closed = new Promise((resolve) => stream.once('close', resolve))
  stream.end()
  await closed
  const text = readFileSync(destination, 'utf8')
  assertClean(text)
  assert.equal(text.trimEnd().split('\n').length, 1)
})

test('transport() gives the same however its input is cut', async (t) => {
  const text = `{"msg":"é 😀 ${token}"}\n{"a":1}\nno JSON ${token}\nlast ${token}`
  const whole = await written(t, [Buffer.from(text)])
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(text.length), { maxLength: 5 }), async (cuts) => {
      const bytes = Buffer.from(text)
      const ends = [...cuts.toSorted((a, b) => a - b), bytes.length]
      const pieces = ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end))
      assert.equal(await written(t, pieces), whole)
    }),
    { numRuns: 30 },
  )
  assertClean(whole)
})

async function written(
  t: Parameters<typeof temporaryFolder>[0],
  pieces: readonly Uint8Array[],
): Promise<string> {
  const destination = join(temporaryFolder(t), 'out')
  const stream = transport({ destination, key: new Uint8Array(32) })
  for (const piece of pieces) stream.write(piece)
  stream.end()
  await finished(stream)
  return readFileSync(destination, 'utf8')
}
