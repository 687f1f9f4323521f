// Records of any shape with a token in any place, through every way that ends in text.
import assert from 'node:assert/strict'
import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { inspect } from 'node:util'
import * as fc from 'fast-check'
import pino from 'pino'
import winston from 'winston'
import { redactor as redactConsole } from './console.ts'
import { assertClean, token } from './fixture.test.ts'
import { redactor as writeLines } from './jsonl.ts'
import { redactor as redactPino } from './pino.ts'
import { redactor as redactWinston } from './winston.ts'

/** What was written since it was last asked. */
const parts: string[] = []
const stream = new Writable({
  write(chunk, _, done) {
    parts.push(String(chunk))
    done()
  },
})

const logPino = pino({}, redactPino({ write: (line) => parts.push(line) }))
const { combine, json, simple, splat } = winston.format
const transports = [new winston.transports.Stream({ stream })]
const logWinston = [json(), simple()].map((last) =>
  winston.createLogger({ format: combine(splat(), redactWinston(), last), transports }),
)
const target = new Console({ stdout: stream, stderr: stream })
redactConsole(target)
const lines = writeLines({ write: (line) => parts.push(line) })

const sinks: Readonly<Record<string, (record: object, text: string) => void>> = {
  pino: (record, text) => {
    logPino.info(record, text)
    logPino.child({ bound: record }).warn('%s %o', text, record)
  },
  winston: (record, text) => {
    for (const log of logWinston) log.info(text, record)
  },
  console: (record, text) => {
    target.log(record, text)
    target.error(`${text} %O`, record)
    target.dir(record, { depth: null })
  },
  jsonl: (record) => lines.write(record),
}

const secret = fc.constantFrom(token, `a ${token} b`, `"${token}"`, `\n${token}\n`, JSON.stringify({ token }))
const leaf = fc.oneof(
  secret,
  secret.map((text) => Buffer.from(text)),
  secret.map((text) => Uint8Array.from(Buffer.from(text))),
  secret.map((text) => new Error(text, { cause: text })),
  secret.map((text) => new URL(`https://host/?q=${encodeURIComponent(text)}`)),
  secret.map((text) => ({ toJSON: () => text, [inspect.custom]: () => text })),
  fc.constantFrom<unknown>(1, null, undefined, true, 5n),
)
const key = fc.oneof(
  fc.constantFrom('a', 'b', 'value', 'name', '__proto__', token),
  fc.string({ maxLength: 6 }),
)
const { record } = fc.letrec<{ tree: unknown; record: object }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    tie('record'),
    fc.array(fc.tuple(tie('tree'), tie('tree')), { maxLength: 2 }).map((entries) => new Map(entries)),
  ),
  record: fc.dictionary(key, tie('tree'), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
}))

for (const [name, log] of Object.entries(sinks)) {
  test(`redactor() lets a token that stands anywhere in a record reach no sink: ${name}`, () => {
    fc.assert(
      fc.property(record, secret, (planted, text) => {
        parts.length = 0
        log(planted, text)
        assert.ok(parts.length > 0)
        assertClean(parts.join(''))
      }),
      { numRuns: 60 },
    )
  })
}
