// T12: a page or site that reaches for the console.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { openTrial, type ConsoleSession, type Trial } from '../../tools/trial.ts'

describe('T12: a page or site that reaches for the console', () => {
  let trial: Trial
  let person: ConsoleSession
  let port: number

  before(async () => {
    trial = await openTrial()
    person = await trial.console()
    const status = JSON.parse((await trial.run(['status', '--json'])).stdout) as { console: { port: number } }
    port = status.console.port
  })

  after(async () => {
    person.close()
    await trial.close()
  })

  function statusOf(path: string, headers: Record<string, string>, place = { port }): Promise<number> {
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', ...place, path, headers }, (answer) => {
        answer.resume()
        resolve(answer.statusCode ?? 0)
      })
      sent.on('error', reject)
      sent.end()
    })
  }

  const ownHost = () => ({ host: `console.localhost:${port}` })

  test('T12: any other host name is misdirected, so rebinding gets nothing', async () => {
    for (const host of [
      `127.0.0.1:${port}`,
      `localhost:${port}`,
      `evil.example:${port}`,
      'console.localhost',
    ]) {
      assert.equal(await statusOf('/', { host }), 421, host)
    }
    assert.equal(await statusOf('/', ownHost()), 200)
  })

  test('T12: other origins, cross-site fetches and requests without our header are refused', async () => {
    const header = { ...ownHost(), 'x-keyreeve': '1' }
    assert.equal(await statusOf('/api/status', { ...header, origin: 'http://evil.example' }), 403)
    assert.equal(await statusOf('/api/status', { ...header, origin: `http://localhost:${port}` }), 403)
    assert.equal(await statusOf('/api/status', { ...header, 'sec-fetch-site': 'cross-site' }), 403)
    assert.equal(await statusOf('/api/status', { ...header, 'sec-fetch-site': 'same-site' }), 403)
    assert.equal(await statusOf('/api/status', ownHost()), 403)
    assert.equal(await statusOf('/api/status', header), 401)
    assert.equal(await statusOf('/api/status', { ...header, authorization: `Bearer ${'A'.repeat(43)}` }), 401)
  })

  test('T12: a one-time code works once', async () => {
    const { url } = JSON.parse((await trial.run(['ui', '--json', '--no-open'])).stdout) as { url: string }
    const { ConsoleSession } = await import('../../tools/trial.ts')
    const session = await ConsoleSession.open(url)
    session.close()
    await assert.rejects(ConsoleSession.open(url), { code: 'code-invalid' })
  })

  test('T12: with somebody else on ::1 the console serves nowhere, and is there once the port is free', async () => {
    const home = mkdtempSync(`${tmpdir()}/keyreeve-t12-`)
    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.listen({ host: '::1', port: 0, ipv6Only: true }, resolve))
    const { port: taken } = squatter.address() as AddressInfo
    writeFileSync(`${home}/config.toml`, `[console]\nport = ${taken}\n`)
    const other = await openTrial({ home })
    const refused = await other.run(['ui', '--no-open'])
    assert.notEqual(refused.code, 0)
    assert.match(refused.stderr, /console-unavailable/)
    await assert.rejects(statusOf('/', ownHost(), { port: taken }))
    await new Promise((resolve) => squatter.close(resolve))
    const { stdout } = await other.run(['ui', '--json', '--no-open'])
    assert.equal(new URL((JSON.parse(stdout) as { url: string }).url).port, String(taken))
    await other.close()
    rmSync(home, { recursive: true, force: true })
  })

  test('T12: nothing listens beyond loopback', async () => {
    const { networkInterfaces } = await import('node:os')
    const outside = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ internal }) => !internal)
    for (const { address, scopeid } of outside) {
      const host = scopeid === undefined || scopeid === 0 ? address : `${address}%${scopeid}`
      const code = await new Promise((resolve) => {
        const socket = connect({ host, port, timeout: 1000 })
        socket.on('connect', () => resolve('connected'))
        socket.on('timeout', () => resolve('timeout'))
        socket.on('error', (error: Error & { code?: string }) => resolve(error.code))
      })
      assert.notEqual(code, 'connected', address)
    }
  })
})
