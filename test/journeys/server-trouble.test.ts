// A token server in trouble: killed between two mints, stopped in its tracks, asked by clocks that are hours off, and by
// whoever sends too much, too slowly, or SQL.
import { ManualClock } from '#base'
import { tokenSource } from '#tokenclient'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { Fleet, sendTo, type Sent } from '../fleet.ts'

const hour = 3_600_000
/** What an attacker sends where a name, a number or a code is wanted. */
const shaped = `x'); drop table devices; -- " or 1=1 $1 ? \\ %00 \u{1f511}`

describe('a token server', () => {
  let fleet: Fleet
  before(async () => {
    fleet = await Fleet.start({ database: null, servers: 1 })
  })
  after(() => fleet.stop())

  test('serves clients whose clocks are an hour off, and takes each proof once all the same', async () => {
    for (const offset of [-hour, hour]) {
      const device = await fleet.enrol(new ManualClock(Date.now() + offset))
      assert.ok('token' in (await device.mint()))
      const sent = await device.prepare()
      const statuses = await Promise.all(Array.from({ length: 5 }, () => sendTo(fleet.servers[0]!, sent)))
      assert.deepEqual(
        statuses.toSorted((a, b) => a - b),
        [200, 400, 400, 400, 400],
      )
    }
  })

  test('gives no token for a proof again after it was killed', async () => {
    const devices = await Promise.all(Array.from({ length: 6 }, () => fleet.enrol()))
    const minting = devices.map(async (device) => {
      for (let i = 0; i < 15; i++) await device.mint().catch(() => {})
    })
    while (devices.some(({ taken }) => taken.length === 0)) await wait(5)
    fleet.servers[0]!.child.kill('SIGKILL')
    await Promise.all(minting)
    await fleet.restart(0)
    const taken = devices.flatMap((device) => device.taken)
    for (const [at, sent] of taken.entries()) {
      assert.equal(await sendTo(fleet.servers[0]!, sent, `127.0.3.${1 + (at % 200)}`), 400)
    }
    // Whose answer was lost comes with the state before, and nobody takes that for a copy.
    for (const device of devices) assert.ok('token' in (await device.mint()))
  })

  test('keeps nobody waiting who has a token, though it hangs', async () => {
    const device = await fleet.enrol()
    const clock = new ManualClock()
    let asked = 0
    const mint = () => {
      asked++
      return device.mint()
    }
    const source = tokenSource({ mint, clock, random: (length) => new Uint8Array(length) })
    const first = await source.get()
    const { child } = fleet.servers[0]!
    child.kill('SIGSTOP')
    try {
      // Past the time of renewal, and then for ten minutes more.
      for (let minutes = 0; minutes < 14; minutes++) {
        assert.equal(await source.get(), first)
        clock.advance(60_000)
      }
      assert.equal(asked, 2)
      assert.equal(source.cached(), first)
    } finally {
      child.kill('SIGCONT')
    }
    while (source.cached() === first) await wait(10)
    assert.equal(source.state(), 'fresh')
    source.close()
  })

  test('refuses SQL in every field, and goes on', async () => {
    const device = await fleet.enrol()
    assert.ok('token' in (await device.mint()))
    const fields = ['grant_type', 'client_id', 'resource', 'scope', 'lifetime', 'authorization_details']
    for (const [at, field] of [...fields, 'dpop', 'oauth-client-attestation', 'join_state'].entries()) {
      const sent = bent(await device.prepare(), field)
      const status = await sendTo(fleet.servers[0]!, sent, `127.0.4.${1 + at}`)
      const isClient = field === 'join_state' || field === 'oauth-client-attestation'
      assert.equal(status, isClient ? 401 : 400, field)
    }
    await assert.rejects(fleet.admin('/admin/revoke-device', { deviceId: shaped }))
    const other = await fleet.enrol()
    assert.ok('token' in (await other.mint()))
    const { devices } = await fleet.admin('/admin/devices', null)
    assert.ok(Array.isArray(devices) && devices.length > 5)
  })

  test('cuts off whoever sends too much or too slowly, and serves the others meanwhile', async () => {
    const { port } = fleet.servers[0]!
    const slow = Array.from({ length: 50 }, () => connect(port, '127.0.0.1'))
    const ended = slow.map((socket) => text(socket.on('error', () => {})).catch(() => ''))
    for (const socket of slow) socket.write('POST /token HTTP/1.1\r\nhost: a\r\ndpop: ')
    const big = request({ host: '127.0.0.1', port, path: '/token', method: 'POST', headers: headersOfBig })
    big.end('a'.repeat(20_000))
    const [response] = await once(big, 'response')
    assert.equal(response.statusCode, 400)
    const device = await fleet.enrol()
    assert.ok('token' in (await device.mint()))
    for (const answer of await Promise.all(ended)) assert.match(answer, /^(HTTP\/1\.1 408 |$)/)
  })
})

const headersOfBig = {
  dpop: 'a',
  'oauth-client-attestation': 'a',
  'content-type': 'application/x-www-form-urlencoded',
}

function bent({ headers, form }: Sent, field: string): Sent {
  if (field in headers) return { headers: { ...headers, [field]: encodeURI(shaped) }, form }
  const fields = new URLSearchParams(form)
  fields.set(field, shaped)
  return { headers, form: fields.toString() }
}
