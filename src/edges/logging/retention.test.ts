// Sealed logs: written, read back, damaged, cut, full, and deleted in time.
import { ManualClock, Secret, type Fault } from '#base'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import fs, {
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { before, test, type TestContext } from 'node:test'
import * as fc from 'fast-check'
import pino from 'pino'
import { assertClean, failing, plantedRecord, temporaryFolder, token } from './fixture.test.ts'
import { readSealedLog, sealedLog, type SealedLog, type SealedLogOptions, type Unseal } from './retention.ts'

const dayLength = 86_400_000
/** 2026-01-01, noon. */
const noon = 1_767_268_800_000
const key = Secret.own(new Uint8Array(32).fill(7))
let identity: string
let recipient: string

before(async () => {
  identity = await generateIdentity()
  recipient = await identityToRecipient(identity)
})

interface Opened {
  readonly log: SealedLog
  readonly dir: string
  readonly clock: ManualClock
  readonly faults: Fault[]
}

async function opened(t: TestContext, options: Partial<SealedLogOptions> = {}): Promise<Opened> {
  const faults: Fault[] = []
  const clock = new ManualClock(noon)
  const dir = options.dir ?? join(temporaryFolder(t), 'log')
  const usual = { dir, seal: { key }, days: 3, clock, onFault: (fault: Fault) => faults.push(fault) }
  const log = await sealedLog({ ...usual, ...options })
  t.after(() => log.close())
  return { log, dir, clock, faults }
}

/** Lines joined, and problems, as short texts in order. */
async function read(dir: string, unseal: Unseal = { key }): Promise<string[]> {
  const pieces: string[] = []
  for await (const piece of readSealedLog(dir, unseal)) {
    const name = `${piece.day}.${piece.part}`
    if ('problem' in piece) pieces.push(`${name} ${piece.problem}`)
    else for (const line of piece.lines) pieces.push(`${name} ${line.trimEnd()}`)
  }
  return pieces
}

/** Lets a keys' worth of promises settle. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** Lets the calls of a file system function fail, as the kernel would. */
function breakDisk(
  t: TestContext,
  name: 'writeSync' | 'fdatasyncSync' | 'ftruncateSync',
  code: string,
): () => void {
  const broken = t.mock.method(fs, name, () => {
    throw Object.assign(new Error(code), { code })
  })
  syncBuiltinESMExports()
  const mend = (): void => {
    broken.mock.restore()
    syncBuiltinESMExports()
  }
  t.after(mend)
  return mend
}

test('sealedLog() seals redacted lines to an age recipient, who alone reads them', async (t) => {
  const { log, dir } = await opened(t, { seal: { recipient } })
  const logger = pino({}, log)
  logger.info(plantedRecord(), `ü ${token}`)
  log.write('without a line feed')
  await log.close()
  const file = readFileSync(join(dir, '2026-01-01.sealed'))
  assertClean(file.toString('latin1'))
  assert.ok(!file.includes('line feed'))
  const lines = await read(dir, { identity })
  assertClean(lines.join('\n'))
  assert.match(lines[0] ?? '', /"msg":"ü \[github-token/)
  assert.equal(lines[1], '2026-01-01.1 without a line feed')
  assert.equal(lines.length, 2)
  const stranger = { identity: await generateIdentity() }
  for (const unseal of [stranger, { key }, { identity: 'none' }]) {
    assert.deepEqual(await read(dir, unseal), ['2026-01-01.1 wrong-key'])
  }
})

test('sealedLog() seals to a key, and no other opens it', async (t) => {
  const { log, dir } = await opened(t)
  log.write('a\nb\n')
  await log.close()
  assert.deepEqual(await read(dir), ['2026-01-01.1 a', '2026-01-01.1 b'])
  const other = { key: Secret.own(new Uint8Array(32)) }
  assert.deepEqual(await read(dir, other), ['2026-01-01.1 wrong-key'])
  assert.deepEqual(await read(dir, { identity }), ['2026-01-01.1 wrong-key'])
})

test('sealedLog() makes its files for nobody else', async (t) => {
  const { log, dir } = await opened(t)
  log.write('a')
  assert.equal(statSync(dir).mode & 0o777, 0o700)
  assert.equal(statSync(join(dir, '2026-01-01.sealed')).mode & 0o777, 0o600)
})

test('sealedLog() refuses what is no recipient, no key and no time', async (t) => {
  const dir = temporaryFolder(t)
  const usage = { code: 'usage' }
  await assert.rejects(sealedLog({ dir, seal: { recipient: 'age1none' }, days: 1 }), usage)
  await assert.rejects(sealedLog({ dir, seal: { key: Secret.own(new Uint8Array(31)) }, days: 1 }), usage)
  for (const days of [0, -1, Number.NaN, 1e9])
    await assert.rejects(sealedLog({ dir, seal: { key }, days }), usage)
})

test('sealedLog() begins a file each day, and a further one each time it is opened', async (t) => {
  const { log, dir, clock } = await opened(t)
  log.write('a')
  await settled()
  clock.advance(dayLength)
  log.write('b')
  await log.close()
  const again = await opened(t, { dir, clock })
  again.log.write('c')
  await again.log.close()
  assert.deepEqual(readdirSync(dir), ['2026-01-01.sealed', '2026-01-02.2.sealed', '2026-01-02.sealed'])
  assert.deepEqual(await read(dir), ['2026-01-01.1 a', '2026-01-02.1 b', '2026-01-02.2 c'])
})

test('sealedLog() deletes a file when its youngest line is old enough, not a moment before, and nothing else', async (t) => {
  const { log, dir, clock } = await opened(t, { days: 3 })
  log.write('a')
  writeFileSync(join(dir, '2025-01-01.sealed.txt'), '')
  writeFileSync(join(dir, '2025-99-99.sealed'), '')
  // The first day ends half a day from now; three full days later its last line is three days old.
  clock.advance(3.5 * dayLength - 1)
  assert.ok(readdirSync(dir).includes('2026-01-01.sealed'))
  clock.advance(1)
  assert.deepEqual(readdirSync(dir), ['2025-01-01.sealed.txt', '2025-99-99.sealed'])
  await log.close()
  writeFileSync(join(dir, '2025-12-01.2.sealed'), '')
  await opened(t, { dir, clock })
  assert.ok(!readdirSync(dir).includes('2025-12-01.2.sealed'))
})

test('readSealedLog() names a tail that a crash tore, and a part without an end, and gives what stood before', async (t) => {
  const { log, dir } = await opened(t)
  for (const line of ['a', 'b', 'c']) log.write(line)
  const path = join(dir, '2026-01-01.sealed')
  assert.deepEqual((await read(dir)).at(-1), '2026-01-01.1 not-closed')
  const whole = readFileSync(path)
  const lines = ['2026-01-01.1 a', '2026-01-01.1 b', '2026-01-01.1 c']
  for (let length = whole.length - 1; length > 0; length--) {
    truncateSync(path, length)
    const pieces = await read(dir)
    const given = pieces.slice(0, -1)
    assert.deepEqual(given, lines.slice(0, given.length))
    assert.match(pieces.at(-1) ?? '', /torn-tail|not-closed|head-damaged$/)
  }
})

test('readSealedLog() gives nothing of a frame that was changed, moved, repeated or left out', async (t) => {
  const { log, dir } = await opened(t)
  for (const line of ['aaaa', 'bbbb', 'cccc']) log.write(line)
  await log.close()
  const path = join(dir, '2026-01-01.sealed')
  const whole = readFileSync(path)
  const frame = 4 + 5 + 16
  // From the end: the end itself, then the three lines.
  const at = [4, 3, 2, 1].map((count) => whole.length - 20 - (count - 1) * frame)
  const [first, second, third, end] = at.map((start, index) => whole.subarray(start, at[index + 1]))
  const head = whole.subarray(0, at[0])
  const expect = async (name: string, parts: readonly (Buffer | undefined)[], wanted: readonly string[]) => {
    writeFileSync(path, Buffer.concat(parts.map((part) => part ?? Buffer.alloc(0))))
    const pieces = await read(dir)
    assert.deepEqual(
      pieces,
      wanted.map((piece) => `2026-01-01.1 ${piece}`),
      name,
    )
  }
  await expect('whole', [head, first, second, third, end], ['aaaa', 'bbbb', 'cccc'])
  await expect('moved', [head, second, first, third, end], ['frame-changed'])
  await expect('left out', [head, first, third, end], ['aaaa', 'frame-changed'])
  await expect('repeated', [head, first, first, second, third, end], ['aaaa', 'frame-changed'])
  await expect('cut, and the end put back', [head, first, end], ['aaaa', 'frame-changed'])
  await expect('something behind', [whole, Buffer.of(0)], ['aaaa', 'bbbb', 'cccc', 'after-end'])
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (place, flip) => {
      const changed = Buffer.from(whole)
      changed[place]! ^= flip
      writeFileSync(path, changed)
      const pieces = (await read(dir)).map((piece) => piece.slice('2026-01-01.1 '.length))
      assert.deepEqual(pieces.slice(0, -1), ['aaaa', 'bbbb', 'cccc'].slice(0, pieces.length - 1))
      assert.match(pieces.at(-1) ?? '', /^(?:head-damaged|wrong-key|frame-changed|torn-tail)$/)
    }),
    { numRuns: 60 },
  )
})

test('readSealedLog() names a part that is missing or stands in for another', async (t) => {
  const { dir, clock, log } = await opened(t)
  log.write('a')
  await log.close()
  for (const line of ['b', 'c']) {
    const next = await opened(t, { dir, clock })
    next.log.write(line)
    await next.log.close()
  }
  rmSync(join(dir, '2026-01-01.2.sealed'))
  assert.deepEqual(await read(dir), ['2026-01-01.1 a', '2026-01-01.2 part-missing', '2026-01-01.3 c'])
  renameSync(join(dir, '2026-01-01.3.sealed'), join(dir, '2026-01-01.2.sealed'))
  assert.deepEqual(await read(dir), ['2026-01-01.1 a', '2026-01-01.2 head-damaged'])
})

test('SealedLog.write() loses lines while the disk is full, throws nothing, and says later how many', async (t) => {
  const { log, dir, clock, faults } = await opened(t)
  log.write('a')
  await settled()
  const mend = breakDisk(t, 'writeSync', 'ENOSPC')
  assert.equal(log.write('b'), false)
  assert.equal(log.write('c'), false)
  clock.advance(1000)
  assert.equal(log.write('d'), false)
  mend()
  await settled()
  clock.advance(1000)
  assert.equal(log.write('e'), true)
  await log.close()
  assert.deepEqual([...new Set(faults.map(({ code }) => code))], ['disk-full'])
  assert.deepEqual(await read(dir), [
    '2026-01-01.1 a',
    '2026-01-01.1 not-closed',
    '2026-01-01.2 {"level":50,"msg":"[lost: 3 lines]"}',
    '2026-01-01.2 e',
  ])
})

for (const sync of ['line', 'second'] as const) {
  test(`SealedLog tells of a disk that cannot be forced, with sync ${sync}`, async (t) => {
    const { log, clock, faults } = await opened(t, { sync })
    breakDisk(t, 'fdatasyncSync', 'EIO')
    log.write('a')
    clock.advance(1000)
    assert.deepEqual(
      faults.map(({ code }) => code),
      ['internal'],
    )
  })
}

test('SealedLog.write() drops the line that it cannot redact', async (t) => {
  const { log, dir } = await opened(t, { known: failing })
  log.write(JSON.stringify({ token }))
  await log.close()
  assert.deepEqual(await read(dir), ['2026-01-01.1 {"level":50,"msg":"[unredacted: dropped]"}'])
})

test('SealedLog.write() takes lines of any length', async (t) => {
  const { log, dir } = await opened(t)
  const long = 'é'.repeat(1_500_000)
  log.write(long)
  await log.close()
  assert.deepEqual(await read(dir), [`2026-01-01.1 ${long}`])
})

test('SealedLog keeps what was written when its process is killed', async (t) => {
  const dir = temporaryFolder(t)
  const door = JSON.stringify(new URL('retention.ts', import.meta.url).href)
  const script = `
    import { sealedLog } from ${door}
    const log = await sealedLog({ dir: ${JSON.stringify(dir)}, seal: { recipient: ${JSON.stringify(recipient)} }, days: 9 })
    for (let line = 0; line < 100; line++) log.write('line ' + line)
    process.kill(process.pid, 'SIGKILL')`
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script])
  assert.equal(signal, 'SIGKILL')
  const pieces = await read(dir, { identity })
  assert.equal(pieces.length, 101)
  assert.match(pieces[99] ?? '', /line 99$/)
  assert.match(pieces[100] ?? '', /not-closed$/)
})
