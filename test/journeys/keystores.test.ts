// Where the vault's key lies: the session's keystore, a passphrase, a file; and what happens when one is gone.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test, type TestContext } from 'node:test'
import { openTrial } from '../../tools/trial.ts'

interface Status {
  phase: string
  keystore: { kind: string; assurance: string; place: string }
}

/** Skips where the session has no keystore; in CI that is a failure. */
function needsKeystore(t: TestContext): boolean {
  if (process.env['DBUS_SESSION_BUS_ADDRESS'] !== undefined) return true
  assert.equal(process.env['CI'], undefined, 'there is no session bus, and CI must have one')
  t.skip('there is no session bus with a keystore')
  return false
}

test("keystores: with the session's keystore the key lies there, and survives a restart", async (t) => {
  if (!needsKeystore(t)) return
  const trial = await openTrial({ hasKeystore: true })
  try {
    const status = async () => JSON.parse((await trial.run(['status', '--json'])).stdout) as Status
    const first = await status()
    assert.deepEqual(
      [first.phase, first.keystore.kind, first.keystore.assurance],
      ['ready', 'system', 'system'],
    )
    await trial.run(['secret', 'set', 'kept'], 'a value that is kept')
    await trial.run(['stop'])
    await trial.run(['start'])
    assert.equal((await status()).phase, 'ready')
    assert.match((await trial.run(['secret', 'list', '--json'])).stdout, /"kept"/)
  } finally {
    await trial.close()
  }
})

test('keystores: a keystore that vanished means locked, with a next step, and no weaker slot', async (t) => {
  if (!needsKeystore(t)) return
  const trial = await openTrial({ hasKeystore: true })
  try {
    await trial.run(['stop'])
    const { DBUS_SESSION_BUS_ADDRESS: _bus, ...without } = trial.env
    const started = await trial.run(['start', '--json'], '', without)
    const status = JSON.parse((await trial.run(['status', '--json'], '', without)).stdout) as Status
    assert.equal(status.phase, 'locked', started.stdout)
    assert.equal(status.keystore.kind, 'system')
    const listed = await trial.run(['secret', 'list', '--json'], '', without)
    assert.deepEqual([listed.code, /"code":"locked"/.test(listed.stdout)], [5, true])
    await trial.run(['stop'], '', without)
    await trial.run(['start'])
    const back = JSON.parse((await trial.run(['status', '--json'])).stdout) as Status
    assert.equal(back.phase, 'ready')
    const { stdout } = await trial.run(['log', 'list', '--json', '--limit', '20'])
    assert.match(stdout, /"kind":"lifecycle"/)
  } finally {
    await trial.close()
  }
})

test('keystores: without one a file holds the key, and start, status and doctor say so', async () => {
  const trial = await openTrial()
  try {
    const [status, doctor] = [await trial.run(['status']), await trial.run(['doctor'])]
    assert.match(status.stdout, /file/)
    assert.match(status.stdout + status.stderr, /anyone who can read your files/)
    assert.match(doctor.stdout, /assurance level: file/)
    await trial.run(['stop'])
    const started = await trial.run(['start'])
    assert.match(started.stdout + started.stderr, /assurance file/)
  } finally {
    await trial.close()
  }
})

test(
  'keystores: no program of the house leaves a core or can be traced by its own user',
  { skip: process.getuid?.() === 0 ? false : 'reads /proc as root' },
  async () => {
    const trial = await openTrial()
    try {
      const pids = await trial.pids()
      for (const name of ['broker', 'keeper']) {
        // A process that may not be dumped belongs to root in /proc, whoever runs it; as root its mode still tells.
        const { stdout } = spawnSync('stat', ['-c', '%a', `/proc/${pids.get(name)}/environ`], {
          encoding: 'utf8',
        })
        assert.equal(stdout.trim(), '400', name)
      }
    } finally {
      await trial.close()
    }
  },
)
