// Compares the walk with the kernel's own openat2 on random hostile trees.
import { Fault } from '#base'
import { openat2 } from '#os'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { after, it } from 'node:test'
import { openBeneath } from './index.ts'

const wanted = Number(process.env['KEYREEVE_PATHS'] ?? 5000)
const seed = Number(process.env['KEYREEVE_SEED'] ?? 20_261_123)
const base = mkdtempSync(`${tmpdir()}/keyreeve-oracle-`)
after(() => rmSync(base, { recursive: true }))

const names = [
  'a',
  'b',
  'c',
  'd',
  '.a',
  '..a',
  '...',
  'é',
  'é',
  '\u200b',
  'x y',
  '\n',
  '\u202e',
  '🔑',
  ':',
  'q'.repeat(255),
]
const targets = [
  '.',
  '..',
  '../..',
  '/',
  '/etc',
  '/etc/passwd',
  'a',
  'b/c',
  './a',
  '../outside',
  '../outside/a',
  '/proc/self/root',
  '/proc/self/cwd',
  '/proc/self/fd',
  'missing',
  'c/../d',
  'a/',
]
const oddities = ['.', '..', '', 'etc', 'passwd', 'outside', 'self', 'r'.repeat(256), 'missing']

/** Refusals that are ours alone: we take no path with "..", no trailing slash, nothing but regular files with one name. */
const stricter: ReadonlySet<string> = new Set(['path-invalid', 'path-not-file', 'path-hard-linked'])

const skip = openat2(openSync('/', constants.O_DIRECTORY), '.', 0) === null && 'openat2 needs koffi'

it(`openBeneath() opens nothing that openat2 refuses, over ${wanted} random paths`, { skip }, (t) => {
  const random = sequence(seed)
  const counts = { same: 0, stricter: 0, opened: 0, links: 0 }
  for (let tree = 0; counts.same + counts.stricter < wanted; tree++) {
    const { root, planted } = plant(`${base}/${tree}`, random)
    const folder = openSync(root, constants.O_DIRECTORY)
    for (let each = 0; each < 250; each++)
      compare({ root, folder, path: randomPath(planted, random) }, counts)
    closeSync(folder)
  }
  // A run that opens nothing, or meets no link, would prove nothing.
  assert.ok(counts.opened * 20 > wanted && counts.links * 10 > wanted, JSON.stringify(counts))
  t.diagnostic(JSON.stringify(counts))
})

function compare(
  { root, folder, path }: { root: string; folder: number; path: string },
  counts: { same: number; stricter: number; opened: number; links: number },
): void {
  const oracle = inodeOf(
    openat2(folder, path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY),
  )
  const ours = ourInode(root, path)
  if (ours === oracle || (oracle === null && ours instanceof Fault)) counts.same++
  else if (ours instanceof Fault && stricter.has(ours.code)) counts.stricter++
  else assert.fail(`seed ${seed}: ${JSON.stringify(path)} gave ${String(ours)}, openat2 ${oracle}`)
  if (typeof ours === 'string') counts.opened++
  else if (ours.code === 'path-symlink') counts.links++
}

function inodeOf(fd: number | null): string | null {
  if (fd === null || fd < 0) return null
  const { dev, ino } = fstatSync(fd, { bigint: true })
  closeSync(fd)
  return `${dev} ${ino}`
}

function ourInode(root: string, path: string): string | Fault {
  try {
    const { fd } = openBeneath(root, path)
    return inodeOf(fd) ?? ''
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown
    throw thrown
  }
}

type Sequence = (below: number) => number

/** Repeatable numbers: a failure names its seed. @see Marsaglia, Xorshift RNGs, 2003 */
function sequence(seed: number): Sequence {
  let state = seed | 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

function pick(list: readonly string[], random: Sequence): string {
  return list[random(list.length)] ?? ''
}

/** A tree with an outside next to it, and all that was meant to be in it. */
function plant(place: string, random: Sequence): { root: string; planted: string[] } {
  const root = `${place}/root`
  mkdirSync(`${place}/outside`, { recursive: true })
  writeFileSync(`${place}/outside/a`, 'outside')
  mkdirSync(root)
  const folders = [root]
  const planted: string[] = []
  for (let count = 0; count < 40; count++) {
    const path = `${pick(folders, random)}/${pick(names, random)}`
    if (Buffer.byteLength(path) > 3000) continue
    attempt(() => plantOne(path, { place, folders, random }))
    planted.push(path.slice(root.length + 1))
  }
  return { root, planted }
}

function plantOne(
  path: string,
  { place, folders, random }: { place: string; folders: string[]; random: Sequence },
): void {
  const kind = random(20)
  if (kind < 8) {
    mkdirSync(path)
    folders.push(path)
  } else if (kind < 13) writeFileSync(path, path, { flag: 'wx' })
  else if (kind < 18) symlinkSync(pick(targets, random), path)
  else if (kind < 19) linkSync(`${place}/outside/a`, path)
  else if (random(5) === 0) execFileSync('mkfifo', [path], { stdio: 'ignore' })
}

/** What is there, what is there in another place, and what is nowhere. */
function randomPath(planted: readonly string[], random: Sequence): string {
  const parts = pick(planted, random).split('/')
  const insert = (part: string): void =>
    void parts.splice(random(parts.length + 1), random(2), ...part.split('/'))
  if (random(2) === 0) insert(pick(planted, random))
  if (random(4) === 0) insert(pick(oddities, random))
  return parts.join('/')
}

/** A name may be taken already: then the tree has one thing less. */
function attempt(plant: () => void): void {
  try {
    plant()
  } catch {
    // Left out.
  }
}
