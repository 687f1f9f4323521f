// Lines that match a pattern: literals, what regular expressions are used for, and what is meant to blow them up; beside
// RE2 in JavaScript, which must find the same lines, the language's own, and the system's grep.
import { compilePattern } from '#grep'
import { spawnSync } from 'node:child_process'
import { Fault } from '#base'
import { bar, type BenchResult, type Figures, pinToOneCore } from './bench.ts'
import { Dice, mixed } from './corpus.ts'
import { npmPeers } from './peers.ts'

const megabyte = 1_000_000
const rounds = 5

interface Case {
  readonly name: string
  readonly pattern: string
  readonly text: Buffer
}

export default async function grep(): Promise<BenchResult> {
  pinToOneCore()
  const corpus = mixed(32 * megabyte, 7, { secretsPer20kB: 1 }).bytes
  const ordinary = ordinaryCases(corpus)
  const hostile = [...hostileCases(), ...manyStatesCases()]
  const literal = fastest(ordinary[0]!, ours)
  const speeds = [...ordinary, ...hostile].map((one) => fastest(one, ours))
  const small = corpus.subarray(0, megabyte)
  const re2 = await re2js()
  const worst = Math.min(...speeds)
  const random = randomPatterns()
  const growthPerByte = Math.max(...hostile.map(growth))
  const disagreements = typeof re2 === 'string' ? 0 : countDisagreements(ordinaryCases(small), re2)
  return {
    name: 'grep',
    figures: {
      literalMBps: literal,
      ...Object.fromEntries([...ordinary, ...hostile].map(({ name }, at) => [`${name}MBps`, speeds[at]!])),
      worstMBps: worst,
      growthPerByte,
      ...random,
      refusedMostMs: Math.max(...refusedCases().map(refusal)),
      disagreements,
    },
    peers: {
      re2js: typeof re2 === 'string' ? re2 : figures(ordinaryCases(small), re2),
      // On the last of them it would take hours for a line of 12,000 letters.
      'V8 RegExp': {
        ...figures(ordinaryCases(small).slice(0, -1), v8),
        blowUpMBps: fastest(blowUp(), v8, 1),
      },
      'system grep, with its start': { literalMBps: systemGrep(corpus, 'Zebra crossing') },
    },
    ratios: {},
    bars: [
      bar('literalMBps', literal, '>=', 500),
      bar('worstMBps', worst, '>=', 40),
      bar('growthPerByte', growthPerByte, '<=', 2),
      bar('randomWorstMBps', random['randomWorstMBps']!, '>=', 40),
      bar('disagreements', disagreements, '<=', 0),
    ],
  }
}

function ordinaryCases(text: Buffer): Case[] {
  return [
    { name: 'absent', pattern: 'Zebra crossing', text },
    { name: 'sparse', pattern: 'ECONNREFUSED|ETIMEDOUT', text },
    { name: 'anyCase', pattern: '(?i)zebra', text },
    { name: 'number', pattern: '\\b\\d{3}-\\d{4}\\b', text },
    { name: 'assignment', pattern: '^\\s*(?:export )?[A-Z_]+=.{60,}$', text },
    { name: 'manyParts', pattern: 'a.*e.*i.*o.*u.*y', text },
  ]
}

/** Texts of one letter, lines of one length, pieces everywhere: what makes other ways of searching slow. */
function hostileCases(): Case[] {
  const one = Buffer.from(`${'a'.repeat(99)}\n`.repeat(160_000))
  return [
    { name: 'longPrefix', pattern: `${'a'.repeat(100)}b`, text: one },
    { name: 'longSuffix', pattern: `b${'a'.repeat(100)}`, text: one },
    { name: 'nested', pattern: '(?:a+)+b', text: one },
    { name: 'optional', pattern: `${'a?'.repeat(30)}${'a'.repeat(30)}b`, text: one },
    { name: 'wideDot', pattern: '.{80}b', text: one },
    { name: 'oneLine', pattern: '(?:ab)+c', text: Buffer.from('ab'.repeat(8 * megabyte)) },
    { name: 'densePieces', pattern: 'xab.', text: Buffer.from(`${'y'.repeat(100)}xab\n`.repeat(150_000)) },
  ]
}

/** Random letters lead a pattern into as many states as it can have: here a little fewer than there is room for. */
function manyStatesCases(): Case[] {
  const text = letters(16 * megabyte)
  return [
    { name: 'manyStates', pattern: '[ab]*a[ab]{10}[cd]', text },
    { name: 'manyCounts', pattern: '(?:a{0,20}b{0,20}){10}[cd]', text },
    { name: 'manyWidths', pattern: '(?:[ab]{3}|[ab]{5}|[ab]{7}|[ab]{11}|[ab]{13})*[cd]', text },
    { name: 'edges', pattern: '\\b(?:a|b|ab|ba){5,40}\\b[cd]', text },
    { name: 'anyCharacter', pattern: '.{0,200}[cd]', text },
  ]
}

/** Lines of 99 random letters. */
function letters(length: number): Buffer {
  const dice = new Dice(11)
  const text = Buffer.allocUnsafe(length)
  for (let at = 0; at < length; at++) text[at] = at % 100 === 99 ? 0x0a : 0x61 + dice.int(2)
  return text
}

/** A little more than there is room for. */
function refusedCases(): Case[] {
  const text = letters(megabyte)
  return [
    { name: 'states', pattern: '[ab]*a[ab]{14}[cd]', text },
    { name: 'states behind a dot', pattern: 'a.{11}[cd]', text },
    { name: 'work', pattern: '(?:[ab]{0,30}){60}(?:.{3}a){30}[cd]', text },
    { name: 'steps', pattern: '(?:[a-c]{500}){900}', text },
  ]
}

/** Milliseconds of the processor's time until it was refused with its code. */
function refusal({ pattern, text }: Case): number {
  const before = process.cpuUsage()
  try {
    ours(pattern, text)
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.code !== 'pattern-too-complex') throw thrown
    return spentSince(before) / 1000
  }
  return Number.NaN
}

/** Time for each byte of the whole text to that of its first quarter: 1 is linear, 4 quadratic. */
function growth({ name, pattern, text }: Case): number {
  const quarter = text.subarray(0, text.length / 4)
  return fastest({ name, pattern, text: quarter }, ours) / fastest({ name, pattern, text }, ours)
}

/** Whatever pattern comes: the slowest of those that are taken. */
function randomPatterns(): Figures {
  const dice = new Dice(5)
  const text = letters(4 * megabyte)
  const speeds = Array.from({ length: 150 }, () =>
    speedOrRefusal({ name: '', pattern: randomPattern(dice, 3), text }),
  )
  const taken = speeds.filter((speed) => speed !== null)
  return {
    randomPatterns: speeds.length,
    randomRefused: speeds.length - taken.length,
    randomWorstMBps: Math.min(...taken),
  }
}

/** Null where it was refused. */
function speedOrRefusal(one: Case): number | null {
  try {
    return fastest(one, ours, 2)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code.startsWith('pattern-')) return null
    throw thrown
  }
}

const atoms = ['a', 'b', '[ab]', '[^a]', '.', '\\w', '\\b', '\\B', '^', '$', '[cd]', 'c', '(?i:A)', '\\u{e9}']
const counts = ['', '', '', '*', '+', '?', '{2,9}', '{0,30}', '{12}', '{3,}']

function randomPattern(dice: Dice, depth: number): string {
  const parts = Array.from({ length: dice.between(1, 4) }, () =>
    depth > 0 && dice.int(2) === 0
      ? `(?:${randomPattern(dice, depth - 1)})${dice.pick(counts)}`
      : `${dice.pick(atoms)}${dice.pick(counts)}`,
  )
  return parts.join(dice.int(4) === 0 ? '|' : '')
}

function blowUp(): Case {
  return { name: 'blowUp', pattern: '(?:a+)+b', text: Buffer.from(`${'a'.repeat(27)}\n`) }
}

type Search = (pattern: string, text: Buffer) => readonly number[]

function ours(pattern: string, text: Buffer): number[] {
  return Array.from(compilePattern(pattern).lines(text), ({ line }) => line)
}

function v8(pattern: string, text: Buffer): number[] {
  const [flag = '', body] = pattern.startsWith('(?i)') ? ['i', pattern.slice(4)] : ['', pattern]
  return linesWhere(text, new RegExp(body, `u${flag}`))
}

interface Re2 {
  compile(pattern: string): { matcher(text: string): { find(): boolean } }
}

/** A text says why it is absent. */
async function re2js(): Promise<Search | string> {
  const peers = await npmPeers({ re2js: '2.10.0' })
  if (typeof peers === 'string') return peers
  const { RE2JS } = (await peers.load('re2js')) as { RE2JS: Re2 }
  return (pattern, text) => {
    const compiled = RE2JS.compile(pattern)
    return linesWhere(text, { test: (line) => compiled.matcher(line).find() })
  }
}

function linesWhere(text: Buffer, pattern: { test(line: string): boolean }): number[] {
  const lines = text.toString('utf8').replace(/\n$/, '').split('\n')
  return lines.flatMap((line, at) => (pattern.test(line) ? [at + 1] : []))
}

function countDisagreements(cases: readonly Case[], other: Search): number {
  return cases.filter(({ pattern, text }) => String(ours(pattern, text)) !== String(other(pattern, text)))
    .length
}

function figures(cases: readonly Case[], search: Search): Figures {
  return Object.fromEntries(cases.map((one) => [`${one.name}MBps`, fastest(one, search, 1)]))
}

/** Millions of bytes a second of the processor's time, so that whatever else runs does not count. */
function fastest({ pattern, text }: Case, search: Search, times = rounds): number {
  const spent = Array.from({ length: times }, () => {
    const before = process.cpuUsage()
    search(pattern, text)
    return spentSince(before)
  })
  return text.length / Math.min(...spent)
}

/** Microseconds of the processor. */
function spentSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return user + system
}

function systemGrep(text: Buffer, pattern: string): number {
  const start = performance.now()
  spawnSync('grep', ['-n', '-F', pattern], { input: text, env: { LC_ALL: 'C' } })
  return text.length / 1000 / (performance.now() - start)
}
