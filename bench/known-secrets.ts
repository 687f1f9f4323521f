// Finding secrets that are known, in every encoding: how fast for how many, what the table costs, and how slow anyone can
// make it. From source: Node strips the types on load, and what runs is the same as what is published.
import { Secret, utf8 } from '#base'
import { knownTable } from '#forms'
import { parseKnownSecrets, type KnownSecrets } from '#known'
import { randomBytes } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { bar, type BenchResult, type Figures, inTurns, median, pinToOneCore } from './bench.ts'
import { Dice, mixed } from './corpus.ts'

type Named = readonly { readonly name: string; readonly secret: Secret }[]

const megabyte = 2 ** 20
const size = 16 * megabyte
const seed = 20_261_124
const contest = { warmUp: 2, runs: 9 }

/** Speed comes first, before the floods have taught the compiler their own inputs. */
export default async function knownSecrets(): Promise<BenchResult> {
  pinToOneCore()
  const { bytes } = mixed(size, seed, { secretsPer20kB: 0 })
  const tokens = [100, 1000].map((count) => secretsOf(count, 20, 64))
  const speeds = await speedsOf(bytes, {
    hundred: knownOf(tokens[0] ?? []),
    thousand: knownOf(tokens[1] ?? []),
    passwords: knownOf(secretsOf(100, 12, 20)),
    none: knownOf([]),
  })
  const plain = await includesGBps(bytes.subarray(0, megabyte), tokens)
  const floods = await floodsMBps()
  return {
    name: 'known-secrets',
    figures: {
      hundredGBps: speeds.hundred.byClock,
      hundredGBpsOfCpu: speeds.hundred.ofCpu,
      thousandGBps: speeds.thousand.byClock,
      thousandGBpsOfCpu: speeds.thousand.ofCpu,
      hundredPasswordsOf12To20GBps: speeds.passwords.byClock,
      limitCopyGBps: speeds.none.byClock,
      ...floods,
      ...(await tableFigures(tokens[1] ?? [])),
    },
    peers: {
      'includes() of each, plain form only, 100': { GBps: plain[0] ?? Number.NaN },
      'includes() of each, plain form only, 1000': { GBps: plain[1] ?? Number.NaN },
    },
    ratios: {
      hundredToIncludes: speeds.hundred.byClock / (plain[0] ?? Number.NaN),
      thousandToIncludes: speeds.thousand.byClock / (plain[1] ?? Number.NaN),
    },
    bars: [
      bar('hundredGBps', speeds.hundred.byClock, '>=', 1.5),
      bar('thousandGBps', speeds.thousand.byClock, '>=', 0.8),
      ...Object.entries(floods).map(([name, MBps]) => bar(name, MBps, '>=', 40)),
    ],
  }
}

/** What providers hand out: letters, digits, dash and underscore. */
function secretsOf(count: number, shortest: number, longest: number): Named {
  const dice = new Dice(seed)
  return Array.from({ length: count }, (_, index) => {
    const length = shortest + ((index * 7) % (longest - shortest + 1))
    return { name: `secret-${index}`, secret: Secret.own(utf8(dice.text('base64url', length))) }
  })
}

function knownOf(secrets: Named): KnownSecrets {
  return parseKnownSecrets(knownTable(secrets, random).table)
}

function random(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(randomBytes(length))
}

interface Speed {
  readonly byClock: number
  /** Of the time that the processor spent, whatever else it had to do. */
  readonly ofCpu: number
}

async function speedsOf<Name extends string>(
  bytes: Buffer,
  tables: Readonly<Record<Name, KnownSecrets>>,
): Promise<Record<Name, Speed>> {
  const entries = Object.entries<KnownSecrets>(tables)
  const contenders = Object.fromEntries(entries.map(([name, known]) => [name, () => known.find(bytes)]))
  const times = await inTurns(contenders, contest)
  const speeds = entries.map(([name, known]) => {
    const byClock = perSecond(bytes.length, median(times[name] ?? [])) / 1000
    return [
      name,
      {
        byClock,
        ofCpu:
          perSecond(
            bytes.length,
            cpuMsOf(() => known.find(bytes)),
          ) / 1000,
      },
    ]
  })
  return Object.fromEntries(speeds) as Record<Name, Speed>
}

/** The usual loop: one pass for each secret, and none for its encodings. */
async function includesGBps(bytes: Buffer, sets: readonly Named[]): Promise<number[]> {
  const plain = sets.map((secrets) => secrets.map(({ secret }) => secret.lend((value) => Buffer.from(value))))
  const contenders = Object.fromEntries(
    plain.map((values, index) => [index, () => values.some((value) => bytes.includes(value))]),
  )
  const times = await inTurns(contenders, { warmUp: 1, runs: 5 })
  return plain.map((_, index) => perSecond(bytes.length, median(times[index] ?? [])) / 1000)
}

/** A megabyte each of what is nearly there, begins alike, or is there all the time. */
async function floodsMBps(): Promise<Record<string, number>> {
  const dice = new Dice(seed)
  const header = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')
  const texts = [
    ...Array.from({ length: 100 }, () => `${header}.${dice.text('base64url', 200)}`),
    dice.text('base64url', 40),
    dice.text('base64', 1900),
  ]
  const known = knownOf(texts.map((text, index) => ({ name: `n${index}`, secret: Secret.own(utf8(text)) })))
  const [token = '', short = '', long = ''] = texts.slice(-3)
  const units = {
    floodOfHeadersMBps: `${header}.`,
    floodOfBeginningsMBps: short.slice(0, 30),
    floodOfLongBeginningsMBps: long.slice(0, 1000),
    floodOfNearMissesMBps: `${short.slice(0, -1)}! `,
    floodOfLongNearMissesMBps: `${long.slice(0, 1019)}! `,
    floodOfSecretsMBps: short,
    floodOfTokensMBps: `${token} `,
    floodOfEscapesMBps: short
      .replaceAll(/[^]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`)
      .slice(0, -1),
  }
  const contenders = Object.fromEntries(
    Object.entries(units).map(([name, unit]) => {
      const flood = Buffer.alloc(megabyte, unit)
      return [name, () => known.find(flood)]
    }),
  )
  const times = await inTurns(contenders, { warmUp: 1, runs: 5 })
  return Object.fromEntries(
    Object.entries(times).map(([name, each]) => [name, perSecond(megabyte, median(each))]),
  )
}

/** What the table of a thousand secrets costs where it is made and where it is read. */
async function tableFigures(secrets: Named): Promise<Figures> {
  const { table } = knownTable(secrets, random)
  const before = heldBytes()
  const known = parseKnownSecrets(table)
  known.find(utf8('x'))
  const held = heldBytes() - before
  const { make, read } = await inTurns(
    { make: () => knownTable(secrets, random), read: () => parseKnownSecrets(table).find(utf8('x')) },
    { warmUp: 1, runs: 5 },
  )
  return {
    makeThousandMs: median(make),
    makeThousandCpuMs: cpuMsOf(() => knownTable(secrets, random)),
    readThousandMs: median(read),
    tableOfThousandMiB: table.length / megabyte,
    memoryOfThousandMiB: known.serialise() === table ? held / megabyte : Number.NaN,
  }
}

/** Resident memory, once what is no longer in use is gone. What WebAssembly holds is not on any heap. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage.rss()
}

function cpuMsOf(act: () => unknown): number {
  const times = Array.from({ length: contest.runs }, () => {
    const before = process.cpuUsage()
    act()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  return median(times)
}

/** Millions of bytes a second. */
function perSecond(bytes: number, ms: number): number {
  return bytes / 1000 / ms
}
