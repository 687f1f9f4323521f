// Routes are kept in the vault; a secret is lent for the route that names it, sealed, and only if it can be masked.
import { Secret, utf8 } from '#base'
import { SealingKey, type Route } from '#wire'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { ManualClock } from '#base'
import { changeRoute, lease, routesIn } from './routes.ts'
import { openOrCreate } from './unlocking.ts'

const random = (length: number): Uint8Array<ArrayBuffer> => Uint8Array.from(randomBytes(length))

describe('routes of the keeper', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'keyreeve-routes-'))
  const options = { dir: join(dir, 'vault'), platform: 'linux', env: {}, clock: new ManualClock(), random }
  const { vault } = await openOrCreate({ ...options, report: () => {} }, null)
  after(() => {
    vault.close()
    rmSync(dir, { recursive: true, force: true })
  })

  function keep(name: string, value: string): void {
    using secret = Secret.own(utf8(value))
    vault.put({ kind: 'secret', name, value: secret })
  }

  function route(name: string, secret: string | null): Route {
    const auth = secret === null ? ({ kind: 'none' } as const) : ({ kind: 'bearer' } as const)
    return {
      name,
      baseUrl: 'https://api.example.com',
      auth,
      secret,
      provider: null,
      isPrivate: false,
      allow: [],
    }
  }

  test('changeRoute() keeps them by name, and refuses a secret that there is not', () => {
    keep('key', random(24).toString())
    changeRoute(vault, { put: route('b', 'key') })
    changeRoute(vault, { put: route('a', null) })
    changeRoute(vault, { put: { ...route('b', 'key'), baseUrl: 'https://other.example' } })
    assert.deepEqual(
      routesIn(vault).map(({ name, baseUrl }) => [name, baseUrl]),
      [
        ['a', 'https://api.example.com'],
        ['b', 'https://other.example'],
      ],
    )
    assert.throws(() => changeRoute(vault, { put: route('c', 'missing') }), { code: 'secret-unknown' })
    changeRoute(vault, { remove: 'a' })
    assert.throws(() => changeRoute(vault, { remove: 'a' }), { code: 'route-unknown' })
  })

  test('lease() seals the secret to one key, for one route and one intent', () => {
    const value = Buffer.from(random(24)).toString('base64url')
    keep('leased', value)
    changeRoute(vault, { put: route('r', 'leased') })
    const key = new SealingKey()
    const { sealed } = lease(vault, { route: 'r', to: key.publicKey, intent: 7 }, random)
    for (const purpose of ['gateway.lease\0r\x008', 'gateway.lease\0other\x007']) {
      assert.throws(() => key.open(sealed, purpose), { code: 'seal-invalid' })
    }
    assert.throws(() => new SealingKey().open(sealed, 'gateway.lease\0r\x007'), { code: 'seal-invalid' })
    using opened = key.open(sealed, 'gateway.lease\0r\x007')
    assert.equal(
      opened.lend((bytes) => Buffer.from(bytes).toString()),
      value,
    )
  })

  test('lease() lends nothing that could not be masked, and nothing for a route without a secret', () => {
    const { publicKey: to } = new SealingKey()
    for (const value of ['short', 'aaaaaaaaaaaaaaaaaaaa', 'password1234']) {
      keep('weak', value)
      changeRoute(vault, { put: route('w', 'weak') })
      assert.throws(
        () => lease(vault, { route: 'w', to, intent: 1 }, random),
        { code: 'secret-unusable' },
        value,
      )
    }
    changeRoute(vault, { put: route('n', null) })
    assert.throws(() => lease(vault, { route: 'n', to, intent: 1 }, random), { code: 'secret-unknown' })
    assert.throws(() => lease(vault, { route: 'gone', to, intent: 1 }, random), { code: 'route-unknown' })
  })
})
