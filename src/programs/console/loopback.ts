// Listens on both loopback addresses, or on none.
import { errorCode, Fault } from '#base'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Browsers take `[::1]` first for names below localhost: whoever else had it would be taken for us. */
const loopbacks = ['127.0.0.1', '::1'] as const

/** Tries to find a port that is free on both. */
const mostTries = 16

export interface Listening {
  readonly port: number
  readonly servers: readonly Server[]
}

/**
 * Starts one server for each loopback address, all on one port. An address that this machine does not have at all is
 * left out; one that is taken by somebody else is a refusal.
 * @param port 0 picks one that is free on both.
 * @param make Gives a fresh server.
 * @throws Fault `console-unavailable`
 */
export async function listenOnLoopback(
  port: number,
  make: () => Server,
  addresses: readonly string[] = loopbacks,
): Promise<Listening> {
  for (let tries = port === 0 ? mostTries : 1; tries > 0; tries--) {
    const listening = await listenOnAll(port, make, addresses)
    if (listening !== null) return listening
  }
  const which = port === 0 ? 'no port is' : `port ${port} is not`
  throw new Fault('console-unavailable', `${which} free on both 127.0.0.1 and ::1`)
}

async function listenOnAll(
  port: number,
  make: () => Server,
  addresses: readonly string[],
): Promise<Listening | null> {
  const servers: Server[] = []
  let chosen = port
  for (const host of addresses) {
    const server = make()
    const failure = await listen(server, host, chosen)
    if (failure === 'absent' && servers.length > 0) continue
    if (failure !== null) {
      for (const other of servers) other.close()
      return null
    }
    servers.push(server)
    chosen = portOf(server)
  }
  return { port: chosen, servers }
}

/** Null once it listens; `absent` where the machine has no such address. */
function listen(server: Server, host: string, port: number): Promise<'absent' | 'taken' | null> {
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(isAbsent(error) ? 'absent' : 'taken'))
    server.listen({ host, port, ipv6Only: host.includes(':') }, () => resolve(null))
  })
}

function isAbsent(error: Error): boolean {
  return ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(errorCode(error) ?? '')
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
