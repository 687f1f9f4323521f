// Listens, with limits on what one peer may take, and stops without cutting an answer off.
import { Fault, type Clock } from '#base'
import { chmodSync, chownSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { TlsOptions } from 'node:tls'

/** Where to listen: a path, or HOST:PORT with or without TLS. */
export interface Place {
  readonly at: string
  readonly tls?: { readonly certificate: string; readonly key: string } | undefined
  /** File of the certificates that sign clients' own; then a client without one is turned away. */
  readonly clients?: string | undefined
  /** Number of the group that may open a unix socket besides its owner. */
  readonly group?: number | undefined
}

/** A listener that is open. */
export interface Listening {
  /** HOST:PORT as it was bound, or the path. */
  readonly address: string
  /** Takes nobody new, lets answers under way end, and cuts after `patience` ms. */
  drain(patience: number): Promise<void>
}

/** Milliseconds that a request may take to arrive, and its head alone. */
const requestTimeout = 10_000
const headersTimeout = 5000
const keepAliveTimeout = 30_000
const longestHead = 32_768
const mostConnections = 20_000

/** @throws Fault `listen-failed`, `config-invalid` for certificates that cannot be used. */
export async function listenAt(
  place: Place,
  clock: Clock,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Listening> {
  const limits = { requestTimeout, headersTimeout, keepAliveTimeout, maxHeaderSize: longestHead }
  const server: Server =
    place.tls === undefined
      ? createServer({ ...limits, connectionsCheckingInterval: 1000 }, handle)
      : createSecureServer({ ...limits, ...certificates(place) }, handle)
  server.maxConnections = mostConnections
  await bind(server, place)
  return { address: addressOf(server, place), drain: (patience) => drain(server, clock, patience) }
}

function certificates({ tls, clients }: Place): TlsOptions {
  try {
    return {
      minVersion: 'TLSv1.3',
      ...(tls && { cert: readFileSync(tls.certificate), key: readFileSync(tls.key) }),
      ...(clients !== undefined && {
        ca: readFileSync(clients),
        requestCert: true,
        rejectUnauthorized: true,
      }),
    }
  } catch (cause) {
    throw new Fault('config-invalid', 'a certificate or its key cannot be read', { cause })
  }
}

/** A unix socket is for its owner alone, from its first moment on, and for one group where that is wanted. */
async function bind(server: Server, { at, group }: Place): Promise<void> {
  const isPath = at.includes('/')
  if (isPath) rmSync(at, { force: true })
  const before = isPath ? process.umask(0o177) : undefined
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      if (isPath) server.listen(at, resolve)
      else server.listen(Number(at.slice(at.lastIndexOf(':') + 1)), hostOf(at), resolve)
    })
    if (isPath) open(at, group)
  } catch (cause) {
    throw new Fault('listen-failed', 'the address cannot be listened on', { cause })
  } finally {
    if (before !== undefined) process.umask(before)
  }
}

function open(at: string, group: number | undefined): void {
  if (group !== undefined) chownSync(at, process.geteuid?.() ?? -1, group)
  chmodSync(at, group === undefined ? 0o600 : 0o660)
}

function hostOf(at: string): string {
  return at.slice(0, at.lastIndexOf(':')).replace(/^\[|\]$/g, '')
}

function addressOf(server: Server, { at }: Place): string {
  const bound = server.address()
  if (bound === null || typeof bound === 'string') return at
  return `${at.slice(0, at.lastIndexOf(':'))}:${bound.port}`
}

async function drain(server: Server, clock: Clock, patience: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const cancel = clock.after(patience, () => server.closeAllConnections())
  await closed
  cancel()
}
