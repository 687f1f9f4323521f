// Random hostile trees, and the kernel's own openat2 as the judge of how we open files and folders in them.
import { Fault } from '#base'
import { openBeneath, openFolderBeneath } from '#files'
import { openat2 } from '#os'
import { execFileSync } from 'node:child_process'
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'

/** How many paths gave what. */
export interface Comparison {
  readonly paths: number
  /** Both opened the very same, or both refused. */
  readonly same: number
  /** Ours refused by a rule of its own what the kernel opened, and that rule holds for what was opened. */
  readonly stricter: number
  /** Opened by ours alone, another thing opened, or refused without a rule. */
  readonly wrong: number
  /** Of all: opened by ours, refused for a link, refused for a mount. */
  readonly opened: number
  readonly links: number
  readonly mounts: number
  readonly firstWrong: string | null
}

type Counts = { -readonly [Count in keyof Comparison]: Comparison[Count] }

interface Ask {
  readonly root: string
  /** Descriptor of the root. */
  readonly folder: number
  readonly path: string
  readonly isForFolder: boolean
}

const pathsPerTree = 500
const names = [
  'a',
  'b',
  'c',
  'd',
  '.a',
  '..a',
  '...',
  'é',
  'e\u0301',
  '\u200b',
  'x y',
  '\n',
  '\u202e',
  '🔑',
  ':',
  'a:',
  'b\\c',
  'a (deleted)',
]
const longNames = ['q'.repeat(255), 'é'.repeat(127)]
const targets = words(`. .. ../.. / /etc /etc/passwd a b/c ./a a/ c/../d missing ../outside ../outside/a
  /proc/self/root /proc/self/cwd /proc/self/fd`)
const oddities = [
  '',
  'r'.repeat(256),
  './'.repeat(2040),
  ...words('. .. / etc passwd outside self missing a/ ./'),
]
/** Of the machine itself: other mounts, and what is on none. Opening them does nothing. */
const machine =
  words(`proc proc/version proc/self/status proc/self/root/etc/passwd sys sys/kernel dev dev/null dev/shm
  etc etc/passwd etc/hosts etc/mtab usr/bin bin lib tmp run var/run`)

/** Whether the kernel can be asked: openat2 needs Linux and koffi. */
export function hasJudge(): boolean {
  return openat2(openSync('/', constants.O_DIRECTORY), '.', 0) !== null
}

/**
 * Opens random paths in random trees both ways. The same seed gives the same trees and paths.
 * @param base An empty folder to plant the trees in, one after the other.
 */
export function compareWithKernel(base: string, wanted: number, seed: number): Comparison {
  const random = sequence(seed)
  const counts: Counts = {
    paths: 0,
    same: 0,
    stricter: 0,
    wrong: 0,
    opened: 0,
    links: 0,
    mounts: 0,
    firstWrong: null,
  }
  for (let tree = 0; counts.paths < wanted; tree++) {
    const isMachine = tree % 10 === 1
    const { root, planted } = isMachine ? { root: '/', planted: machine } : plant(`${base}/${tree}`, random)
    const folder = openSync(root, constants.O_DIRECTORY)
    const until = Math.min(wanted, counts.paths + pathsPerTree)
    while (counts.paths < until) {
      compare({ root, folder, path: randomPath(planted, random), isForFolder: random(4) === 0 }, counts)
    }
    closeSync(folder)
    if (!isMachine) rmSync(`${base}/${tree}`, { recursive: true })
  }
  return counts
}

function compare(ask: Ask, counts: Counts): void {
  const kernel = askKernel(ask)
  const ours = askOurs(ask)
  counts.paths++
  if (ours instanceof Fault) {
    if (kernel === null) counts.same++
    else if (isRuleOfOurs(ours.code, ask, kernel)) counts.stricter++
    else noteWrong(ask, ours.code, counts)
    if (ours.code === 'path-symlink') counts.links++
    if (ours.code === 'path-crosses-mount') counts.mounts++
  } else {
    counts.opened++
    if (kernel !== null && kernel.ino === ours.ino && kernel.dev === ours.dev) counts.same++
    else noteWrong(ask, 'opened', counts)
  }
}

function noteWrong({ root, path, isForFolder }: Ask, ours: string, counts: Counts): void {
  counts.wrong++
  counts.firstWrong ??= `${isForFolder ? 'folder' : 'file'} ${JSON.stringify(path)} in ${root}: ${ours}`
}

/**
 * We take no "..", no backslash, no drive letter, for a file no slash or "(deleted)" at the end, and
 * nothing but regular files with one name.
 */
function isRuleOfOurs(code: string, { path, folder, isForFolder }: Ask, opened: BigIntStats): boolean {
  switch (code) {
    case 'path-invalid':
      return (
        /(?:^|\/)\.\.(?:\/|$)|\\|^[A-Za-z]:/.test(path) ||
        (!isForFolder && /(?:^|\/)\.?$| \(deleted\)$/.test(path))
      )
    case 'path-not-file':
      return !opened.isFile()
    case 'path-hard-linked':
      return opened.isFile() && opened.nlink > 1n
    case 'path-crosses-mount':
      return opened.dev !== fstatSync(folder, { bigint: true }).dev
    default:
      return false
  }
}

function askKernel({ folder, path, isForFolder }: Ask): BigIntStats | null {
  const how = isForFolder ? constants.O_DIRECTORY : constants.O_NOCTTY
  // To us a folder's empty path is the folder itself; the kernel writes that as a dot.
  const written = isForFolder && path === '' ? '.' : path
  const fd = openat2(folder, written, constants.O_RDONLY | constants.O_NONBLOCK | how)
  if (fd === null || fd < 0) return null
  const stat = fstatSync(fd, { bigint: true })
  closeSync(fd)
  return stat
}

function askOurs({ root, path, isForFolder }: Ask): BigIntStats | Fault {
  try {
    using opened = isForFolder ? openFolderBeneath(root, path) : openBeneath(root, path)
    return fstatSync(opened.fd, { bigint: true })
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown
    throw thrown
  }
}

function words(text: string): string[] {
  return text.split(/\s+/)
}

type Sequence = (below: number) => number

/** Repeatable numbers. @see Marsaglia, Xorshift RNGs, 2003 */
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
    const path = `${pick(folders, random)}/${pick(random(8) === 0 ? longNames : names, random)}`
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
