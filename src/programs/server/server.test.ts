import { Fault, machineClock, type Random } from '#base'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readServerConfig } from './config.ts'
import { lineWriter } from './lines.ts'
import { startServer, type TokenServer } from './server.ts'

const clock = machineClock({ Date, performance, setTimeout })
const random: Random = (length) => Uint8Array.from(randomBytes(length))

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-server-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function start(folder: string, lines: string[] = []): Promise<TokenServer> {
  const config = readServerConfig(null, { issuer: 'http://127.0.0.1:8470', listen: '127.0.0.1:0' })
  return startServer({
    config,
    folder,
    vaultKey: null,
    sharedKey: null,
    database: null,
    version: '0.0.0',
    clock,
    random,
    say: lineWriter((line) => lines.push(line), clock),
  })
}

function coded(code: string): (thrown: unknown) => boolean {
  return (thrown) => thrown instanceof Fault && thrown.code === code
}

test('startServer() answers for its health and counts, on what it may listen on', async () => {
  const folder = scratch()
  const lines: string[] = []
  const server = await start(folder, lines)
  const at = (path: string): Promise<Response> => fetch(`http://${server.address}${path}`)
  assert.equal(await (await at('/healthz')).text(), 'ok\n')
  assert.equal(await (await at('/readyz')).text(), 'ready\n')
  assert.equal((await at('/nothing-here?x=1')).status, 404)
  const metrics = await (await at('/metrics')).text()
  assert.match(metrics, /keyreeve_requests_total\{path="\/healthz"\} 1\n/)
  assert.match(metrics, /keyreeve_requests_total\{path="other"\} 1\n/)
  assert.match(metrics, /keyreeve_request_seconds_bucket\{le="\+Inf"\} 3\n/)
  assert.equal(statSync(join(folder, 'admin.sock')).mode & 0o777, 0o600)
  assert.equal(statSync(folder).mode & 0o077, 0o000)
  await server.stop()
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).what),
    ['ready', 'stopping'],
  )
})

test('startServer() keeps its keys and its journal from one start to the next', async () => {
  const folder = scratch()
  await (await start(folder)).stop()
  const vkey = readFileSync(join(folder, 'journal', 'vkey'), 'utf8')
  const second = await start(folder)
  await assert.rejects(start(folder), coded('vault-in-use'))
  await second.stop()
  assert.equal(readFileSync(join(folder, 'journal', 'vkey'), 'utf8'), vkey)
})

test('startServer() lets an answer under way end, and tells others to go elsewhere', async () => {
  const server = await start(scratch())
  const [host = '', port = ''] = server.address.split(':')
  const slow = request({ host, port, path: '/healthz', method: 'POST' })
  slow.write('x')
  const answered = new Promise<number | undefined>((resolve, reject) => {
    slow.once('response', (response) => resolve(response.resume().statusCode))
    slow.once('error', reject)
  })
  assert.equal(await answered, 200)
  const stopped = server.stop()
  slow.end()
  await stopped
  await assert.rejects(fetch(`http://${server.address}/healthz`))
})

test('startServer() turns away heads that are too long or no HTTP', async () => {
  const server = await start(scratch())
  const [host = '', port = ''] = server.address.split(':')
  const said = async (text: string): Promise<string> => {
    const socket = connect({ host, port: Number(port) })
    socket.end(text)
    let answer = ''
    for await (const part of socket) answer += String(part)
    return answer
  }
  assert.match(await said(`GET / HTTP/1.1\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`), /^HTTP\/1\.1 431 /)
  assert.match(await said("' OR 1=1 --\r\n\r\n"), /^HTTP\/1\.1 400 /)
  await server.stop()
})

test('readServerConfig() refuses what would send tokens in clear, and names the setting', () => {
  const file = join(scratch(), 'server.toml')
  const read = (text: string) => {
    writeFileSync(file, text)
    return readServerConfig(file, {})
  }
  assert.throws(() => readServerConfig(null, {}), /"issuer" is missing/)
  assert.throws(() => read('issuer = "http://tokens.example"'), coded('config-invalid'))
  assert.throws(() => read('issuer = "https://tokens.example"\nlisten = "0.0.0.0:443"'), /needs "tls"/)
  assert.throws(() => read('issuer = "https://tokens.example"\n[admin]\nlisten = 4'), /"admin.listen"/)
  assert.throws(() => read('issuer ='), /is no TOML/)
  const { listen, enrolment } = read('issuer = "https://tokens.example"\n[enrolment]\napproval = true')
  assert.deepEqual([listen, enrolment.approval], ['127.0.0.1:8470', true])
})

test('lineWriter() redacts what a line would give away', () => {
  const lines: string[] = []
  const say = lineWriter((line) => lines.push(line), clock)
  const token = `gh${'p_'}${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`
  say('error', 'request-failed', { flaw: `Authorization: Bearer ${token}` })
  assert.ok(!lines[0]?.includes(token))
  assert.equal(JSON.parse(lines[0] ?? '').what, 'request-failed')
})
