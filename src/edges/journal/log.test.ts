// Tests of appending and reading back.
import { ManualClock } from '#base'
import { decodeBundle } from '#tlog'
import { verifyLog } from '#verify'
import * as fc from 'fast-check'
import assert from 'node:assert/strict'
import { existsSync, lstatSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  fakeDayKey,
  freshKeys,
  heartbeat,
  intent,
  openTestLog,
  random,
  segmentFiles,
  temporaryFolder,
  writeLog,
} from './fixture.test.ts'
import { DurableIntent, openLog } from './index.ts'

const day = 86_400_000

test('Log.append() gives indexes in order, and read() gives the events back', async (t) => {
  const log = await openTestLog(t, temporaryFolder(t))
  const indexes = await Promise.all([log.append(heartbeat), log.append(intent('/a')), log.append(heartbeat)])
  assert.deepEqual(indexes, [0, 1, 2])
  assert.equal(log.size, 3)
  const { index, event } = await log.read(1)
  assert.equal(index, 1)
  assert.deepEqual(event, { ...JSON.parse(JSON.stringify(intent('/a'))), elapsed: 0 })
})

test('Log gives back whatever was appended, in whatever batches, over whatever restarts', async (t) => {
  const batches = fc.array(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 9 }), {
    maxLength: 6,
  })
  await fc.assert(
    fc.asyncProperty(batches, async (batches) => {
      const dir = temporaryFolder(t)
      for (const batch of batches) {
        const log = await openTestLog(t, dir)
        await Promise.all(batch.map((path) => log.append(intent(path))))
        await log.close()
      }
      const paths = batches.flat()
      const log = await openTestLog(t, dir, { atLeast: paths.length })
      const entries = await log.list({ limit: 1000 })
      const found = entries
        .toReversed()
        .map(({ event }) => (event as { object: { path: string } }).object.path)
      assert.deepEqual(found, paths)
      await log.close()
      assert.deepEqual((await verifyLog(dir, { dayKey: fakeDayKey })).problems, [])
    }),
    { numRuns: 12 },
  )
})

test('Log.list() gives the newest first, before an index, up to a limit', async (t) => {
  const log = await openTestLog(t, temporaryFolder(t))
  for (const size of [1, 4, 2, 3])
    await Promise.all(Array.from({ length: size }, () => log.append(heartbeat)))
  const indexes = async (options: { before?: number; limit: number }) =>
    (await log.list(options)).map(({ index }) => index)
  assert.deepEqual(await indexes({ limit: 3 }), [9, 8, 7])
  assert.deepEqual(await indexes({ before: 4, limit: 100 }), [3, 2, 1, 0])
  assert.deepEqual(await indexes({ before: 0, limit: 5 }), [])
  assert.deepEqual(await indexes({ limit: 0 }), [])
})

test('Log.read() refuses an index that is not there', async (t) => {
  const log = await openTestLog(t, temporaryFolder(t))
  await log.append(heartbeat)
  for (const index of [1, -1, 0.5, Number.NaN]) {
    await assert.rejects(log.read(index), { code: 'journal-unknown-entry' })
  }
})

test('Log.intend() makes a proof that nothing else can make', async (t) => {
  const log = await openTestLog(t, temporaryFolder(t))
  await log.append(heartbeat)
  const proof = await log.intend(intent('/a'))
  assert.ok(DurableIntent.is(proof))
  assert.equal(proof.index, 1)
  assert.ok(!DurableIntent.is({ index: 1 }))
  assert.ok(!DurableIntent.is(Object.create(DurableIntent.prototype)))
  assert.ok(!DurableIntent.is(null))
})

test('Log.append() refuses an event that is too large or has no canonical form', async (t) => {
  const log = await openTestLog(t, temporaryFolder(t))
  await assert.rejects(log.append(intent('x'.repeat(60_000))), { code: 'message-invalid' })
  await assert.rejects(log.append(intent('\ud800')), { code: 'message-invalid' })
  assert.equal(await log.append(intent('x'.repeat(59_000))), 0)
})

test('Log puts a clock-rollback event before the event that is older than the last', async (t) => {
  const dir = temporaryFolder(t)
  const late = await openTestLog(t, dir, { clock: new ManualClock(10 * day + 5000) })
  await late.append(heartbeat)
  await late.close()
  const early = await openTestLog(t, dir, { clock: new ManualClock(9 * day) })
  assert.equal(await early.append(intent('/a')), 2)
  assert.deepEqual((await early.read(1)).event, {
    v: 1,
    kind: 'clock-rollback',
    elapsed: 0,
    from: 10 * day + 5000,
    to: 9 * day,
  })
  assert.equal(await early.append(heartbeat), 3)
  await early.close()
  assert.ok((await verifyLog(dir, { dayKey: fakeDayKey })).ok)
})

test('Log begins a segment for every start and for every day', async (t) => {
  const dir = temporaryFolder(t)
  const clock = new ManualClock(10 * day)
  const log = await openTestLog(t, dir, { clock })
  await log.append(heartbeat)
  clock.advance(day)
  await log.append(heartbeat)
  await log.close()
  await (await openTestLog(t, dir, { clock })).append(heartbeat)
  const names = segmentFiles(dir).map((path) => path.slice(join(dir, 'sealed/').length))
  assert.deepEqual(names, ['10/00000000.seg', '11/00000001.seg', '11/00000002.seg'])
  assert.equal(lstatSync(segmentFiles(dir)[0]!).mode & 0o777, 0o600)
  assert.equal(lstatSync(join(dir, 'sealed/10')).mode & 0o777, 0o700)
  assert.equal(lstatSync(dir).mode & 0o777, 0o700)
})

test('Log goes on in a new segment when one is full', async (t) => {
  const dir = temporaryFolder(t)
  const log = await openTestLog(t, dir)
  const path = 'x'.repeat(58_000)
  for (let at = 0; at < 17; at++)
    await Promise.all(Array.from({ length: 18 }, () => log.append(intent(path))))
  const event = (await log.read(300)).event as { object: { path: string } }
  assert.equal(event.object.path, path)
  await log.close()
  assert.equal(segmentFiles(dir).length, 2)
  assert.ok(segmentFiles(dir).every((file) => lstatSync(file).size <= 16 * 1024 * 1024))
  assert.deepEqual((await verifyLog(dir, { dayKey: fakeDayKey })).problems, [])
})

test('Log.append() is refused while the day has no key, and goes on when it has one', async (t) => {
  const dir = temporaryFolder(t)
  const clock = new ManualClock(10 * day)
  let locked = false
  const dayKey = async (asked: number) => (locked && asked === 11 ? null : fakeDayKey(asked))
  const log = await openTestLog(t, dir, { clock, keys: { dayKey } })
  await log.append(heartbeat)
  locked = true
  await log.append(heartbeat)
  clock.advance(day)
  await assert.rejects(log.append(heartbeat), { code: 'journal-unwritable' })
  locked = false
  assert.equal(await log.append(heartbeat), 2)
})

test('Log.read() gives no event where the key or the segment was deleted, and the time all the same', async (t) => {
  const dir = temporaryFolder(t)
  await writeLog(t, dir, 3)
  const blind = await openTestLog(t, dir, {
    keys: { dayKey: async () => null },
    clock: new ManualClock(20_454 * day),
  })
  assert.deepEqual(await blind.read(1), { index: 1, time: 1_767_225_600_000, event: null })
  await blind.close()
  rmSync(segmentFiles(dir)[0]!)
  const log = await openTestLog(t, dir)
  assert.equal(await log.append(heartbeat), 3)
  assert.deepEqual(
    (await log.list({ limit: 10 })).map(({ event }) => event === null),
    [false, true, true, true],
  )
})

test('Log publishes a second after the last event, and when it is closed', async (t) => {
  const dir = temporaryFolder(t)
  const clock = new ManualClock()
  const log = await openTestLog(t, dir, { clock })
  await log.append(heartbeat)
  const size = () => Number(readFileSync(join(dir, 'checkpoint'), 'utf8').split('\n')[1])
  clock.advance(900)
  await log.append(heartbeat)
  clock.advance(900)
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(size(), 0)
  clock.advance(100)
  await log.publish()
  assert.equal(size(), 2)
  await log.append(heartbeat)
  await log.close()
  assert.equal(size(), 3)
})

test('Log keeps partial tiles until the full one is there', async (t) => {
  const dir = temporaryFolder(t)
  const log = await openTestLog(t, dir)
  const appendMany = (count: number) =>
    Promise.all(Array.from({ length: count }, () => log.append(heartbeat)))
  await appendMany(200)
  await log.publish()
  await appendMany(20)
  await log.publish()
  assert.ok(existsSync(join(dir, 'tile/0/000.p/200')))
  assert.ok(existsSync(join(dir, 'tile/entries/000.p/220')))
  await appendMany(100)
  await log.publish()
  assert.ok(!existsSync(join(dir, 'tile/0/000.p')))
  assert.ok(!existsSync(join(dir, 'tile/entries/000.p')))
  assert.equal(decodeBundle(readFileSync(join(dir, 'tile/entries/000')), 256)?.length, 256)
  assert.ok(existsSync(join(dir, 'tile/0/001.p/64')))
})

test('Log refuses events after it was closed', async (t) => {
  const log = await openTestLog(t, temporaryFolder(t))
  const last = log.append(heartbeat)
  await log.close()
  assert.equal(await last, 0)
  await assert.rejects(log.append(heartbeat), { code: 'journal-unwritable' })
})

test('openLog() refuses a folder that a living process writes, this one too', async (t) => {
  const dir = temporaryFolder(t)
  const log = await openTestLog(t, dir)
  await log.append(heartbeat)
  await assert.rejects(openTestLog(t, dir), { code: 'already-running' })
  assert.equal(await log.append(heartbeat), 1)
  await log.close()
  assert.equal((await openTestLog(t, dir)).size, 2)
})

test('openLog() refuses another key, a session that has written, and keys of a wrong form', async (t) => {
  const dir = temporaryFolder(t)
  const keys = freshKeys()
  const options = { dir, clock: new ManualClock(), random }
  const log = await openLog({ ...options, keys })
  await log.append(heartbeat)
  await log.close()
  const again = openLog({ ...options, keys: freshKeys({ session: keys.session }) })
  await assert.rejects(again, { code: 'internal' })
  const other = openLog({ ...options, keys: freshKeys({ origin: 'other.example' }) })
  await assert.rejects(other, { code: 'journal-corrupt' })
  for (const wrong of [
    { origin: 'a b' },
    { session: 'AAAA' },
    { session: '!' },
    { origin: 'x'.repeat(1001) },
  ]) {
    await assert.rejects(openLog({ ...options, keys: freshKeys(wrong) }), { code: 'message-invalid' })
  }
})

test('openLog() takes the ratchet key over: the caller holds it no more', async (t) => {
  const keys = freshKeys()
  const log = await openLog({ dir: temporaryFolder(t), keys, clock: new ManualClock(), random })
  t.after(() => log.close())
  assert.throws(() => keys.ratchet.length, { code: 'secret-disposed' })
})
