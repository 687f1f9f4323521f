// Runs each example, as a program and as what others would build on.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace'
import winston from 'winston'
import { openTracing } from './opentelemetry.ts'
import { openLogger as openPino } from './pino.ts'
import { sentryOptions } from './sentry.ts'
import { openLogger as openWinston } from './winston.ts'

const secrets = /hunter2|s3cr3t-value|dXNlcjpwYXNzd29yZA|sid=1/

function run(file: string): string {
  const path = join(import.meta.dirname, file)
  const { status, stdout, stderr } = spawnSync(process.execPath, [path], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  return stdout
}

for (const name of ['pino', 'winston', 'opentelemetry']) {
  test(`examples/${name}.ts prints no secret`, () => {
    const output = run(`${name}.ts`)
    assert.ok(output.length > 100)
    assert.doesNotMatch(output, secrets)
  })
}

test('examples/pino.ts gives a logger that redacts', () => {
  const lines: string[] = []
  openPino({ write: (line) => lines.push(line) }).info({ password: 'hunter2' }, 'x')
  assert.match(lines[0] ?? '', /"password":"\[password\]"/)
})

test('examples/winston.ts gives a logger that redacts', () => {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk, _, done) {
      lines.push(String(chunk))
      done()
    },
  })
  openWinston(new winston.transports.Stream({ stream })).info('x', { password: 'hunter2' })
  assert.match(lines[0] ?? '', /"password":"\[password\]"/)
})

test('examples/opentelemetry.ts lets out what it names, and hashes the rest', async () => {
  const exporter = new InMemorySpanExporter()
  const provider = openTracing(exporter)
  const attributes = { 'http.route': '/', 'enduser.id': 'bob', 'gen_ai.input.messages': 'hunter2' }
  provider.getTracer('test').startSpan('GET /', { attributes }).end()
  await provider.forceFlush()
  const exported = exporter.getFinishedSpans()[0]?.attributes
  assert.deepEqual(Object.keys(exported ?? {}), ['http.route', 'enduser.id'])
  assert.match(String(exported?.['enduser.id']), /^\[hash:/)
})

test('examples/sentry.ts gives hooks that redact', async () => {
  const { beforeSend } = sentryOptions('https://key@sentry.invalid/1')
  const event = { type: undefined, message: 'password=hunter2', extra: { iban: 'x' } }
  const sent = await beforeSend?.(event, {})
  assert.doesNotMatch(JSON.stringify(sent), secrets)
  assert.equal(sent?.extra?.['iban'], '[password]')
})
