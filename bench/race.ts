// Races each way to a person's files against a process that swaps a folder, and the file in it, for what lies outside.
import { base64url, Fault, machineClock } from '#base'
import { identityOf, listFolder, openBeneath, openFolderBeneath, replaceBeneath } from '#files'
import { knownTable } from '#forms'
import { Channel, type RequestOf } from '#wire'
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { Duplex } from 'node:stream'
import { permissions, programs } from '../floors.ts'

/** What became of all attempts of one way. */
export interface Race {
  readonly attempts: number
  /** Not refused. */
  readonly opened: number
  /** Showed or changed something outside. */
  readonly escapes: number
}

/** A way to files: gives whether it went outside; throws where it refuses. */
type Attempt = () => boolean | Promise<boolean>

/**
 * Swaps until it is killed: the folder for a link, then the file in it for a link and for a second name of the file
 * outside. Whatever was put in the place of a link meanwhile is removed. Now and then it rests for up to half a
 * millisecond, so that what takes longer comes through, too.
 */
const swapper = `
  const { linkSync, renameSync, symlinkSync, unlinkSync } = require('node:fs')
  const turn = (there, put) => {
    renameSync(there, 'held')
    try { put(there); unlinkSync(there) } catch {}
    renameSync('held', there)
  }
  const rest = (until) => { while (performance.now() < until) {} }
  for (;;) {
    turn('granted/folder', (there) => symlinkSync(process.cwd() + '/outside', there))
    turn('granted/folder/file', (there) => symlinkSync(process.cwd() + '/outside/file', there))
    turn('granted/folder/file', (there) => linkSync('outside/file', there))
    if (Math.random() < 0.5) rest(performance.now() + Math.random() / 2)
    process.stdout.write('.')
  }`

/** Runs all races, one after the other. @param base An empty folder. @param seconds Of each. */
export async function runRaces(base: string, seconds: number): Promise<Record<string, Race>> {
  const granted = plant(base)
  const { channel: reader } = await startProgram('reader')
  const { channel: editor } = await startProgram('editor', ['--edits', `${base}/edits`])
  // Made before anything is swapped: they note what is inside.
  const ways = { ...openers(base), ...readings(granted, reader), ...changes(base, editor) }
  const child = await startSwapper(base)
  try {
    const races: Record<string, Race> = {}
    for (const [name, way] of Object.entries(ways)) races[name] = await race(seconds, way)
    // What is usual elsewhere, for a shorter time: it shows that the race is one.
    races['usual'] = await race(Math.max(1, seconds / 10), usual(granted))
    return races
  } finally {
    await stop(child)
    reader.close()
    editor.close()
  }
}

/** Gives it once it is at work. */
async function startSwapper(base: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', swapper], { cwd: base, stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise((resolve) => child.stdout.once('data', resolve))
  child.stdout.resume()
  return child
}

function plant(base: string): string {
  for (const folder of ['granted/folder', 'outside', 'edits'])
    mkdirSync(`${base}/${folder}`, { recursive: true })
  writeFileSync(`${base}/granted/folder/file`, 'inside\n')
  writeFileSync(`${base}/outside/file`, 'outside\n')
  writeFileSync(`${base}/outside/outside`, '')
  return `${base}/granted`
}

/** The doors of `#files` themselves. */
function openers(base: string): Record<string, Attempt> {
  const granted = `${base}/granted`
  const { ino } = statSync(`${granted}/folder`, { bigint: true })
  return {
    openFile: () => {
      using file = openBeneath(granted, 'folder/file')
      return readFileSync(file.fd, 'utf8').includes('outside')
    },
    openFolder: () => {
      using folder = openFolderBeneath(granted, 'folder')
      return folder.stat.ino !== ino
    },
    listFolder: async () => {
      using folder = openFolderBeneath(granted, 'folder')
      return (await listFolder(folder.fd)).entries.some(({ name }) => name === 'outside')
    },
    replaceFile: () => {
      replaceOne(granted)
      return isChanged(base)
    },
  }
}

function replaceOne(granted: string): void {
  using file = openBeneath(granted, 'folder/file')
  const before = readFileSync(file.fd)
  const temporary = `.temporary-${randomBytes(8).toString('hex')}`
  const sha256 = createHash('sha256').update(before).digest('hex')
  replaceBeneath(granted, 'folder/file', {
    identity: identityOf(file.stat),
    sha256,
    content: before,
    temporary,
  })
}

function isChanged(base: string): boolean {
  const isSame = readFileSync(`${base}/outside/file`, 'utf8') === 'outside\n'
  return !isSame || readdirSync(`${base}/outside`).length !== 2
}

/** What an assistant can ask for, through a real reader, with and without a grant. */
function readings(granted: string, reader: Channel): Record<string, Attempt> {
  const root = { path: granted, identity: identityOf(statSync(granted, { bigint: true })) }
  const path = `${granted}/folder/file`
  const read = async (at: RequestOf<'reader.read'>['root']): Promise<boolean> =>
    (await reader.ask('reader.read', { path, root: at, lines: null, mode: 'text' })).released.text !==
    'inside\n'
  return {
    read: () => read(root),
    readWithoutGrant: () => read(null),
    grep: async () => {
      const wish = { pattern: 'inside|outside', context: 0, from: 1 }
      return (await reader.ask('reader.grep', { path, root, ...wish })).released.text.includes('outside')
    },
    list: async () => {
      const wish = { path: `${granted}/folder`, root, glob: null, withIgnored: true }
      return (await reader.ask('reader.list', wish)).listing.entries.some(({ name }) => name === 'outside')
    },
    search: async () => {
      const wish = { path: granted, root, pattern: 'outside', after: null, withIgnored: true }
      return (await reader.ask('reader.search', wish)).names.length > 0
    },
  }
}

/** An edit through a real editor: back and forth between two texts. */
function changes(base: string, editor: Channel): Record<string, Attempt> {
  const path = `${base}/granted/folder/file`
  const key = base64url(randomBytes(32))
  let isTurned = false
  return {
    proposeEdit: async () => {
      const [from, to] = isTurned ? ['inside, too', 'inside'] : ['inside', 'inside, too']
      const patch = `@@ -1 +1 @@\n-${from}\n+${to}\n`
      try {
        const { edit, diff } = await editor.ask('editor.prepare', { path, patch })
        await editor.ask('editor.commit', { edit, key, time: Date.now() })
        isTurned = !isTurned
        return diff.text.includes('outside') || isChanged(base)
      } catch (thrown) {
        // The one that was written had lost its place to the one that was held.
        if (thrown instanceof Fault && thrown.code === 'patch-conflict') isTurned = !isTurned
        throw thrown
      }
    },
  }
}

function usual(granted: string): Attempt {
  return () => {
    if (!realpathSync.native(`${granted}/folder/file`).startsWith(`${granted}/`)) return false
    return readFileSync(`${granted}/folder/file`, 'utf8').includes('outside')
  }
}

async function race(seconds: number, attempt: Attempt): Promise<Race> {
  const end = performance.now() + seconds * 1000
  const counts = { attempts: 0, opened: 0, escapes: 0 }
  for (; performance.now() < end; counts.attempts++) {
    try {
      if (await attempt()) counts.escapes++
      counts.opened++
    } catch (thrown) {
      if (!(thrown instanceof Fault) && !isSystems(thrown)) throw thrown
    }
  }
  return counts
}

/** Swapped away at this very moment. */
function isSystems(thrown: unknown): boolean {
  return thrown instanceof Error && 'syscall' in thrown
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

/** Starts the reader or the editor as the broker does, with an empty table of known secrets. */
export async function startProgram(
  name: 'reader' | 'editor',
  args: readonly string[] = [],
): Promise<{ channel: Channel; pid: number }> {
  const main = new URL(`../${programs.reader}`, import.meta.url).pathname
  const stdio: ('ignore' | 'inherit' | 'pipe')[] = ['ignore', 'ignore', 'inherit', 'pipe']
  const child = spawn(process.execPath, [...permissions[name], main, ...args], { stdio })
  const stream = child.stdio[3]
  if (!(stream instanceof Duplex)) throw new Fault('program-gone', `the ${name} could not be started`)
  const clock = machineClock({ Date, performance, setTimeout })
  const channel = new Channel({
    stream,
    self: 'broker',
    peer: name,
    handlers: {},
    clock,
    phase: () => 'ready',
  })
  const { table } = knownTable([], (length) => Uint8Array.from(randomBytes(length)))
  await channel.ask('reader.table', { table, pseudonymKey: base64url(randomBytes(32)) })
  return { channel, pid: child.pid! }
}
