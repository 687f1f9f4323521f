import assert from 'node:assert/strict'
import { type ChildProcessWithoutNullStreams, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { lockFolder } from './index.ts'
import { nativeCalls } from './native.ts'

const options = { busy: 'already-running', what: 'this folder' } as const
const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)
const door = JSON.stringify(new URL('./index.ts', import.meta.url).href)
/** Each time it is told to, tries for the lock and says what came of it. */
const starter = `
  const { lockFolder } = await import(${door})
  process.stdout.write('ready')
  process.stdin.on('data', () => {
    try {
      lockFolder(process.argv[1], ${JSON.stringify(options)})
      process.stdout.write('won')
    } catch (fault) {
      process.stdout.write(fault.code)
    }
  })`

const started: ChildProcessWithoutNullStreams[] = []
const folders: string[] = []
after(() => {
  for (const child of started) child.kill('SIGKILL')
  for (const folder of folders) rmSync(folder, { recursive: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-lock-'))
  folders.push(folder)
  return folder
}

async function startStarter(folder: string): Promise<ChildProcessWithoutNullStreams> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', starter, folder])
  started.push(child)
  await once(child.stdout, 'data')
  return child
}

async function tryFor(child: ChildProcessWithoutNullStreams): Promise<string> {
  const answer = once(child.stdout, 'data')
  child.stdin.write('go')
  return String(await answer)
}

/** The claim that a living process would have made. */
function claimOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return `lock-${pid}-${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}-${boot}`
}

test('lockFolder() refuses a folder that this process holds, until it is given free', () => {
  const folder = newFolder()
  const release = lockFolder(folder, options)
  assert.deepEqual(readdirSync(folder), [claimOf(process.pid)])
  const message = `process ${process.pid} holds this folder`
  assert.throws(() => lockFolder(folder, options), { code: 'already-running', message })
  assert.deepEqual(readdirSync(folder), [claimOf(process.pid)])
  release()
  assert.deepEqual(readdirSync(folder), [])
  lockFolder(folder, options)()
})

test('lockFolder() refuses a folder that another process holds, names it, and leaves its claim alone', async () => {
  const folder = newFolder()
  const holder = await startStarter(folder)
  assert.equal(await tryFor(holder), 'won')
  const message = `process ${holder.pid} holds this folder`
  assert.throws(() => lockFolder(folder, { ...options, busy: 'vault-in-use' }), {
    code: 'vault-in-use',
    message,
  })
  assert.deepEqual(readdirSync(folder), [claimOf(holder.pid ?? 0)])
})

test('lockFolder() clears claims that are torn, of dead processes, of reused pids and of another boot', () => {
  const folder = newFolder()
  const { pid: dead } = spawnSync(process.execPath, ['-e', ''])
  const others = [
    `lock-${dead}-1-${boot}`,
    `lock-${process.ppid}-1-${boot}`,
    claimOf(process.ppid).replace(boot, '00000000'),
    'lock-',
    'lock-nonsense',
    // To kill(2) these mean groups of processes, and one number is too large for it.
    `lock-0-0-${boot}`,
    `lock--1-0-${boot}`,
    `lock-99999999999-1-${boot}`,
  ]
  for (const name of [...others, 'locked']) writeFileSync(join(folder, name), '')
  const release = lockFolder(folder, options)
  assert.deepEqual(readdirSync(folder).toSorted(), [claimOf(process.pid), 'locked'])
  release()
})

test('lockFolder() takes a zombie for dead', async () => {
  const folder = newFolder()
  const holder = await startStarter(folder)
  assert.equal(await tryFor(holder), 'won')
  holder.kill('SIGKILL')
  // Without an await nobody looks after it, so it stays a zombie.
  while (!/\) Z/.test(readFileSync(`/proc/${holder.pid}/stat`, 'utf8')));
  const release = lockFolder(folder, options)
  assert.deepEqual(readdirSync(folder), [claimOf(process.pid)])
  release()
})

test('lockFolder() never lets two of several starters have the folder of a dead one, and one in the end', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, `lock-1-1-${boot}`), '')
  const starters = await Promise.all(Array.from({ length: 4 }, () => startStarter(folder)))
  const winners: string[] = []
  for (let round = 0; round < 50 && winners.length === 0; round++) {
    const answers = await Promise.all(starters.map(tryFor))
    assert.deepEqual(new Set(answers).difference(new Set(['won', 'already-running'])), new Set())
    winners.push(...answers.filter((answer) => answer === 'won'))
  }
  assert.deepEqual(winners, ['won'])
  assert.deepEqual(await Promise.all(starters.map(tryFor)), Array(4).fill('already-running'))
})

test('lockFolder() takes a process that the system hides for alive', { skip: noHiding() }, () => {
  const folder = newFolder()
  chownSync(folder, 65534, 65534)
  const script = `
    import { denyDump, lockFolder } from ${door}
    import { execFileSync } from 'node:child_process'
    const [action, folder] = process.argv.slice(1)
    try {
      lockFolder(folder, ${JSON.stringify(options)})
      if (action === 'hold') {
        denyDump()
        console.log(execFileSync(process.execPath, [...process.execArgv, 'try', folder], { encoding: 'utf8' }).trim())
      } else console.log('won')
    } catch (fault) { console.log(fault.code) }`
  const as = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
  const command = ['sh', '-c', 'mount -t proc -o hidepid=2 proc /proc && exec "$@"', 'sh', ...as]
  const run = [process.execPath, '--input-type=module', '-e', script, 'hold', folder]
  assert.equal(execFileSync('unshare', ['-m', ...command, ...run], { encoding: 'utf8' }), 'already-running\n')
})

function noHiding(): string | false {
  if (nativeCalls() === null) return 'koffi is missing'
  if (process.getuid?.() !== 0) return 'hiding processes needs root on Linux'
  const mount = ['-m', 'mount', '-t', 'proc', '-o', 'hidepid=2', 'proc', '/proc']
  return spawnSync('unshare', mount).status === 0 ? false : 'no mounts are allowed here'
}
