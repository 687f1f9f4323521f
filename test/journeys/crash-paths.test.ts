// What a crash of the real programs would take along.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { platform } from 'node:process'
import { test } from 'node:test'
import { openTrial } from '../../tools/trial.ts'

const skip = platform === 'linux' ? false : 'needs /proc'

test('programs are started so that a report of a crash holds no environment', { skip }, async () => {
  const trial = await openTrial({ isSource: true })
  try {
    const pids = await trial.pids()
    assert.ok(['broker', 'keeper', 'reader'].every((name) => pids.has(name)))
    for (const [name, pid] of pids) {
      const flags = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      assert.ok(flags.includes('--report-exclude-env'), name)
      const dumping = /^--(?:heapsnapshot|heap-prof|abort-on|report-(?!exclude))/
      assert.deepEqual(
        flags.filter((flag) => dumping.test(flag)),
        [],
        name,
      )
    }
  } finally {
    await trial.close()
  }
})
