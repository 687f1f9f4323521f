// Kills a writer at any moment: what it was told is recorded is there.
import { verifyLog } from '#verify'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fakeDayKey, openTestLog, temporaryFolder } from './fixture.test.ts'

/** Appends without end, some events alone and some together, and prints each index that was acknowledged. */
const appendLoop = `
  const { openTestLog, intent } = await import(${JSON.stringify(join(import.meta.dirname, 'fixture.test.ts'))})
  const log = await openTestLog({ after() {} }, process.argv[1])
  for (let round = 0; ; round++) {
    const events = Array.from({ length: 1 + (round % 7) }, () => intent('/round/' + round + '/' + 'x'.repeat(2000)))
    const indexes = await Promise.all(events.map((event) => log.append(event)))
    process.stdout.write(indexes.map((index) => index + ' ' + round + '\\n').join(''))
    if (round % 50 === 49) void log.publish()
  }
`

/** Runs the loop until it acknowledged `enough` events, then kills it. Gives the round of each index. */
async function appendAndKill(dir: string, enough: number): Promise<Map<number, number>> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', appendLoop, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = once(child, 'exit')
  const acknowledged = new Map<number, number>()
  for await (const line of createInterface({ input: child.stdout })) {
    const [index, round] = line.split(' ').map(Number)
    acknowledged.set(index!, round!)
    if (acknowledged.size >= enough) child.kill('SIGKILL')
  }
  await gone
  return acknowledged
}

test('Log loses no acknowledged event when its process is killed, ten times over', async (t) => {
  const dir = temporaryFolder(t)
  let atLeast = 0
  for (let kill = 0; kill < 10; kill++) {
    const acknowledged = await appendAndKill(dir, 1 + kill * 17)
    const log = await openTestLog(t, dir, { atLeast: Math.max(...acknowledged.keys()) + 1 })
    assert.ok(log.size > atLeast)
    atLeast = log.size
    for (const entry of await log.list({ limit: acknowledged.size + 50 })) {
      const round = acknowledged.get(entry.index)
      if (round === undefined) continue
      const { path } = (entry.event as { object: { path: string } }).object
      assert.ok(path.startsWith(`/round/${round}/`))
      acknowledged.delete(entry.index)
    }
    assert.equal(acknowledged.size, 0)
    await log.close()
  }
  assert.deepEqual((await verifyLog(dir, { dayKey: fakeDayKey })).problems, [])
})

test('openLog() waits for no living writer, and takes over from a killed one', async (t) => {
  const dir = temporaryFolder(t)
  const child = spawn(process.execPath, ['--input-type=module', '-e', appendLoop, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = once(child, 'exit')
  await once(child.stdout, 'data')
  await assert.rejects(openTestLog(t, dir), { code: 'already-running' })
  child.kill('SIGKILL')
  await gone
  assert.ok((await openTestLog(t, dir)).size > 0)
})
