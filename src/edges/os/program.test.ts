// Tests of what a program is known by.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { programOf } from './program.ts'

const isLinux = process.platform === 'linux'

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

test(
  'programOf() gives the hash of the file that runs, also when another one took its place',
  { skip: !isLinux },
  async () => {
    const folder = mkdtempSync(`${tmpdir()}/keyreeve-program-`)
    const file = `${folder}/sleep`
    copyFileSync('/bin/sleep', file)
    const child = spawn(file, ['60'], { stdio: 'ignore' })
    try {
      await new Promise((resolve) => child.once('spawn', resolve))
      rmSync(file)
      writeFileSync(file, 'another program')
      assert.deepEqual(await programOf(child.pid!), { sha256: hashOf('/bin/sleep'), package: null })
    } finally {
      child.kill()
      rmSync(folder, { recursive: true })
    }
  },
)

test(
  'programOf() names the package of a file that is root’s',
  { skip: !existsSync('/usr/bin/dpkg-query') },
  async () => {
    const child = spawn('/usr/bin/sleep', ['60'], { stdio: 'ignore' })
    try {
      await new Promise((resolve) => child.once('spawn', resolve))
      assert.match((await programOf(child.pid!)).package ?? '', /^coreutils \d/)
    } finally {
      child.kill()
    }
  },
)

test('programOf() knows nothing of a process that is not there', async () => {
  assert.deepEqual(await programOf(2 ** 22 + 1), { sha256: null, package: null })
})
