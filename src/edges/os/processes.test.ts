import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, it } from 'node:test'
import { ancestryOf, launcherOf, processOf } from './index.ts'
import { isCarrier, parseStat } from './processes.ts'

const base = mkdtempSync(`${tmpdir()}/keyreeve-processes-`)
const started: ChildProcess[] = []
after(() => {
  for (const child of started) child.kill('SIGKILL')
  rmSync(base, { recursive: true })
})

it('processOf() describes this process', () => {
  const info = processOf(process.pid)
  assert.equal(info?.executable, readlinkSync('/proc/self/exe'))
  assert.deepEqual([info.pid, info.parent, info.uid], [process.pid, process.ppid, process.geteuid?.()])
  assert.equal(info.gid, process.getegid?.())
  assert.equal(info.isReplaced, false)
  assert.ok(info.startTime > 0)
  assert.equal(info.command[0]?.split('/').at(-1), process.argv0.split('/').at(-1))
})

it('processOf() gives null for what is no process', () => {
  for (const pid of [0, -1, 1.5, NaN, 2 ** 31 - 1, 2 ** 60]) assert.equal(processOf(pid), null, String(pid))
})

it('processOf() gives null for a zombie', async () => {
  const child = await start('sh', ['-c', 'read x; true'])
  assert.equal(processOf(child)?.pid, child)
  process.kill(child, 'SIGKILL')
  // Without an await nobody looks after it, so it stays a zombie.
  while (!/\) Z/.test(readFileSync(`/proc/${child}/stat`, 'utf8')));
  assert.equal(processOf(child), null)
})

it('processOf() limits the command, which the process chooses', async () => {
  const child = await start('sh', [
    '-c',
    'read x; true',
    'x'.repeat(1000),
    ...Array.from({ length: 100 }, () => 'y'),
  ])
  const command = processOf(child)?.command ?? []
  assert.equal(command.length, 64)
  assert.equal(command[3], 'x'.repeat(256))
})

it('processOf() tells an executable that was deleted from one that is called so', async () => {
  for (const name of ['gone', 'odd (deleted)']) copyFileSync('/bin/sleep', `${base}/${name}`)
  const gone = await start(`${base}/gone`, ['60'])
  rmSync(`${base}/gone`)
  const odd = await start(`${base}/odd (deleted)`, ['60'])
  const [first, second] = [processOf(gone), processOf(odd)]
  assert.deepEqual([first?.executable, first?.isReplaced], [`${base}/gone`, true])
  assert.deepEqual([second?.executable, second?.isReplaced], [`${base}/odd (deleted)`, false])
})

it('parseStat() is not misled by a name with brackets, spaces and digits', () => {
  const rest = 'S 7 1 1 34816 1 0 0 0 0 0 0 0 0 0 20 0 1 0 4242 0'
  assert.deepEqual(parseStat(`9 (a) R 1 1 1) ${rest}`), {
    parent: 7,
    tty: 34816,
    startTime: 4242,
    hasEnded: false,
  })
  assert.throws(() => parseStat('9 (a'), TypeError)
})

it('ancestryOf() begins with the process and follows parents that are older', async () => {
  const child = await start('sh', ['-c', 'read x; true'])
  const line = ancestryOf(child)
  assert.deepEqual(
    line.slice(0, 2).map(({ pid }) => pid),
    [child, process.pid],
  )
  assert.ok(line.every((each, index) => index === 0 || each.startTime <= (line[index - 1]?.startTime ?? 0)))
})

it('launcherOf() skips shells and interpreters on the way up', async () => {
  copyFileSync(process.execPath, `${base}/assistant`)
  const script = `
    const { spawn } = require('node:child_process')
    const shell = spawn('sh', ['-c', 'sh -c "echo \\$\\$; read x"; true'], { stdio: ['pipe', 'inherit', 'inherit'] })
    setInterval(() => shell, 1000)`
  const assistant = spawn(`${base}/assistant`, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  started.push(assistant)
  const [pid] = await once(assistant.stdout, 'data')
  const launcher = launcherOf(Number(pid))
  assert.deepEqual([launcher?.executable, launcher?.pid], [`${base}/assistant`, assistant.pid])
  assert.notEqual(launcherOf(assistant.pid ?? 0)?.pid, assistant.pid)
})

it('isCarrier() knows what only runs others, with versions in its name too', () => {
  for (const path of [
    '/bin/sh',
    '/usr/bin/python3.11',
    '/opt/node-26.10/bin/node',
    '/usr/bin/env',
    '/x/keyreeve',
    '/usr/bin/perl-5.36',
    'unknown',
  ]) {
    assert.ok(isCarrier(path), path)
  }
  for (const path of ['/usr/share/code/code', '/opt/Cursor/cursor', '/x/nodeling', '/bin/shutter']) {
    assert.ok(!isCarrier(path), path)
  }
})

/** Starts a program that waits, and gives its pid once it runs. */
async function start(path: string, words: readonly string[]): Promise<number> {
  const child = spawn(path, words, { stdio: ['pipe', 'ignore', 'inherit'] })
  started.push(child)
  await once(child, 'spawn')
  return child.pid ?? 0
}
