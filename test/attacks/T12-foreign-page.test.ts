// T12: a page or site that reaches for the console.
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { connect } from 'node:net'
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

  function statusOf(path: string, headers: Record<string, string>, method = 'GET'): Promise<number> {
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
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
