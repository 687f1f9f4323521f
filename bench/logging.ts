// What a log line costs with the redactor before pino's destination, beside pino alone and pino's own redaction by path.
import { existsSync } from 'node:fs'
import pino from 'pino'
import { redactor } from 'keyreeve/pino'
import { bar, type BenchResult, inTurns, median } from './bench.ts'

/** Lines of one turn. */
const lines = 20_000
const contest = { warmUp: 4, runs: 25 }

/** What services log: requests, queries, jobs. About 160 bytes a line with pino's own fields, and no secret in any. */
const records: readonly (readonly [record: object, message: string])[] = [
  [
    { req: { method: 'GET', url: '/api/v1/orders/48211?page=2' }, status: 200, ms: 12.4 },
    'request completed',
  ],
  [{ userId: 'u_48213', plan: 'team', seats: 12 }, 'session started'],
  [{ query: 'select id, name from orders where customer = $1', rows: 42, ms: 3.1 }, 'query'],
  [{ job: 'invoice-mail', attempt: 1, queue: 'default' }, 'job finished in 231 ms'],
  [
    { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' },
    'cache miss for orders:48211',
  ],
  [{ commit: 'd65ca45e0b1f4a7c9e2d3b6f8a1c0e5d7b9f2a4c', version: '2.14.0' }, 'deployed'],
  [{ host: 'db-3.internal', port: 5432, retries: 2 }, 'connection lost, trying again'],
  [{ bytes: 18_233, etag: 'W/"4739-lX0f"' }, 'sent'],
]
/** Whole-segment wildcards: what pino has for fields whose place is not known. */
const paths = ['*.password', '*.token', '*.*.secret', '*.headers.authorization']

export default async function logging(): Promise<BenchResult> {
  const { plain, ours, byPath, both } = await lineCosts()
  const [addedUs, addedPercent] = [ours - plain, (ours / plain - 1) * 100]
  return {
    name: 'logging',
    figures: {
      addedUs,
      addedPercent,
      lineUs: ours,
      lineWithSecretUs: await secretCost(),
      lineBytes: meanBytes(),
    },
    peers: {
      'pino alone': { lineUs: plain },
      'pino redact, 4 wildcard paths': {
        lineUs: byPath,
        addedUs: byPath - plain,
        addedPercent: (byPath / plain - 1) * 100,
      },
      'pino redact and ours': { lineUs: both },
      '@pinojs/redact': existsSync('node_modules/@pinojs/redact') ? 'what pino redact is made of' : 'absent',
      'fast-redact': existsSync('node_modules/fast-redact')
        ? 'installed, unused'
        : 'absent: pino has left it',
    },
    ratios: { addedToPinoRedact: addedUs / (byPath - plain) },
    bars: [bar('addedUs', addedUs, '<=', 0.5), bar('addedPercent', addedPercent, '<=', 30)],
  }
}

/** Microseconds a line, in the process that logs, with a destination that writes blocks to /dev/null. */
async function lineCosts(): Promise<Record<'plain' | 'ours' | 'byPath' | 'both', number>> {
  const [plain, ours, byPath, both] = [openNull(), openNull(), openNull(), openNull()]
  const loggers = {
    plain: pino({}, plain),
    ours: pino({}, redactor(ours)),
    byPath: pino({ redact: paths }, byPath),
    both: pino({ redact: paths }, redactor(both)),
  }
  const times = await inTurns(
    {
      plain: () => logAll(loggers.plain),
      ours: () => logAll(loggers.ours),
      byPath: () => logAll(loggers.byPath),
      both: () => logAll(loggers.both),
    },
    contest,
  )
  for (const destination of [plain, ours, byPath, both]) destination.destroy()
  return {
    plain: cost(times.plain),
    ours: cost(times.ours),
    byPath: cost(times.byPath),
    both: cost(times.both),
  }
}

function cost(times: readonly number[]): number {
  return (median(times) * 1000) / lines
}

/** A line that holds a token, which must be found, checked and written anew. */
async function secretCost(): Promise<number> {
  const destination = openNull()
  const log = pino({}, redactor(destination))
  const token = `ghp_${'A1b2'.repeat(9)}`
  const act = (): void => {
    for (let line = 0; line < lines / 10; line++) log.info({ token, status: 200 }, 'request completed')
  }
  const { ours } = await inTurns({ ours: act }, { warmUp: 2, runs: 9 })
  destination.destroy()
  return (median(ours) * 1000) / (lines / 10)
}

function openNull(): ReturnType<typeof pino.destination> {
  return pino.destination({ dest: '/dev/null', sync: true, minLength: 4096 })
}

function logAll(log: pino.Logger): void {
  for (let line = 0; line < lines; line++) {
    const [record, message] = records[line % records.length]!
    log.info(record, message)
  }
}

function meanBytes(): number {
  let bytes = 0
  const log = pino({}, { write: (line) => void (bytes += Buffer.byteLength(line)) })
  for (const [record, message] of records) log.info(record, message)
  return bytes / records.length
}
