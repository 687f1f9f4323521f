// T02: while a path is being opened, another process swaps a folder or the file in it for a link that leads outside.
import { Fault } from '#base'
import { beneath, listFolder, openBeneath, openFolderBeneath, rootOf } from '#files'
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, describe, it } from 'node:test'

/** Swaps as fast as it can until it is killed: the folder, then the file in it, each for a link and back; and makes the name a second one of the file outside, for a moment. */
const swapper = `
  const { linkSync, renameSync, unlinkSync } = require('node:fs')
  const lend = (there, held, other) => { renameSync(there, held); linkSync(other, there); unlinkSync(there); renameSync(held, there) }
  const turn = (there, held, other) => { renameSync(there, held); renameSync(other, there); renameSync(there, other); renameSync(held, there) }
  for (;;) { turn('granted/folder', 'held', 'link'); turn('granted/folder/file', 'held', 'file-link'); turn('granted/folder/file', 'held', 'hard'); lend('granted/folder/file', 'held', 'outside/file') }`

/** Milliseconds per operation; `bench/paths.ts` does a minute. */
const short = 300
const mostAttempts = 500_000

describe('T02: a swapper at work', () => {
  const base = mkdtempSync(`${tmpdir()}/keyreeve-T02-`)
  const granted = `${base}/granted`
  let child: ChildProcess

  before(() => {
    for (const folder of ['granted/folder', 'outside']) mkdirSync(`${base}/${folder}`, { recursive: true })
    writeFileSync(`${granted}/folder/file`, 'inside')
    writeFileSync(`${base}/outside/file`, 'outside')
    writeFileSync(`${base}/outside/outside-name`, 'outside')
    symlinkSync(`${base}/outside`, `${base}/link`)
    symlinkSync(`${base}/outside/file`, `${base}/file-link`)
    // A file of its own, which is inside while it is there.
    writeFileSync(`${base}/hard`, 'inside')
    child = spawn(process.execPath, ['-e', swapper], { cwd: base, stdio: ['ignore', 'ignore', 'inherit'] })
  })
  after(async () => {
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    rmSync(base, { recursive: true })
  })

  it('T02: openBeneath() never reads outside', async () => {
    await race(() => {
      using file = openBeneath(granted, 'folder/file')
      return readFileSync(file.fd, 'utf8')
    }, 'inside')
  })

  it('T02: nor from the mount, where there is no grant', async () => {
    const mount = rootOf(granted)
    const path = beneath(mount.path, `${granted}/folder/file`)
    await race(() => {
      using file = openBeneath(mount.path, path, { identity: mount.identity })
      return readFileSync(file.fd, 'utf8')
    }, 'inside')
  })

  it('T02: listFolder() never lists outside', async () => {
    await race(async () => {
      using folder = openFolderBeneath(granted, 'folder')
      const { entries } = await listFolder(folder.fd)
      return entries.some(({ name }) => name === 'outside-name') ? 'outside' : 'inside'
    }, 'inside')
  })
})

/** What was seen. */
type Attempt = () => string | Promise<string>

/** Goes on for a while, and until the swapper was met and missed often enough to mean something. */
async function race(attempt: Attempt, expected: string): Promise<void> {
  const end = performance.now() + short
  let [opened, refused] = [0, 0]
  while (performance.now() < end || (Math.min(opened, refused) < 50 && opened + refused < mostAttempts)) {
    const seen = await outcome(attempt)
    if (seen !== null) assert.equal(seen, expected)
    if (seen === null) refused++
    else opened++
  }
  assert.ok(Math.min(opened, refused) >= 50, `opened ${opened}, refused ${refused}`)
}

async function outcome(attempt: Attempt): Promise<string | null> {
  try {
    return await attempt()
  } catch (thrown) {
    if (thrown instanceof Fault) return null
    throw thrown
  }
}
