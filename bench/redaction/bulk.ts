// How fast whole files go through: ours, what the machine could do at most, and others.
import { redact, scan, StreamRedactor } from '../../src/api/lib/redaction.ts'
import { bar, type Figures, inTurns, median } from '../bench.ts'
import { mixed } from '../corpus.ts'
import { naiveRules, naiveScan } from './naive.ts'
import { gitleaks, re2js, redactPii, ripgrep, secretlint } from './others.ts'
import { type Part, speed } from './part.ts'

/** The corpus is cut into files of this size. */
const fileSize = 2 ** 20
const seed = 20_261_124
const contest = { warmUp: 2, runs: 7 }

/** @param size Bytes of the corpus; slow peers get a slice of it. */
export async function measureBulk(size: number): Promise<Part> {
  const { bytes } = mixed(size, seed, { secretsPer20kB: 1 })
  const files = Array.from({ length: Math.floor(bytes.length / fileSize) }, (_, index) =>
    bytes.subarray(index * fileSize, (index + 1) * fileSize),
  )
  const lint = await secretlint()
  const { scanMBps, redactMBps, lintMBps, ...others } = await measureFiles(files, lint)
  const scanMBpsOfCpu = speed(
    files.length * fileSize,
    cpuMsOf(() => files.map((file) => scan(file).length)),
  )
  const ratio = scanMBps / lintMBps
  return {
    figures: { scanMBps, scanMBpsOfCpu, redactMBps, ...others },
    peers: {
      secretlint: typeof lint === 'string' ? lint : { MBps: lintMBps },
      ...(await measureSlow(bytes)),
    },
    ratios: { scanToSecretlint: ratio },
    bars: [
      bar('scanMBps', scanMBps, '>=', 800),
      bar('redactMBps', redactMBps, '>=', 400),
      bar('scanToSecretlint', ratio, '>=', 10),
    ],
  }
}

type Lint = Awaited<ReturnType<typeof secretlint>>

async function measureFiles(
  files: readonly Buffer[],
  lint: Lint,
): Promise<Figures & Record<'scanMBps' | 'redactMBps' | 'lintMBps', number>> {
  const texts = files.map((file) => file.toString())
  const target = Buffer.alloc(fileSize)
  const times = await inTurns(
    {
      scan: () => files.map((file) => scan(file).length),
      redact: () => files.map(redactedParts),
      redactText: () => files.map((file) => redact(file).text.length),
      copy: () => files.map((file) => file.copy(target)),
      decode: () => files.map((file) => file.toString().length),
      // A byte that stands nowhere in text.
      indexOf: () => files.map((file) => file.indexOf(0xff)),
      lint: async () => {
        if (typeof lint !== 'string') for (const text of texts) await lint(text)
      },
    },
    contest,
  )
  const size = files.length * fileSize
  const of = (name: keyof typeof times): number => speed(size, median(times[name]))
  return {
    scanMBps: of('scan'),
    redactMBps: of('redact'),
    redactTextMBps: of('redactText'),
    limitCopyMBps: of('copy'),
    limitDecodeMBps: of('decode'),
    limitIndexOfMBps: of('indexOf'),
    lintMBps: typeof lint === 'string' ? Number.NaN : of('lint'),
  }
}

/** Time that the processor spent, whatever else it had to do: median of a few. */
function cpuMsOf(act: () => unknown): number {
  const times = Array.from({ length: contest.runs }, () => {
    const before = process.cpuUsage()
    act()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  return median(times)
}

/** Bytes in, new bytes out. */
function redactedParts(file: Buffer): number {
  const redactor = new StreamRedactor({})
  return redactor.push(file).length + redactor.finish().length
}

async function measureSlow(bytes: Buffer): Promise<NonNullable<Part['peers']>> {
  return {
    'one V8 regex a row': await measureNaive(bytes.subarray(0, 2 ** 21)),
    're2js, one a row': await re2js(bytes.subarray(0, 2 ** 18)),
    'redact-pii': await redactPii(bytes.subarray(0, 2 ** 18)),
    'gitleaks in WASM': await gitleaks(bytes.subarray(0, 2 ** 20)),
    'ripgrep, all rows': await ripgrep(bytes),
    'gitleaks of Debian': 'absent: not in this release',
  }
}

async function measureNaive(bytes: Buffer): Promise<Figures> {
  const rules = naiveRules()
  const text = bytes.toString('latin1')
  const { naive } = await inTurns({ naive: () => naiveScan(text, rules) }, { warmUp: 1, runs: 3 })
  return { MBps: speed(bytes.length, median(naive)) }
}
