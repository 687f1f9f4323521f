// What an adapter is asked to find besides: personal data, and what an organisation's rules describe.
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import assert from 'node:assert/strict'
import { Console } from 'node:console'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { Fault } from '#base'
import { parseRules } from '#redaction'
import pino from 'pino'
import winston from 'winston'
import * as ourConsole from './console.ts'
import { temporaryFolder } from './fixture.test.ts'
import * as ourTelemetry from './opentelemetry.ts'
import * as ourPino from './pino.ts'
import * as ourSentry from './sentry.ts'
import * as ourWinston from './winston.ts'

const json = { rules: [{ id: 'x-acme-token', anchors: ['acme_'], form: 'alnum:16' }] }
const asked = { rules: parseRules(json), pii: true }
const text = `by jane.doe@acme-corp.com with acme_${'Ab1c'.repeat(4)}`

/** Logs through an adapter, and gives what came out. */
const adapters: Readonly<Record<string, () => string | Promise<string>>> = {
  pino() {
    const lines: string[] = []
    pino({}, ourPino.redactor({ write: (line) => lines.push(line) }, asked)).info({ text }, text)
    return lines.join('')
  },
  winston() {
    const sink = collector()
    const format = winston.format.combine(ourWinston.redactor(asked), winston.format.json())
    const transports = [new winston.transports.Stream({ stream: sink.stream })]
    winston.createLogger({ format, transports }).info(text, { text })
    return sink.text()
  },
  console() {
    const sink = collector()
    const target = new Console(sink.stream)
    using _ = ourConsole.redactor(target, asked)
    target.log(text, { text })
    return sink.text()
  },
  async opentelemetry() {
    const exporter = new InMemorySpanExporter()
    const processor = ourTelemetry.redactor(asked).spans(new SimpleSpanProcessor({ exporter }))
    const provider = new TracerProvider({ spanProcessors: [processor] })
    provider
      .getTracer('test')
      .startSpan(text, { attributes: { 'url.path': text } })
      .end()
    await provider.forceFlush()
    return exporter
      .getFinishedSpans()
      .map(({ name, attributes }) => JSON.stringify({ name, attributes }))
      .join('')
  },
  sentry() {
    return JSON.stringify(ourSentry.redactor(asked).beforeSend({ message: text, extra: { text } }))
  },
}

for (const [name, log] of Object.entries(adapters)) {
  test(`redactor() masks for ${name} personal data and by rules where it is asked to`, async () => {
    const told = await log()
    assert.ok(told.includes('[email') && told.includes('[x-acme-token'), told)
    assert.ok(!told.includes('jane.doe') && !told.includes('acme_'), told)
  })
}

test('transport() takes rules as JSON, and none that are no rules', async (t) => {
  const destination = join(temporaryFolder(t), 'app.log')
  const stream = ourPino.default({ destination, rules: json, pii: ['email'] })
  stream.end(`{"msg":"${text}"}\n`)
  await once(stream, 'finish')
  assert.match(readFileSync(destination, 'utf8'), /^\{"msg":"by \[email.*\] with \[x-acme-token.*\]"\}\n$/)
  assert.throws(
    () => ourPino.default({ rules: { rules: [{}] } }),
    (thrown) => thrown instanceof Fault && thrown.code === 'rule-invalid',
  )
})

function collector(): { stream: Writable; text: () => string } {
  const parts: string[] = []
  const stream = new Writable({
    write(chunk, _, done) {
      parts.push(String(chunk))
      done()
    },
  })
  return { stream, text: () => parts.join('') }
}
