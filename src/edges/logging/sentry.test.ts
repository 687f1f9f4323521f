// Sentry's SDK with the redactor's hooks, up to the envelope that it would send.
import * as sentry from '@sentry/node'
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { assertClean, failing, plantedRecord, token } from './fixture.test.ts'
import { redactor } from './sentry.ts'

const envelopes: string[] = []

/** Sentry's SDK is there once a process; what it would send is kept. */
function start(
  options: Parameters<typeof redactor>[0] = {},
  traceLifecycle: 'stream' | 'static' = 'stream',
): void {
  envelopes.length = 0
  const hooks = redactor(options)
  // The default ones change the process, which all tests share.
  const integrations = [sentry.linkedErrorsIntegration(), sentry.contextLinesIntegration()]
  sentry.initWithoutDefaultIntegrations({
    dsn: 'https://key@sentry.invalid/1',
    transport: (transportOptions) =>
      sentry.createTransport(transportOptions, async ({ body }) => {
        envelopes.push(typeof body === 'string' ? body : Buffer.from(body).toString())
        return { statusCode: 200 }
      }),
    tracesSampleRate: 1,
    traceLifecycle,
    ...hooks,
    integrations: hooks.integrations(integrations),
  })
}

after(async () => {
  await sentry.close(1)
  sentry.getCurrentScope().setClient(undefined)
})

function sent(): string {
  return envelopes.join('\n')
}

test('redactor() lets no planted secret through an event, with its breadcrumbs, attachments and frames', async () => {
  start()
  const canary = token
  sentry.addBreadcrumb({
    category: 'test',
    message: `crumb ${token}`,
    data: { password: 'hunter2-canary', token },
  })
  sentry.setUser({ id: '1', email: 'a@b.example', token })
  sentry.setContext('planted', plantedRecord())
  sentry.withScope((scope) => {
    scope.setExtras(plantedRecord())
    scope.setTag('note', canary)
    scope.addAttachment({ filename: 'a.txt', data: `file ${token}` })
    scope.addAttachment({ filename: 'b.bin', data: Buffer.from(`file ${token}`) })
    scope.addAttachment({ filename: 'c.dmp', data: token, attachmentType: 'event.minidump' })
    sentry.captureException(new Error(`thrown ${canary}`, { cause: new Error(`cause ${canary}`) }))
  })
  sentry.captureMessage(`message ${token}`)
  await sentry.flush(2000)
  assertClean(sent())
  assert.match(sent(), /"thrown \[github-token/)
  assert.match(sent(), /file \[github-token/)
  assert.ok(!sent().includes('"filename":"c.dmp"'))
  assert.ok(sent().includes('"filename":"a.txt"'))
})

test('redactor() lets no planted secret through logs, metrics and spans', async () => {
  start()
  sentry.logger.info(`log ${token}`, { note: token, password: 'hunter2-canary' })
  sentry.metrics.count('planted', 1, { attributes: { note: token } })
  sentry.startSpan(
    { name: `span ${token}`, attributes: { 'db.password': 'hunter2-canary', note: token } },
    () => {
      sentry.startSpan({ name: `inner ${token}` }, () => {})
    },
  )
  await sentry.flush(2000)
  assertClean(sent())
  assert.match(sent(), /log \[github-token/)
  assert.match(sent(), /span \[github-token/)
})

test('redactor() lets no planted secret through a transaction of the old kind', async () => {
  start({}, 'static')
  sentry.startSpan({ name: `span ${token}`, attributes: { note: token, password: 'hunter2-canary' } }, () => {
    sentry.startSpan({ name: `inner ${token}` }, () => {})
  })
  await sentry.flush(2000)
  assertClean(sent())
  assert.match(sent(), /"type":"transaction"/)
})

test('redactor() leaves out the integrations that send dumps of memory', () => {
  const named = ['SentryMinidump', 'Http', 'ElectronMinidump'].map((name) => ({ name }))
  assert.deepEqual(
    redactor()
      .integrations(named)
      .map(({ name }) => name),
    ['Http', 'Keyreeve'],
  )
})

test('redactor() sends what it fails at without content, and never as it was', async () => {
  start({ known: failing })
  sentry.captureException(new Error(token))
  sentry.logger.info(token)
  sentry.startSpan({ name: token, attributes: { note: token } }, () => {})
  await sentry.flush(2000)
  assertClean(sent())
  assert.match(sent(), /unredacted: dropped/)
  const hostile = new Proxy(
    { name: token },
    {
      ownKeys() {
        throw new Error(token)
      },
    },
  )
  const { beforeSendSpan, beforeSend } = redactor()
  assertClean(JSON.stringify(beforeSendSpan(hostile)))
  assert.equal(beforeSend(hostile), null)
})
