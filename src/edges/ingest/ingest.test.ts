// The filter over real sockets: what comes in goes on masked, or not at all.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { test, type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { openIngest, type Ingest, type IngestOptions } from './ingest.ts'
import { bytesOf } from './protobuf.ts'

const github = `ghp_${'A1b2'.repeat(9)}`
/** Put together: our own scan looks into this file. */
const weak = ['hunter', '2'].join('')
const loopback = { host: '127.0.0.1', port: 0 }

/** Whatever JSON.parse gives. */
type Parsed = ReturnType<typeof JSON.parse>

interface Running extends Ingest {
  /** Waits for so many lines, and gives them. */
  readonly lines: (count: number) => Promise<Parsed[]>
}

async function started(t: TestContext, options: Partial<IngestOptions>): Promise<Running> {
  const out = new PassThrough()
  let text = ''
  out.on('data', (chunk) => (text += String(chunk)))
  const usual = {
    otlp: null,
    syslog: null,
    otlpTo: null,
    syslogTo: null,
    isOpenToNetwork: false,
    redaction: {},
  }
  const ingest = await openIngest({ ...usual, lines: out, ...options })
  t.after(() => ingest.close())
  const lines = async (count: number): Promise<unknown[]> => {
    while (text.split('\n').length <= count) await once(out, 'data')
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  }
  return { ...ingest, lines }
}

async function sent(port: number | null, ...parts: (string | Buffer)[]): Promise<Socket> {
  const socket = connect(port ?? 0, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  for (const part of parts) socket.write(part)
  return socket
}

const post = (
  port: number | null,
  path: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : Uint8Array.from(body),
    headers: { 'content-type': 'application/json', ...headers },
  })

test('openIngest() masks syslog by line and by octet count, over one connection', async (t) => {
  const ingest = await started(t, { syslog: loopback })
  const modern = `<34>1 2026-01-01T00:00:00Z host app 1 ID [x@1 password="${weak}"] key ${github}\n`
  const old = `<13>Jan  1 00:00:00 host app: token ${github}`
  const socket = await sent(
    ingest.syslogPort,
    modern,
    `${old.length} ${old}`,
    `${old.length}`,
    ` ${old}<1>last\n`,
  )
  const lines = await ingest.lines(4)
  assert.match(
    lines[0].message,
    // keyreeve:allow password reason="a pattern of what comes out"
    /^<34>1 2026-01-01T00:00:00Z host app 1 ID \[x@1 password="\[password\]"\] key \[github-token:[0-9a-f]{4}\]$/,
  )
  assert.match(lines[1].message, /^<13>Jan {2}1 00:00:00 host app: token \[github-token:/)
  assert.deepEqual(lines[2], lines[1])
  assert.deepEqual(lines[3], { v: 1, kind: 'syslog', message: '<1>last' })
  socket.destroy()
  assert.deepEqual([ingest.counts().received, ingest.counts().passed], [4, 4])
})

test('openIngest() masks syslog over UDP', async (t) => {
  const ingest = await started(t, { syslog: loopback })
  const socket = createSocket('udp4')
  socket.send(`<13>1 - - - - - - ${github}`, ingest.syslogPort ?? 0, '127.0.0.1')
  const [line] = await ingest.lines(1)
  assert.match(line.message, /^<13>1 - - - - - - \[github-token:[0-9a-f]{4}\]$/)
  socket.close()
})

test(
  'openIngest() takes what logger(1) sends',
  { skip: !existsSync('/usr/bin/logger') && 'logger is not installed' },
  async (t) => {
    const ingest = await started(t, { syslog: loopback })
    const to = ['--server', '127.0.0.1', '--port', String(ingest.syslogPort)]
    for (const how of [['--tcp'], ['--udp'], ['--tcp', '--octet-count'], ['--tcp', '--rfc3164']]) {
      spawnSync('/usr/bin/logger', [...to, ...how, `password=${weak} ${github}`], { timeout: 5000 })
    }
    const lines = await ingest.lines(4)
    for (const { message } of lines)
      assert.match(message, /password=\[password\] \[github-token:[0-9a-f]{4}\]$/)
  },
)

test('openIngest() drops a message that is too long, says so, and goes on', async (t) => {
  const ingest = await started(t, { syslog: loopback })
  const long = 'x'.repeat(70_000)
  const socket = await sent(
    ingest.syslogPort,
    `<1>${long}\n<1>one\n`,
    `70000 ${long}5 <1>ab`,
    `9999999999 `,
    '<1>two\n',
  )
  const messages = (await ingest.lines(5)).map(({ message }) => message)
  const marker = '<13>1 - - keyreeve - - - [keyreeve: record dropped]'
  assert.deepEqual(messages, [marker, '<1>one', marker, '<1>ab', '9999999999 <1>two'])
  assert.equal(ingest.counts().dropped['too-large'], 2)
  socket.destroy()
})

test('openIngest() drops a record at which the redactor fails, and lets nothing of it out', async (t) => {
  const known = {
    find(bytes: Uint8Array) {
      if (Buffer.from(bytes).includes('boom')) throw new Error('fault')
      return { found: [], until: Infinity }
    },
  }
  const ingest = await started(t, { syslog: loopback, otlp: loopback, redaction: { known } })
  const socket = await sent(ingest.syslogPort, '<1>boom secret\n<1>fine\n')
  const [first, second] = await ingest.lines(2)
  assert.deepEqual([first.message.includes('boom'), second.message], [false, '<1>fine'])
  for (const body of ['{"a":"boom"}', '{"attributes":[{"key":"boom","value":{"stringValue":"x"}}]}']) {
    const response = await post(ingest.otlpPort, '/v1/logs', body)
    assert.equal(response.status, 400)
    assert.ok(!(await response.text()).includes('boom'))
  }
  assert.equal(ingest.counts().dropped.failed, 3)
  socket.destroy()
})

const logs = {
  resourceLogs: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
      scopeLogs: [
        {
          scope: { name: 'app' },
          logRecords: [
            {
              timeUnixNano: '1700000000000000000',
              severityText: 'INFO',
              traceId: '5b8efff798038103d269b633813fc60c',
              spanId: 'eee19b7ec3c1b174',
              body: { stringValue: `sent ${github}` },
              attributes: [
                { key: 'password', value: { stringValue: 'two words' } },
                { key: 'user.password', value: { intValue: '12345678' } },
                { key: 'count', value: { intValue: '7' } },
                { key: 'list', value: { arrayValue: { values: [{ stringValue: github }] } } },
                {
                  key: 'map',
                  value: {
                    kvlistValue: { values: [{ key: 'api_key', value: { stringValue: 'q8Zk2LmW0vXr' } }] },
                  },
                },
              ],
            },
          ],
        },
      ],
    },
  ],
}

test('openIngest() masks logs of OTLP in JSON, attributes by their names, and keeps shape, ids and numbers', async (t) => {
  const ingest = await started(t, { otlp: loopback, redaction: { policy: 'strict' } })
  const response = await post(ingest.otlpPort, '/v1/logs', JSON.stringify(logs))
  assert.deepEqual([response.status, await response.json()], [200, {}])
  const [{ kind, body }] = await ingest.lines(1)
  assert.equal(kind, 'otlp-logs')
  const record = body.resourceLogs[0].scopeLogs[0].logRecords[0]
  assert.match(record.body.stringValue, /^sent \[github-token:[0-9a-f]{4}\]$/)
  const before = logs.resourceLogs[0]!.scopeLogs[0]!.logRecords[0]!
  assert.deepEqual(
    [record.traceId, record.spanId, record.timeUnixNano],
    [before.traceId, before.spanId, before.timeUnixNano],
  )
  const [password, pin, count, list, map] = record.attributes
  assert.ok(!JSON.stringify(password).includes('two words') && !JSON.stringify(pin).includes('12345678'))
  assert.deepEqual(count, { key: 'count', value: { intValue: '7' } })
  assert.match(list.value.arrayValue.values[0].stringValue, /^\[github-token:/)
  assert.ok(!JSON.stringify(map).includes('q8Zk2LmW0vXr'))
})

const text = (number: number, value: string): Uint8Array => bytesOf(number, Buffer.from(value))
const message = (number: number, ...fields: Uint8Array[]): Uint8Array =>
  bytesOf(number, Buffer.concat(fields))
const attribute = (number: number, key: string, value: Uint8Array): Uint8Array =>
  message(number, text(1, key), bytesOf(2, value))

test('openIngest() masks traces of OTLP in protobuf, packed too, with lengths that fit', async (t) => {
  const ingest = await started(t, { otlp: loopback })
  const id = bytesOf(1, Buffer.from('5b8efff798038103d269b633813fc60c', 'hex'))
  const start = Buffer.from([0x39, 1, 2, 3, 4, 5, 6, 7, 8])
  const span = (secret: string, password: string, extra: Uint8Array[]): Uint8Array =>
    message(
      1,
      message(
        2,
        message(
          2,
          id,
          text(5, `GET ${secret}`),
          start,
          attribute(9, 'db.password', text(1, password)),
          message(15, text(2, secret)),
          ...extra,
        ),
      ),
    )
  const unknown = text(99, `hidden ${github}`)
  const harmless = text(98, 'harmless')
  const body = span(github, 'two words', [unknown, harmless])
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' }
  const response = await post(ingest.otlpPort, '/v1/traces', gzipSync(body), headers)
  assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'application/x-protobuf'])
  const [{ kind, protobuf }] = await ingest.lines(1)
  assert.equal(kind, 'otlp-traces')
  const output = Buffer.from(protobuf, 'base64')
  const placeholder = /\[github-token:[0-9a-f]{4}\]/.exec(output.toString('latin1'))?.[0] ?? ''
  const masked = /\[[a-z-]*(?:password|credential)[a-z-]*\]/.exec(output.toString('latin1'))?.[0] ?? ''
  assert.deepEqual(output, Buffer.from(span(placeholder, masked, [harmless])))
})

test('openIngest() hands requests on to a collector with their headers, and its answers back', async (t) => {
  const seen: { url: string; key: string; body: string }[] = []
  const collector = createHttpServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      seen.push({ url: request.url ?? '', key: String(request.headers['x-key']), body })
      response.writeHead(seen.length === 1 ? 200 : 429).end('{"partialSuccess":{}}')
    })
  })
  collector.listen(0, '127.0.0.1')
  await once(collector, 'listening')
  t.after(() => collector.close())
  const { port } = Object(collector.address())
  const ingest = await started(t, { otlp: loopback, otlpTo: new URL(`http://127.0.0.1:${port}/base/`) })
  const first = await post(ingest.otlpPort, '/v1/logs', JSON.stringify(logs), { 'x-key': 'k' })
  assert.deepEqual([first.status, await first.text()], [200, '{"partialSuccess":{}}'])
  assert.deepEqual(
    [seen[0]?.url, seen[0]?.key, seen[0]?.body.includes('ghp_')],
    ['/base/v1/logs', 'k', false],
  )
  assert.equal((await post(ingest.otlpPort, '/v1/logs', '{}')).status, 429)
  collector.closeAllConnections()
  collector.close()
  assert.equal((await post(ingest.otlpPort, '/v1/logs', '{}')).status, 503)
  assert.equal(ingest.counts().dropped.undelivered, 1)
})

test('openIngest() hands syslog on to a collector, and counts what that does not take', async (t) => {
  const got = new PassThrough()
  const sockets = new Set<Socket>()
  const collector = createServer((socket) => {
    sockets.add(socket)
    socket.on('data', (chunk) => got.write(chunk))
  })
  collector.listen(0, '127.0.0.1')
  await once(collector, 'listening')
  const { port } = Object(collector.address())
  const ingest = await started(t, { syslog: loopback, syslogTo: { host: '127.0.0.1', port } })
  const socket = await sent(ingest.syslogPort, `<1>password=${weak}\n`)
  const [first]: unknown[] = await once(got, 'data')
  assert.equal(String(first), '22 <1>password=[password]')
  for (const one of sockets) one.destroy()
  await new Promise((resolve) => collector.close(resolve))
  while (ingest.counts().dropped.undelivered === 0) {
    socket.write('<1>more\n')
    await new Promise((resolve) => setImmediate(resolve))
  }
  socket.destroy()
})

test('openIngest() refuses what is no record, and says why without a word of it', async (t) => {
  const ingest = await started(t, { otlp: loopback })
  const { otlpPort: port } = ingest
  const protobuf = { 'content-type': 'application/x-protobuf' }
  for (const [path, body, headers, status] of [
    ['/v1/metrics', '{}', {}, 404],
    ['/v1/logs', '{}', { origin: 'https://example.com' }, 403],
    ['/v1/logs', '{}', { 'content-type': 'text/plain' }, 415],
    ['/v1/logs', '{}', { 'content-encoding': 'br' }, 415],
    ['/v1/logs', '{"a":"s3cret', {}, 400],
    ['/v1/logs', `${'['.repeat(1000)}${']'.repeat(1000)}`, {}, 400],
    ['/v1/logs', 'x'.repeat(9 * 2 ** 20), {}, 400],
    ['/v1/logs', gzipSync(Buffer.alloc(64 * 2 ** 20)), { 'content-encoding': 'gzip' }, 400],
    ['/v1/logs', 'not packed', { 'content-encoding': 'gzip' }, 400],
    ['/v1/logs', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]), protobuf, 400],
    ['/v1/logs', Buffer.from([0x0b]), protobuf, 400],
    ['/v1/logs', Buffer.alloc(20, 0xff), protobuf, 400],
  ] as const) {
    const response = await post(port, path, body, headers).catch(() => null)
    // A body that goes on after the answer may break the connection.
    if (response === null) continue
    assert.equal(response.status, status, path)
    assert.ok(!(await response.text()).includes('s3cret'))
  }
  assert.equal((await fetch(`http://127.0.0.1:${port}/v1/logs`)).status, 405)
  assert.equal(ingest.counts().passed, 0)
})

test('openIngest() listens where others can reach it only if that is wanted', async (t) => {
  for (const host of ['0.0.0.0', '::', 'localhost', '10.0.0.1', '127.0.0.1.example.com']) {
    await assert.rejects(started(t, { otlp: { host, port: 0 } }), { code: 'usage' })
  }
  const ingest = await started(t, { syslog: { host: '0.0.0.0', port: 0 }, isOpenToNetwork: true })
  assert.ok(ingest.syslogPort !== null && ingest.syslogPort > 0)
})
