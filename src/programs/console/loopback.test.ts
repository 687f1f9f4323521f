// Both loopback addresses or none.
import { Fault } from '#base'
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { afterEach, describe, test } from 'node:test'
import { listenOnLoopback, type Listening } from './loopback.ts'

describe('listenOnLoopback()', () => {
  const open: { close(): unknown }[] = []
  afterEach(() => {
    for (const server of open.splice(0)) server.close()
  })

  const make = (): Server => createServer()

  async function listen(port: number, addresses?: string[]): Promise<Listening> {
    const listening = await listenOnLoopback(port, make, addresses)
    open.push(...listening.servers)
    return listening
  }

  /** Another program that has a port on one address only. */
  async function squat(host: string): Promise<number> {
    const server = createTcpServer()
    open.push(server)
    await new Promise<void>((resolve) => server.listen({ host, port: 0, ipv6Only: true }, resolve))
    return (server.address() as AddressInfo).port
  }

  function isUnavailable(thrown: unknown): boolean {
    return thrown instanceof Fault && thrown.code === 'console-unavailable'
  }

  test('listenOnLoopback() binds both addresses on one port', async () => {
    const { port, servers } = await listen(0)
    const bound = servers.map((server) => server.address() as AddressInfo)
    assert.deepEqual(
      bound.map(({ address }) => address),
      ['127.0.0.1', '::1'],
    )
    assert.deepEqual(
      bound.map((address) => address.port),
      [port, port],
    )
  })

  test('listenOnLoopback() refuses a port of which somebody else has one address, and lets the other go', async () => {
    for (const [taken, free] of [
      ['::1', '127.0.0.1'],
      ['127.0.0.1', '::1'],
    ] as const) {
      const port = await squat(taken)
      await assert.rejects(listen(port), isUnavailable)
      const { servers } = await listen(port, [free])
      assert.equal(servers.length, 1)
    }
  })

  test('listenOnLoopback() does with the first address where the machine has no second', async () => {
    const { port, servers } = await listen(0, ['127.0.0.1', '2001:db8::1'])
    assert.equal(servers.length, 1)
    assert.ok(port > 0)
  })

  test('listenOnLoopback() refuses where the machine has no first address', async () => {
    await assert.rejects(listen(0, ['2001:db8::1', '::1']), isUnavailable)
  })
})
