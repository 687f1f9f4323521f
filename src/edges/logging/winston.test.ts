// winston with the redactor among its formats.
import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { inspect } from 'node:util'
import winston from 'winston'
import { assertClean, failing, plantedRecord, token } from './fixture.test.ts'
import { redactor } from './winston.ts'

const { combine, errors, json, prettyPrint, printf, simple, splat, timestamp, colorize } = winston.format

/** A logger with formats, and what it writes. */
function loggerWith(...formats: winston.Logform.Format[]): { log: winston.Logger; text: () => string } {
  const parts: string[] = []
  const stream = new Writable({
    write(chunk, _, done) {
      parts.push(String(chunk))
      done()
    },
  })
  const log = winston.createLogger({
    level: 'silly',
    format: combine(...formats),
    transports: [new winston.transports.Stream({ stream })],
  })
  return { log, text: () => parts.join('') }
}

const orders: readonly (readonly [string, readonly winston.Logform.Format[]])[] = [
  ['before json', [errors({ stack: true }), splat(), redactor(), json()]],
  ['behind json', [errors({ stack: true }), splat(), json(), redactor()]],
  ['before simple', [splat(), redactor(), simple()]],
  ['before prettyPrint', [splat(), redactor(), prettyPrint({ depth: 10 })]],
  [
    'before printf',
    [redactor(), timestamp(), printf((info) => `${info.level} ${inspect(info, { depth: 9 })}`)],
  ],
  ['with colours', [colorize({ all: true }), redactor(), simple()]],
]

for (const [name, formats] of orders) {
  test(`redactor() lets no planted secret through winston, ${name}`, () => {
    const { log, text } = loggerWith(...formats)
    log.info(`message ${token}`, plantedRecord())
    log.error(new Error(`thrown ${token}`))
    log.warn('interpolated %s', token)
    log.child({ password: 'hunter2-canary' }).debug('child')
    assertClean(text())
    assert.equal([...text().matchAll(/github-token|credential/g)].length > 3, true)
  })
}

test('redactor() keeps what winston needs of a record, and changes nothing of what it gets', () => {
  const info = { level: 'info', message: `a ${token}`, [Symbol.for('level')]: 'info', meta: [token] }
  const before = inspect(info)
  const output = redactor().transform(info)
  assert.equal(inspect(info), before)
  assert.equal(output[Symbol.for('level')], 'info')
  const clean = { level: 'info', message: 'x', [Symbol.for('level')]: 'info' }
  assert.equal(redactor().transform(clean), clean)
})

test('redactor() drops what it fails at, and a record of the same level says so', () => {
  const { log, text } = loggerWith(redactor({ known: failing }), json())
  log.warn(`message ${token}`, plantedRecord())
  assertClean(text())
  const line: unknown = JSON.parse(text())
  assert.ok(typeof line === 'object' && line !== null && 'level' in line && 'message' in line)
  assert.deepEqual([line.level, line.message], ['warn', '[unredacted: dropped]'])
})
