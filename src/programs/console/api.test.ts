// What a signed-in page may ask, and that nobody else may.
import { Fault } from '#base'
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { codeOf, sha256, startRig, type Answer, type Rig } from './rig.test.ts'

describe('the console below /api', () => {
  let rig: Rig
  before(async () => (rig = await startRig()))
  after(() => rig.stop())

  const post = (path: string, body: object, headers: Record<string, string> = {}): Promise<Answer> =>
    rig.fetch(path, { method: 'POST', body: JSON.stringify(body), headers })

  test('console.open gives a link with a code in its fragment that signs in once', async () => {
    const { url, expiresAt } = await rig.broker.ask('console.open', {})
    assert.match(url, new RegExp(`^http://console\\.localhost:${rig.port}/#code=[\\w-]{32}$`))
    assert.equal(expiresAt, rig.clock.now() + 60_000)
    const first = await post('/api/login', { code: codeOf(url) })
    assert.equal(first.status, 200)
    assert.match(first.text, /^\{"token":"[\w-]{43}"\}$/)
    const second = await post('/api/login', { code: codeOf(url) })
    assert.equal(second.status, 401)
    assert.equal(parsed(second)['code'], 'code-invalid')
    assert.match(String(parsed(second)['next']), /keyreeve ui/)
  })

  test('serveApi() answers nothing without a bearer that is known', async () => {
    const requests = [
      ['GET', '/api/status'],
      ['GET', '/api/grants'],
      ['GET', '/api/log'],
      ['GET', '/api/log/export'],
      ['GET', '/api/log/verification'],
      ['GET', '/api/log/1/proof'],
      ['GET', '/api/secrets'],
      ['GET', '/api/assistants'],
      ['GET', '/api/review'],
      ['GET', '/api/policy'],
      ['POST', '/api/policy'],
      ['POST', '/api/policy/check'],
      ['POST', '/api/policy/trial'],
      ['GET', '/api/events'],
      ['POST', '/api/consent/abc'],
      ['POST', '/api/grants/abc/revoke'],
      ['POST', '/api/grants/revoke-all'],
    ] as const
    const bearers = [undefined, '', 'Bearer', `Bearer ${'A'.repeat(43)}`, `Basic ${'A'.repeat(43)}`]
    for (const [method, path] of requests) {
      for (const authorization of bearers) {
        const { status } = await rig.fetch(path, { method, headers: { authorization } })
        assert.equal(status, 401, `${method} ${path} with ${authorization}`)
      }
    }
  })

  test('serveApi() passes an answer on, bound to its card by the digest', async () => {
    const headers = await rig.signIn()
    const answer = { digest: sha256('a'), decision: 'allow', scope: 'once' }
    assert.equal((await post('/api/consent/card-a', answer, headers)).status, 200)
    assert.deepEqual(rig.decisions.at(-1), { id: 'card-a', ...answer })
  })

  test('serveApi() refuses an answer of the wrong shape itself, and the pipe to the broker stays open', async () => {
    const headers = await rig.signIn()
    const right = { digest: sha256('a'), decision: 'allow', scope: 'once' }
    const wrong = [
      {},
      { ...right, digest: 'x' },
      { ...right, decision: 'yes' },
      { ...right, scope: 'forever' },
      { ...right, more: 1 },
      { decision: 'deny', scope: 'once' },
    ]
    const before = rig.decisions.length
    for (const body of wrong) {
      const answer = await post('/api/consent/card-a', body, headers)
      assert.equal(answer.status, 400)
      assert.equal(parsed(answer)['code'], 'message-invalid')
    }
    assert.equal(rig.decisions.length, before)
    assert.equal((await rig.fetch('/api/status', { headers })).status, 200)
  })

  test('serveApi() takes the id of a card from the path, never from the body', async () => {
    const headers = await rig.signIn()
    const body = { id: 'other', digest: sha256('a'), decision: 'deny', scope: 'once' }
    await post('/api/consent/card-b', body, headers)
    assert.equal(rig.decisions.at(-1)?.id, 'card-b')
  })

  test('serveApi() gives status with the vault, grants and the log, and revokes', async () => {
    const headers = await rig.signIn()
    const status = parsed(await rig.fetch('/api/status', { headers }))
    assert.equal(status['phase'], 'ready')
    assert.deepEqual(status['vault'], {
      exists: true,
      unlocked: true,
      assurance: 'file',
      slots: [],
      secrets: 2,
    })
    assert.deepEqual(parsed(await rig.fetch('/api/grants', { headers })), { grants: [] })
    assert.deepEqual(parsed(await rig.fetch('/api/log?limit=7&before=3', { headers })), {
      size: 7,
      entries: [],
      older: null,
    })
    assert.deepEqual(parsed(await post('/api/grants/g-1/revoke', {}, headers)), { revoked: 1 })
    assert.deepEqual(parsed(await post('/api/grants/revoke-all', {}, headers)), { revoked: 3 })
  })

  test('serveApi() refuses odd numbers in the query of the log', async () => {
    const headers = await rig.signIn()
    for (const query of ['limit=0', 'limit=1001', 'limit=x', 'before=-1', 'before=1.5', 'before=1e400']) {
      assert.equal((await rig.fetch(`/api/log?${query}`, { headers })).status, 400, query)
    }
  })

  test('serveApi() gives a fault of the broker with its code, its next step and its HTTP status', async () => {
    const faulty = await startRig({
      handlers: {
        'consent.decide': () => {
          throw new Fault('consent-changed', 'the card is another one by now')
        },
      },
    })
    const headers = await faulty.signIn()
    const body = JSON.stringify({ digest: sha256('a'), decision: 'allow', scope: 'once' })
    const answer = await faulty.fetch('/api/consent/card-a', { method: 'POST', body, headers })
    assert.equal(answer.status, 409)
    const { next } = new Fault('consent-changed', '')
    assert.deepEqual(parsed(answer), {
      code: 'consent-changed',
      message: 'the card is another one by now',
      next,
    })
    await faulty.stop()
  })

  test('a session ends after half an hour without use, and after eight hours in any case', async () => {
    const idle = await rig.signIn()
    rig.clock.advance(30 * 60_000)
    assert.equal((await rig.fetch('/api/status', { headers: idle })).status, 401)
    const busy = await rig.signIn()
    for (let half = 0; half < 24; half++) {
      assert.equal((await rig.fetch('/api/status', { headers: busy })).status, 200)
      rig.clock.advance(20 * 60_000)
    }
    assert.equal((await rig.fetch('/api/status', { headers: busy })).status, 401)
  })

  test('wrong codes are refused with "busy" after ten in a minute, while a right one still passes', async () => {
    for (let tries = 0; tries < 10; tries++) {
      assert.equal((await post('/api/login', { code: `wrong-${tries}` })).status, 401)
    }
    const answer = await post('/api/login', { code: 'wrong' })
    assert.equal(answer.status, 429)
    assert.equal(parsed(answer)['code'], 'busy')
    assert.ok(await rig.signIn())
    rig.clock.advance(60_000)
    assert.equal((await post('/api/login', { code: 'wrong' })).status, 401)
  })

  test('a code is over after a minute', async () => {
    const { url } = await rig.broker.ask('console.open', {})
    rig.clock.advance(60_000)
    assert.equal((await post('/api/login', { code: codeOf(url) })).status, 401)
  })
})

function parsed({ text }: Answer): Record<string, unknown> {
  const value: Record<string, unknown> = JSON.parse(text)
  return value
}
