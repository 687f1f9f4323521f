// Who may come in: hosts, origins, fetch metadata, methods, sizes, headers of every answer.
import assert from 'node:assert/strict'
import { createConnection } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { startRig, type Rig } from './rig.test.ts'

describe('the entrance of the console', () => {
  let rig: Rig
  before(async () => (rig = await startRig()))
  after(() => rig.stop())

  test('checkEntrance() takes the one name of the console, on both loopback addresses', async () => {
    assert.equal((await rig.fetch('/')).status, 200)
    assert.equal((await rig.fetch('/', { host: '::1' })).status, 200)
  })

  test('checkEntrance() refuses every other host with 421, so that DNS rebinding gets nothing', async () => {
    const { port } = rig
    const hosts = [
      `127.0.0.1:${port}`,
      `localhost:${port}`,
      `[::1]:${port}`,
      'console.localhost',
      `console.localhost:${port + 1}`,
      `console.localhost.:${port}`,
      `CONSOLE.LOCALHOST:${port}`,
      `evil.example:${port}`,
      `x.console.localhost:${port}`,
      '',
    ]
    for (const host of hosts) {
      for (const path of ['/', '/api/status']) {
        const { status, text } = await rig.fetch(path, { headers: { host } })
        assert.equal(status, 421, `${path} of host "${host}"`)
        assert.equal(text, 'misdirected request\n')
      }
    }
  })

  test('checkEntrance() refuses two hosts, none, and a host in the request line', async () => {
    const right = `Host: console.localhost:${rig.port}\r\n`
    const refused = [
      `GET / HTTP/1.1\r\n${right}Host: evil.example\r\n\r\n`,
      'GET / HTTP/1.1\r\n\r\n',
      'GET / HTTP/1.0\r\n\r\n',
      `GET http://evil.example/ HTTP/1.1\r\n${right}\r\n`,
    ]
    for (const text of refused) assert.match(await raw(rig.port, text), /^HTTP\/1\.1 4(00|04|21) /)
  })

  test('checkEntrance() refuses another origin, also of another port and with no origin to name', async () => {
    const origins = [
      'http://evil.example',
      'null',
      `https://console.localhost:${rig.port}`,
      `http://localhost:${rig.port}`,
      'http://console.localhost:1',
    ]
    for (const origin of origins) {
      assert.equal((await rig.fetch('/', { headers: { origin } })).status, 403, origin)
      assert.equal((await rig.fetch('/api/status', { headers: { origin } })).status, 403, origin)
    }
    const origin = `http://console.localhost:${rig.port}`
    assert.equal((await rig.fetch('/', { headers: { origin } })).status, 200)
  })

  test('checkEntrance() refuses what another site or another port of localhost fetches from /api', async () => {
    const headers = await rig.signIn()
    for (const site of ['cross-site', 'same-site']) {
      const answer = await rig.fetch('/api/status', { headers: { ...headers, 'sec-fetch-site': site } })
      assert.equal(answer.status, 403, site)
    }
    const answer = await rig.fetch('/api/status', { headers: { ...headers, 'sec-fetch-site': undefined } })
    assert.equal(answer.status, 200)
  })

  test('checkEntrance() lets a link from elsewhere open the page, which holds nothing', async () => {
    const answer = await rig.fetch('/', {
      headers: { 'sec-fetch-site': 'cross-site', 'x-keyreeve': undefined },
    })
    assert.equal(answer.status, 200)
  })

  test('checkEntrance() wants our header on /api, which no form of another site can send', async () => {
    const headers = await rig.signIn()
    for (const value of [undefined, '', '0', 'true']) {
      const answer = await rig.fetch('/api/status', { headers: { ...headers, 'x-keyreeve': value } })
      assert.equal(answer.status, 403)
    }
  })

  test('the server answers only the methods that are routed', async () => {
    const headers = await rig.signIn()
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE', 'QUERY']) {
      assert.equal((await rig.fetch('/', { method, headers })).status, 405, `${method} /`)
      assert.equal((await rig.fetch('/api/status', { method, headers })).status, 405, `${method} /api/status`)
    }
    for (const path of [
      '/api/login',
      '/api/consent/abc',
      '/api/grants/abc/revoke',
      '/api/grants/revoke-all',
    ]) {
      assert.equal((await rig.fetch(path, { headers })).status, 405, path)
    }
  })

  test('the server knows fixed paths only: nothing of a request reaches the file system', async () => {
    const headers = await rig.signIn()
    const paths = [
      '/index.html',
      '/app.js/',
      '/APP.JS',
      '//app.js',
      '/../package.json',
      '/%2e%2e/package.json',
      '/..%2fpackage.json',
      '/etc/passwd',
      '/app.js%00',
      '/manifest.json',
      '/api',
      '/api/',
      '/api/grants/../status',
      '/api/consent/',
      `/api/consent/${'a'.repeat(65)}`,
      '/api/consent/a%2fb',
    ]
    for (const path of paths) assert.equal((await rig.fetch(path, { headers })).status, 404, path)
    assert.equal((await rig.fetch('/app.js?v=1')).status, 200)
  })

  test('readBody() takes JSON objects of at most 64 KiB, and no other type', async () => {
    const post = (body: string, headers: Record<string, string> = {}) =>
      rig.fetch('/api/login', { method: 'POST', body, headers })
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'text/json',
      '',
    ]) {
      assert.equal((await post('{"code":"x"}', { 'content-type': type })).status, 415, type)
    }
    for (const body of ['', '[]', 'null', '"x"', '{', '{"code":1}', '{}']) {
      const { status, text } = await post(body)
      assert.equal(status, 400, body)
      assert.equal(codeIn(text), 'message-invalid', body)
    }
    const large = await post(JSON.stringify({ code: 'x'.repeat(64 * 1024) }))
    assert.equal(large.status, 413)
    assert.equal(codeIn(large.text), 'frame-oversized')
    const chunked = await post(JSON.stringify({ code: 'x'.repeat(64 * 1024) }), {
      'transfer-encoding': 'chunked',
    })
    assert.equal(chunked.status, 413)
  })

  test('the server refuses headers above 8 KiB', async () => {
    assert.equal((await rig.fetch('/', { headers: { 'x-large': 'x'.repeat(9000) } })).status, 431)
  })

  test('every answer has the headers that keep others out, and none for CORS', async () => {
    const answers = await Promise.all([
      rig.fetch('/'),
      rig.fetch('/app.js'),
      rig.fetch('/absent'),
      rig.fetch('/', { headers: { host: 'evil.example' } }),
      rig.fetch('/api/status'),
      rig.fetch('/api/status', { headers: await rig.signIn() }),
      rig.fetch('/api/login', { method: 'POST', body: '{' }),
    ])
    for (const { headers } of answers) {
      const policy = headers['content-security-policy'] ?? ''
      const parts = [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "form-action 'none'",
        "trusted-types 'none'",
      ]
      for (const part of parts) assert.ok(`; ${String(policy)};`.includes(`; ${part};`), part)
      assert.doesNotMatch(String(policy), /unsafe|\*|https?:/)
      assert.equal(headers['cache-control'], 'no-store')
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.equal(headers['x-frame-options'], 'DENY')
      assert.equal(headers['referrer-policy'], 'no-referrer')
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin')
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin')
      assert.equal(headers['cross-origin-embedder-policy'], 'require-corp')
      assert.ok(headers['permissions-policy'] !== undefined)
      assert.equal(headers['set-cookie'], undefined)
      assert.deepEqual(
        Object.keys(headers).filter((name) => name.startsWith('access-control')),
        [],
      )
    }
  })
})

function codeIn(text: string): string {
  const { code }: { code: string } = JSON.parse(text)
  return code
}

/** What a socket gets for bytes that node:http would not send. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1', () => socket.end(text))
    const parts: Buffer[] = []
    socket.on('data', (part: Buffer) => parts.push(part))
    socket.on('end', () => resolve(Buffer.concat(parts).toString()))
    socket.on('error', reject)
  })
}
