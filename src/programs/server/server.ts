// The organisation's token server: opens what it keeps, puts its parts together, listens, and stops in order.
import type { Clock, Random } from '#base'
import type { RegistryPlace } from '#registry'
import { join } from 'node:path'
import type { ServerConfig } from './config.ts'
import type { Say } from './lines.ts'
import { listenAt, type Listening } from './listening.ts'
import { Counter, Durations, metricsText } from './metrics.ts'
import { answer, routeOf, sendJson, sendText, type Handler, type Routes } from './routes.ts'
import { openParts, type Parts } from './parts.ts'
import { openState, type State } from './state.ts'

/** What a server is started with. */
export interface ServerOptions {
  readonly config: ServerConfig
  /** Folder of this process. */
  readonly folder: string
  readonly vaultKey: string | null
  readonly sharedKey: string | null
  /** postgres://…, or null for a folder of this process's own. */
  readonly database: string | null
  readonly version: string
  readonly clock: Clock
  readonly random: Random
  readonly say: Say
}

/** A server that answers. */
export interface TokenServer {
  /** HOST:PORT as it was bound. */
  readonly address: string
  /** Path of the administrators' socket. */
  readonly adminSocket: string
  /** HOST:PORT where administrators are heard over the network, or null. */
  readonly adminAddress: string | null
  /** Takes no new request, lets those under way end, says its last words to the journal. */
  stop(): Promise<void>
}

/** Milliseconds that an answer under way gets at the end. */
const patience = 10_000

/**
 * Starts a server.
 * @throws Fault of what it keeps, such as `vault-in-use`, `journal-corrupt`, `server-key-invalid`; `listen-failed`.
 */
export async function startServer(options: ServerOptions): Promise<TokenServer> {
  const { folder, config, clock, version, say } = options
  const state = await openState(options)
  const life: Life = { isDraining: false }
  const measured = measures(clock)
  let parts: Parts | undefined
  try {
    parts = await openParts({ ...options, state, place: placeOf(options) })
    await state.record({ v: 1, kind: 'lifecycle', what: 'start', version })
    const open = (place: Parameters<typeof listenAt>[0], routes: Routes): Promise<Listening> =>
      listenAt(place, clock, measured.around(routes, say))
    const { socket = join(folder, 'admin.sock'), socketGroup, listen, tls, clients } = config.admin
    const admin = parts.admin(notFound)
    const anybody = await open({ at: config.listen, tls: config.tls }, publicRoutes(life, measured, parts))
    const local = await open({ at: socket, group: socketGroup }, admin)
    const remote = listen === undefined ? null : await open({ at: listen, tls, clients }, admin)
    const { address } = anybody
    const addresses = { adminSocket: local.address, adminAddress: remote?.address ?? null }
    const listeners = [anybody, local, ...(remote === null ? [] : [remote])]
    const opened = parts
    say('info', 'ready', { address, ...addresses, issuer: config.issuer })
    return { address, ...addresses, stop: () => stop(life, { state, parts: opened, listeners, say }) }
  } catch (thrown) {
    await parts?.close()
    await state.close()
    throw thrown
  }
}

interface Life {
  isDraining: boolean
}

function placeOf({ database, folder }: ServerOptions): RegistryPlace {
  return database === null ? { embedded: join(folder, 'registry') } : { postgres: database }
}

function publicRoutes(life: Life, measured: Measures, parts: Parts): Routes {
  return {
    exact: new Map<string, Handler>([
      ...parts.exact,
      ['/healthz', (_request, response) => sendText(response, 200, 'ok\n')],
      ['/readyz', (_request, response) => ready(life, parts, response)],
      ['/metrics', (_request, response) => sendText(response, 200, measured.text())],
    ]),
    below: new Map(parts.below),
    otherwise: notFound,
  }
}

/** Whoever balances load sends nobody here once this says no. */
async function ready({ isDraining }: Life, parts: Parts, response: Parameters<Handler>[1]): Promise<void> {
  if (isDraining) return sendText(response, 503, 'stopping\n')
  const isReady = await parts.isReady().catch(() => false)
  sendText(response, isReady ? 200 : 503, isReady ? 'ready\n' : 'the registry does not answer\n')
}

function notFound(_request: unknown, response: Parameters<Handler>[1]): void {
  sendJson(response, 404, { error: 'not_found' })
}

interface Measures {
  text(): string
  around(routes: Routes, say: Say): (...exchange: Parameters<Handler>) => void
}

function measures(clock: Clock): Measures {
  const requests = new Counter('keyreeve_requests_total', { help: 'Requests by path.', label: 'path' })
  const statuses = new Counter('keyreeve_answers_total', { help: 'Answers by status.', label: 'status' })
  const durations = new Durations('keyreeve_request_seconds', {
    help: 'From the head of a request to its answer.',
  })
  const memory = {
    name: 'process_resident_memory_bytes',
    help: 'Memory.',
    value: () => process.memoryUsage.rss(),
  }
  return {
    text: () => metricsText([requests, statuses, durations, memory]),
    around: (routes, say) => (request, response) => {
      const begun = clock.monotonic()
      const path = routeOf(routes, request.url ?? '')
      requests.add(path)
      const told = async (): Promise<void> => {
        const flaw = await answer(routes, request, response)
        if (flaw !== undefined) say('error', 'request-failed', { path, flaw: nameOf(flaw) })
        statuses.add(String(response.statusCode))
        durations.add(clock.monotonic() - begun)
      }
      void told()
    },
  }
}

/** What failed, without what it says: that may hold a stranger's words. */
function nameOf(flaw: unknown): string {
  return flaw instanceof Error ? flaw.name : 'no error'
}

async function stop(
  life: Life,
  { state, parts, listeners, say }: { state: State; parts: Parts; listeners: readonly Listening[]; say: Say },
): Promise<void> {
  if (life.isDraining) return
  life.isDraining = true
  say('info', 'stopping')
  await Promise.all(listeners.map((listener) => listener.drain(patience)))
  await parts.close()
  await state.record({ v: 1, kind: 'lifecycle', what: 'stop' })
  await state.close()
}
