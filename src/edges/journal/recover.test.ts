// Tests of what a log makes of segments that a crash, or somebody, left behind.
import { verifyLog } from '#verify'
import * as fc from 'fast-check'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import {
  fakeDayKey,
  frameOffsets,
  heartbeat,
  intent,
  openTestLog,
  segmentFiles,
  temporaryFolder,
} from './fixture.test.ts'

/** A log as kill -9 leaves it: `published` events, then `loose` ones that no checkpoint covers, zeroes at the end. */
async function crashedLog(t: TestContext, { published = 2, loose = 3 } = {}): Promise<string> {
  const dir = temporaryFolder(t)
  const log = await openTestLog(t, dir)
  for (let at = 0; at < published; at++) await log.append(intent(`/published/${at}`))
  await log.publish()
  for (let at = 0; at < loose; at++) await log.append(intent(`/loose/${at}`))
  const copy = temporaryFolder(t)
  cpSync(dir, copy, { recursive: true, filter: (path) => !path.includes('lock-') })
  await log.close()
  return copy
}

/** Changes the newest segment in place. */
function change(dir: string, act: (bytes: Buffer, offsets: number[]) => Buffer | void): void {
  const path = segmentFiles(dir).at(-1)!
  const bytes = readFileSync(path)
  writeFileSync(path, act(bytes, frameOffsets(path)) ?? bytes)
}

async function recoverySaid(t: TestContext, dir: string): Promise<{ size: number; dropped: number }> {
  const log = await openTestLog(t, dir)
  const [entry] = await log.list({ limit: 1 })
  const event = entry?.event
  const size = log.size
  await log.close()
  assert.deepEqual((await verifyLog(dir, { dayKey: fakeDayKey })).problems, [])
  return { size, dropped: event?.['kind'] === 'recovery' ? Number(event['droppedBytes']) : 0 }
}

test('openLog() goes on after a crash with all events and nothing dropped', async (t) => {
  const dir = await crashedLog(t)
  assert.ok(statSync(segmentFiles(dir)[0]!).size >= 1024 * 1024)
  assert.deepEqual(await recoverySaid(t, dir), { size: 5, dropped: 0 })
  assert.ok(statSync(segmentFiles(dir)[0]!).size < 64 * 1024)
})

test('openLog() goes on from segments alone when nothing was published yet', async (t) => {
  const dir = await crashedLog(t, { published: 0, loose: 4 })
  assert.deepEqual(await recoverySaid(t, dir), { size: 4, dropped: 0 })
})

test('openLog() drops a torn tail, however it was torn, and records size and hash of what it dropped', async (t) => {
  const image = await crashedLog(t)
  const tears: Record<string, (frame: Buffer, at: number) => void> = {
    'lost end': (frame, at) => frame.fill(0, at),
    'lost start': (frame, at) => frame.fill(0, 0, at),
    'lost sector': (frame, at) => frame.fill(0, at, Math.min(at + 512, frame.length)),
    'run of ones': (frame, at) => frame.fill(0xff, at, Math.min(at + 100, frame.length)),
    'flipped bit': (frame, at) => {
      frame[at]! ^= 1
    },
  }
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(tears)),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      async (name, where) => {
        const dir = temporaryFolder(t)
        cpSync(image, dir, { recursive: true })
        let sha256 = ''
        change(dir, (bytes, offsets) => {
          const frame = bytes.subarray(offsets.at(-2), offsets.at(-1))
          const before = Buffer.from(frame)
          tears[name]!(frame, Math.floor(where * frame.length))
          if (frame.equals(before)) frame[0]! ^= 1
          const end = bytes.findLastIndex((byte) => byte !== 0) + 1
          sha256 = createHash('sha256')
            .update(bytes.subarray(offsets.at(-2), end))
            .digest('hex')
        })
        const log = await openTestLog(t, dir)
        const { event } = await log.read(4)
        assert.equal(log.size, 5)
        assert.equal(event?.['kind'], 'recovery')
        assert.equal(event['sha256'], sha256)
        await log.close()
        assert.deepEqual((await verifyLog(dir, { dayKey: fakeDayKey })).problems, [])
      },
    ),
    { numRuns: 25 },
  )
})

test('openLog() records a dropped tail also when the machine stops between dropping and recording', async (t) => {
  const dir = await crashedLog(t)
  change(dir, (bytes, offsets) => void (bytes[offsets.at(-1)! - 1]! ^= 1))
  const keyless = openTestLog(t, dir, { keys: { dayKey: async () => null } })
  await assert.rejects(keyless, { code: 'journal-unwritable' })
  assert.ok(existsSync(join(dir, 'recovery')))
  const { size, dropped } = await recoverySaid(t, dir)
  assert.equal(size, 5)
  assert.ok(dropped > 500)
  assert.ok(!existsSync(join(dir, 'recovery')))
})

test('openLog() refuses a bad frame before a good one, and changes nothing', async (t) => {
  const dir = await crashedLog(t)
  change(dir, (bytes, offsets) => void (bytes[offsets.at(-3)! + 70]! ^= 1))
  const before = readFileSync(segmentFiles(dir)[0]!)
  await assert.rejects(openTestLog(t, dir), { code: 'journal-corrupt' })
  assert.ok(readFileSync(segmentFiles(dir)[0]!).equals(before))
  assert.ok(!existsSync(join(dir, 'recovery')))
})

test('openLog() refuses a frame that was repeated or left out', async (t) => {
  const repeated = await crashedLog(t)
  change(repeated, (bytes, offsets) => {
    bytes.copy(bytes, offsets.at(-1), offsets.at(-2), offsets.at(-1))
  })
  await assert.rejects(openTestLog(t, repeated), { code: 'journal-corrupt' })
  const missing = await crashedLog(t)
  change(missing, (bytes, offsets) => {
    return Buffer.concat([bytes.subarray(0, offsets.at(-3)), bytes.subarray(offsets.at(-2))])
  })
  await assert.rejects(openTestLog(t, missing), { code: 'journal-corrupt' })
})

test('openLog() refuses a bad last frame that was published: no interrupted write explains it', async (t) => {
  const dir = await crashedLog(t, { published: 3, loose: 0 })
  change(dir, (bytes, offsets) => void (bytes[offsets.at(-2)! + 70]! ^= 1))
  await assert.rejects(openTestLog(t, dir), { code: 'journal-corrupt' })
})

test('openLog() refuses a log that is smaller than somebody remembers', async (t) => {
  const dir = await crashedLog(t)
  change(dir, (bytes, offsets) => void bytes.fill(0, offsets.at(-2)))
  await assert.rejects(openTestLog(t, dir, { atLeast: 5 }), { code: 'journal-corrupt' })
  assert.equal((await openTestLog(t, dir, { atLeast: 4 })).size, 4)
})

test('openLog() refuses a segment with a changed header, and a file that is no segment', async (t) => {
  for (const at of [0, 7, 15, 19, 31, 39, 63]) {
    const dir = await crashedLog(t)
    change(dir, (bytes) => void (bytes[at]! ^= 1))
    await assert.rejects(openTestLog(t, dir), { code: 'journal-corrupt' }, `byte ${at}`)
  }
})

test('openLog() refuses a log without checkpoint, key or tiles, or with another signature', async (t) => {
  const spoil: ((dir: string) => void)[] = [
    (dir) => rmSync(join(dir, 'checkpoint')),
    (dir) => rmSync(join(dir, 'vkey')),
    (dir) => rmSync(join(dir, 'tile/0/000.p/2')),
    (dir) => rmSync(join(dir, 'tile/entries/000.p/2')),
    (dir) => writeFileSync(join(dir, 'tile/0/000.p/2'), Buffer.alloc(64)),
    (dir) => {
      const note = readFileSync(join(dir, 'checkpoint'), 'utf8')
      writeFileSync(join(dir, 'checkpoint'), note.replace('\n2\n', '\n1\n'))
    },
  ]
  for (const act of spoil) {
    const dir = await crashedLog(t)
    act(dir)
    await assert.rejects(openTestLog(t, dir), { code: 'journal-corrupt' }, String(act))
  }
})

test('openLog() takes over from a dead process, also when its number lives again', async (t) => {
  const dir = await crashedLog(t)
  writeFileSync(join(dir, 'lock-999999999-1-00000000'), '')
  writeFileSync(join(dir, `lock-${process.ppid}-1-00000000`), '')
  writeFileSync(join(dir, 'lock-nonsense'), '')
  const log = await openTestLog(t, dir)
  assert.equal(await log.append(heartbeat), 5)
})
