import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { after, it } from 'node:test'
import { openat2 } from './index.ts'
import { nativeCalls } from './native.ts'

const base = mkdtempSync(`${tmpdir()}/keyreeve-native-`)
mkdirSync(`${base}/root`)
after(() => rmSync(base, { recursive: true }))

const skip = nativeCalls() === null && 'koffi is missing'
const door = JSON.stringify(new URL('./index.ts', import.meta.url).href)

it('openat2() opens beneath a folder and gives the errno of a refusal', { skip }, () => {
  writeFileSync(`${base}/root/file`, 'content')
  symlinkSync('file', `${base}/root/link`)
  const folder = openSync(`${base}/root`, constants.O_DIRECTORY)
  const open = (path: string): number => openat2(folder, path, constants.O_RDONLY) ?? 0
  const fd = open('file')
  assert.equal(readFileSync(fd, 'utf8'), 'content')
  const eloop = -40
  const exdev = -18
  const enoent = -2
  assert.deepEqual(['link', '../root/file', '/etc/passwd', 'missing'].map(open), [
    eloop,
    exdev,
    exdev,
    enoent,
  ])
  for (const each of [fd, folder]) closeSync(each)
})

it('denyDump() closes the memory of the process to others of the same user', { skip }, () => {
  const script = `
    import { denyDump } from ${door}
    import { readFileSync } from 'node:fs'
    console.log(denyDump(), readFileSync('/proc/self/status', 'utf8').includes('Uid'), (await import('node:fs')).statSync('/proc/self/environ').uid)`
  // As another user: what becomes undumpable then belongs to root.
  const as = process.getuid?.() === 0 ? ['--reuid=65534', '--regid=65534', '--clear-groups'] : []
  const output = execFileSync('setpriv', [...as, process.execPath, '--input-type=module', '-e', script], {
    encoding: 'utf8',
  })
  assert.equal(output, 'true true 0\n')
})

it('every function answers honestly where koffi may not be loaded', () => {
  const script = `
    import { denyDump, openat2, processOf } from ${door}
    console.log(denyDump(), openat2(0, 'x', 0), processOf(process.pid).pid === process.pid)`
  // Node's permission model refuses addons.
  const flags = ['--permission', '--allow-fs-read=*', '--input-type=module', '-e', script]
  assert.equal(execFileSync(process.execPath, flags, { encoding: 'utf8' }), 'false null true\n')
})
