// The SDK of OpenTelemetry with the redactor before its processors.
import { SpanStatusCode } from '@opentelemetry/api'
import {
  BatchLogRecordProcessor,
  InMemoryLogRecordExporter,
  LoggerProvider,
  SimpleLogRecordProcessor,
  type LogRecordProcessor,
  type ReadableLogRecord,
} from '@opentelemetry/sdk-logs'
import {
  BatchSpanProcessor,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertClean, failing, token } from './fixture.test.ts'
import { redactor, type TelemetryOptions } from './opentelemetry.ts'

type Resource = ReadableSpan['resource']

const resource: Resource = {
  attributes: {
    'service.name': 'app',
    'process.command_args': ['app', '--password', 'hunter2-canary', token],
  },
  merge: () => resource,
  getRawAttributes: () => [],
}

/** Everything that an exporter reads of a span. */
function shownSpan(span: ReadableSpan): string {
  const { name, kind, status, attributes, links, events, startTime, duration, ended, instrumentationScope } =
    span
  const counts = [span.droppedAttributesCount, span.droppedEventsCount, span.droppedLinksCount]
  const context = {
    ...span.spanContext(),
    parent: span.parentSpanContext,
    resource: span.resource.attributes,
  }
  const rest = { startTime, duration, ended, instrumentationScope, counts, context }
  return JSON.stringify({ name, kind, status, attributes, links, events, ...rest })
}

function shownRecord(record: ReadableLogRecord): string {
  const { body, attributes, severityText, eventName, hrTime, instrumentationScope } = record
  const context = { spanContext: record.spanContext, resource: record.resource.attributes }
  return JSON.stringify({
    body,
    attributes,
    severityText,
    eventName,
    hrTime,
    instrumentationScope,
    ...context,
  })
}

async function exportedSpan(
  options: TelemetryOptions,
  processorOf: (exporter: InMemorySpanExporter) => SpanProcessor = (exporter) =>
    new SimpleSpanProcessor({ exporter }),
): Promise<ReadableSpan> {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({
    resource,
    spanProcessors: [redactor(options).spans(processorOf(exporter))],
  })
  const tracer = provider.getTracer('test', '1')
  const other = tracer.startSpan('other')
  const span = tracer.startSpan(`GET /?token=${token}`, {
    attributes: {
      'http.request.header.authorization': ['Basic dXNlcjpodW50ZXIyLWNhbmFyeQ=='],
      'url.full': `https://user:hunter2-canary@host/${token}`,
      'db.password': 'hunter2-canary',
      'http.response.status_code': 200,
      'user.id': 'u-17',
      'gen_ai.request.model': 'm',
      'gen_ai.input.messages': JSON.stringify([{ role: 'user', content: `my key is ${token}` }]),
      'gen_ai.prompt.0.content': 'hunter2-canary',
      'gen_ai.prompt.name': 'greeting',
      [token]: 'as a key',
    },
    links: [{ context: other.spanContext(), attributes: { note: token } }],
  })
  span.addEvent(`event ${token}`, { detail: `x ${token}` })
  span.addEvent('gen_ai.user.message', { content: 'hunter2-canary' })
  span.recordException(new Error(`thrown ${token}`))
  span.setStatus({ code: SpanStatusCode.ERROR, message: `failed ${token}` })
  span.end()
  await provider.forceFlush()
  return (
    exporter.getFinishedSpans().find(({ links }) => links.length > 0) ?? assert.fail('nothing was exported')
  )
}

test('redactor() lets no planted secret through a span, and keeps its shape', async () => {
  const span = await exportedSpan({})
  assertClean(shownSpan(span))
  assert.ok(!shownSpan(span).includes('dXNlcjpodW50ZXIy'))
  assert.match(span.name, /^GET \/\?token=\[github-token/)
  assert.equal(span.attributes['http.response.status_code'], 200)
  assert.equal(span.events.length, 3)
  assert.equal(span.status.code, SpanStatusCode.ERROR)
  assert.equal(span.spanContext().traceId.length, 32)
  assert.equal(span.ended, true)
  assert.equal(span.resource.attributes['service.name'], 'app')
})

test('redactor() lets no planted secret through a batch', async () => {
  const span = await exportedSpan({}, (exporter) => new BatchSpanProcessor({ exporter }))
  assertClean(shownSpan(span))
})

test('redactor() keeps what a model is told and answers, unless it is asked for', async () => {
  const without = await exportedSpan({})
  assert.deepEqual(
    Object.keys(without.attributes).filter((name) => name.startsWith('gen_ai.')),
    ['gen_ai.request.model', 'gen_ai.prompt.name'],
  )
  assert.deepEqual(without.events.find(({ name }) => name === 'gen_ai.user.message')?.attributes, {})
  const withContent = await exportedSpan({ hasContent: true })
  assert.match(String(withContent.attributes['gen_ai.input.messages']), /my key is \[github-token/)
})

test('redactor() lets out what the allow-list names, and drops or hashes the rest', async () => {
  const allow = ['http.*', 'gen_ai.input.messages']
  const dropped = await exportedSpan({ allow })
  const names = ['http.request.header.authorization', 'http.response.status_code']
  assert.deepEqual(Object.keys(dropped.attributes), names)
  assert.equal(dropped.resource.attributes['service.name'], 'app')
  const key = new Uint8Array(32)
  const hashed = await exportedSpan({ allow, others: 'hash', key })
  const again = await exportedSpan({ allow, others: 'hash', key })
  assert.match(String(hashed.attributes['user.id']), /^\[hash:[0-9a-f]{16}\]$/)
  assert.equal(hashed.attributes['user.id'], again.attributes['user.id'])
  assert.notEqual(
    (await exportedSpan({ allow, others: 'hash' })).attributes['user.id'],
    again.attributes['user.id'],
  )
  assertClean(shownSpan(hashed))
})

test('redactor() leaves the span to other processors as it is', async () => {
  const raw = new InMemorySpanExporter()
  const redacted = new InMemorySpanExporter()
  const provider = new TracerProvider({
    spanProcessors: [
      redactor().spans(new SimpleSpanProcessor({ exporter: redacted })),
      new SimpleSpanProcessor({ exporter: raw }),
    ],
  })
  provider.getTracer('test').startSpan(token, { attributes: { token } }).end()
  await provider.forceFlush()
  assert.equal(raw.getFinishedSpans()[0]?.attributes['token'], token)
  assertClean(JSON.stringify(redacted.getFinishedSpans()[0]?.attributes))
})

test('redactor() exports a span without content where it fails', async () => {
  const span = await exportedSpan({ known: failing })
  assertClean(shownSpan(span))
  assert.equal(span.name, '[unredacted: dropped]')
})

const processors: readonly (readonly [
  string,
  (exporter: InMemoryLogRecordExporter) => LogRecordProcessor,
])[] = [
  ['one by one', (exporter) => new SimpleLogRecordProcessor({ exporter })],
  ['in batches', (exporter) => new BatchLogRecordProcessor({ exporter })],
]

for (const [name, processorOf] of processors) {
  test(`redactor() lets no planted secret through log records, ${name}`, async () => {
    const exporter = new InMemoryLogRecordExporter()
    const provider = new LoggerProvider({ resource, processors: [redactor().logs(processorOf(exporter))] })
    const logger = provider.getLogger('test')
    logger.emit({
      body: { text: `a ${token}`, list: [token], password: 'hunter2-canary', bytes: Buffer.from(token) },
      attributes: { note: token, 'db.password': 'hunter2-canary', count: 3 },
      severityText: 'INFO',
    })
    logger.emit({ eventName: 'gen_ai.user.message', body: { content: 'hunter2-canary' } })
    await provider.forceFlush()
    const records = exporter.getFinishedLogRecords()
    assert.equal(records.length, 2)
    assertClean(records.map(shownRecord).join('\n'))
    assert.equal(records[0]?.attributes['count'], 3)
    assert.equal(records[0]?.severityText, 'INFO')
    assert.equal(records[1]?.body, undefined)
  })
}

test('redactor() exports a log record without content where it fails', async () => {
  const exporter = new InMemoryLogRecordExporter()
  const processor = redactor({ known: failing }).logs(new SimpleLogRecordProcessor({ exporter }))
  const provider = new LoggerProvider({ processors: [processor] })
  provider.getLogger('test').emit({ body: token, attributes: { token } })
  await provider.forceFlush()
  assertClean(shownRecord(exporter.getFinishedLogRecords()[0] ?? assert.fail('nothing was exported')))
})
