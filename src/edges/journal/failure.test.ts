// Tests of disks that fail while the log is written.
import { base64url } from '#base'
import { verifyLog } from '#verify'
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import fs, { copyFileSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { fakeDayKey, heartbeat, intent, openTestLog, segmentFiles, temporaryFolder } from './fixture.test.ts'

/** Lets the next calls of a file system function fail, as the kernel would. */
function breakDisk(t: TestContext, name: 'fdatasyncSync' | 'writeSync', code: string): () => void {
  const broken = t.mock.method(fs, name, () => {
    throw Object.assign(new Error(code), { code })
  })
  syncBuiltinESMExports()
  const mend = () => {
    broken.mock.restore()
    syncBuiltinESMExports()
  }
  t.after(mend)
  return mend
}

for (const [name, code] of [
  ['fdatasyncSync', 'EIO'],
  ['writeSync', 'ENOSPC'],
  ['writeSync', 'EROFS'],
] as const) {
  test(`Log.append() refuses everything after ${code} in ${name}, and acknowledged nothing`, async (t) => {
    const dir = temporaryFolder(t)
    const log = await openTestLog(t, dir)
    await log.append(heartbeat)
    const mend = breakDisk(t, name, code)
    const isRefusal = (error: { code: string; cause: { code: string } }) => {
      return error.code === 'journal-unwritable' && error.cause.code === code
    }
    const three = await Promise.allSettled(
      [heartbeat, heartbeat, heartbeat].map((event) => log.append(event)),
    )
    for (const result of three) assert.ok(result.status === 'rejected' && isRefusal(result.reason))
    mend()
    await assert.rejects(log.append(heartbeat), isRefusal)
    await assert.rejects(log.intend(heartbeat), isRefusal)
    await assert.rejects(log.publish(), isRefusal)
    assert.equal(log.size, 1)
    await log.close()
    const again = await openTestLog(t, dir, { atLeast: 1 })
    assert.ok((await again.append(heartbeat)) >= 1)
    await again.close()
    assert.deepEqual((await verifyLog(dir, { dayKey: fakeDayKey })).problems, [])
  })
}

test('Log.append() refuses when the segment was removed, so that nothing is recorded nowhere', async (t) => {
  const dir = temporaryFolder(t)
  const log = await openTestLog(t, dir)
  await log.append(heartbeat)
  rmSync(segmentFiles(dir)[0]!)
  await assert.rejects(log.append(heartbeat), { code: 'journal-unwritable' })
  await assert.rejects(log.append(heartbeat), { code: 'journal-unwritable' })
})

test('Log.append() refuses when the segment was replaced, or the folder was moved away', async (t) => {
  const dir = temporaryFolder(t)
  const log = await openTestLog(t, dir)
  await log.append(heartbeat)
  const [segment] = segmentFiles(dir)
  copyFileSync(segment!, `${segment}.copy`)
  renameSync(`${segment}.copy`, segment!)
  await assert.rejects(log.append(heartbeat), { code: 'journal-unwritable' })
  await log.close()
  const second = await openTestLog(t, dir)
  await second.append(heartbeat)
  renameSync(dir, `${dir}-elsewhere`)
  mkdirSync(dir)
  await assert.rejects(second.append(heartbeat), { code: 'journal-unwritable' })
})

test('Log fails when it cannot publish, since recovery would then have to read ever more', async (t) => {
  const dir = temporaryFolder(t)
  const log = await openTestLog(t, dir)
  await log.append(heartbeat)
  fs.writeFileSync(join(dir, 'tile'), '')
  await assert.rejects(log.publish(), { code: 'journal-unwritable' })
  await assert.rejects(log.append(heartbeat), { code: 'journal-unwritable' })
})

/** Appends to a log on a file system of 2 MiB until it refuses; prints the last index that was acknowledged. */
const fillDisk = `
  const { openTestLog, intent } = await import(${JSON.stringify(join(import.meta.dirname, 'fixture.test.ts'))})
  const log = await openTestLog({ after() {} }, process.argv[1])
  let last = -1
  try {
    for (;;) last = await log.append(intent('x'.repeat(20_000)))
  } catch (error) {
    let cause = error
    while (cause.cause !== undefined) cause = cause.cause
    console.log(JSON.stringify({ last, code: error.code, cause: cause.code }))
  }
`

const canMount = process.platform === 'linux' && process.getuid?.() === 0
const noMount = canMount ? false : 'needs root on Linux to mount a small file system'

test('Log.append() refuses on a full disk, and loses nothing', { skip: noMount }, async (t) => {
  const dir = temporaryFolder(t)
  mkdirSync(dir)
  const small = join(dir, 'small')
  const copy = join(dir, 'copy')
  mkdirSync(small)
  const script = `mount -t tmpfs -o size=2m tmpfs "$1" && "$2" --input-type=module -e "$3" "$1/journal"; cp -r "$1/journal" "$4"`
  const { stdout, stderr } = spawnSync(
    'unshare',
    ['-m', 'sh', '-c', script, base64url(Buffer.from('sh')), small, process.execPath, fillDisk, copy],
    { encoding: 'utf8' },
  )
  assert.ok(stdout !== '', stderr)
  const { last, code, cause } = JSON.parse(stdout.trim().split('\n')[0]!)
  assert.equal(code, 'journal-unwritable')
  assert.equal(cause, 'ENOSPC')
  assert.ok(last > 10)
  const log = await openTestLog(t, copy, { atLeast: last + 1 })
  assert.equal((await log.read(last)).event?.['kind'], intent('').kind)
  await log.close()
  assert.deepEqual((await verifyLog(copy, { dayKey: fakeDayKey })).problems, [])
})
