// Real processes that write what they write when they crash.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder, token } from './fixture.test.ts'
import { hardenProcess } from './harden.ts'

const door = JSON.stringify(new URL('harden.ts', import.meta.url).href)

/** Runs a script in a process with a token in its environment; gives what it printed. */
function run(script: string, flags: readonly string[] = [], cwd?: string): string {
  const { stdout } = spawnSync(process.execPath, [...flags, '--input-type=module', '-e', script], {
    encoding: 'utf8',
    env: { TOKEN: token },
    ...(cwd !== undefined && { cwd }),
  })
  return stdout
}

test('hardenProcess() takes the environment out of the report of a crash', (t) => {
  const cwd = temporaryFolder(t)
  const crash = `throw new Error('crash')`
  const flags = ['--report-uncaught-exception', `--report-directory=${cwd}`]
  run(crash, flags)
  run(`import { hardenProcess } from ${door}; hardenProcess(process); ${crash}`, flags)
  run(crash, [...flags, '--report-exclude-env'])
  const holds = readdirSync(cwd)
    .toSorted()
    .map((file) => readFileSync(join(cwd, file), 'utf8').includes(token))
  assert.equal(holds.filter(Boolean).length, 1)
  assert.equal(holds.length, 3)
})

test('hardenProcess() names what only whoever starts the process can close', () => {
  const codes = (flags: readonly string[]): unknown =>
    JSON.parse(
      run(
        `import { hardenProcess } from ${door}; console.log(JSON.stringify(hardenProcess(process).map(({ code }) => code)))`,
        flags,
      ),
    )
  const base = codes([])
  assert.ok(Array.isArray(base))
  const without = base.filter((code) => code !== 'core-dump')
  assert.deepEqual(without, [])
  assert.ok(String(codes(['--heapsnapshot-near-heap-limit=1'])).includes('heap-snapshot'))
  assert.ok(String(codes(['--abort_on_uncaught_exception'])).includes('core-dump'))
})

test('hardenProcess() reads flags of NODE_OPTIONS, and says if reports cannot be told', () => {
  const leaks = hardenProcess({
    execArgv: [],
    env: { NODE_OPTIONS: '--inspect=0 --heapsnapshot-signal=SIGUSR2' },
  })
  const codes = leaks.map(({ code }) => code).filter((code) => code !== 'core-dump')
  assert.deepEqual(codes, ['report-environment', 'heap-snapshot', 'inspector'])
})
