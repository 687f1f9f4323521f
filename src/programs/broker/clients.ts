// The unix socket: who may connect, in which role, and what each role may ask.
import { asFault, base64url, Fault, shown } from '#base'
import { Channel, type Caller, type CallContext, type Handlers, type RequestOf } from '#wire'
import { programOf } from '#consent'
import { createServer, type Server, type Socket } from 'node:net'
import { chmodSync } from 'node:fs'
import { requestAccess } from './access.ts'
import { prepareCall } from './calling.ts'
import { describeCaller, identifyPeer, proveCaller, refuseAssistants, type Peer } from './caller.ts'
import { destinationOf } from './config.ts'
import { deviceHandlers } from './devices.ts'
import { openedOf, type Answer, type Client, type House } from './house.ts'
import { append, type Asker } from './journalling.ts'
import { offerChange } from './passkeys.ts'
import { personHandlers } from './person.ts'
import { endPhantoms, openGateway, routeChangeHandlers } from './routes.ts'
import { editFile } from './editing.ts'
import { listFiles, searchFiles } from './listing.ts'
import { grepFile, readFile } from './reading.ts'
import { Tickets } from './tickets.ts'
import { lendTable, unlock } from './unlocking.ts'
import { openWatch } from './watching.ts'

const mostConnections = 256

/** Listens on the home's socket, mode 0600. @throws Fault `home-insecure` if it cannot be bound. */
export async function listen(house: House): Promise<Server> {
  const server = createServer((socket) => void accept(house, socket))
  server.maxConnections = mostConnections
  // The folder is 0700 already; the umask keeps the moment between bind and chmod private too.
  const before = process.umask(0o177)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(house.socket, resolve)
    })
  } catch (cause) {
    throw new Fault('home-insecure', 'the socket could not be bound', { cause })
  } finally {
    process.umask(before)
  }
  chmodSync(house.socket, 0o600)
  return server
}

async function accept(house: House, socket: Socket): Promise<void> {
  socket.pause()
  try {
    const peer = await identifyPeer(socket)
    greet(house, socket, peer)
    socket.resume()
  } catch (thrown) {
    const fault = asFault(thrown, 'the connection was refused')
    append(house, { v: 1, kind: 'refusal', code: fault.code })
    socket.destroy()
  }
}

/** Serves one connection: until `hello` nothing else is taken. */
function greet(house: House, socket: Socket, peer: Peer): void {
  let client: Client | null = null
  const self = (): Client => {
    if (client === null) throw new Fault('message-out-of-phase', 'hello comes first')
    return client
  }
  const hello = async (request: RequestOf<'hello'>, { channel }: CallContext) => {
    client = admit(house, channel, { peer, request })
    const { publicKey } = await house.programs.ask('keeper', 'keeper.status', {})
    return { v: 1, phase: house.phase, home: house.places.home, keeperKey: publicKey } as const
  }
  const channel = new Channel({
    stream: socket,
    self: 'broker',
    peer: null,
    handlers: { hello, ...handlersOf(house, peer, self) },
    clock: house.clock,
    phase: () => house.phase,
    refused: (fault) => {
      if (fault.code === 'locked') house.refusedWhileLocked++
    },
  })
  void channel.closed.then(() => (client === null ? undefined : leave(house, client)))
}

function admit(
  house: House,
  channel: Channel,
  { peer, request }: { peer: Peer; request: RequestOf<'hello'> },
): Client {
  const { role, assistant } = request
  const isAssistant = role === 'shim' || role === 'sdk'
  if (isAssistant && assistant === undefined)
    throw new Fault('message-invalid', 'an assistant must give its name')
  channel.peer = role
  const caller =
    isAssistant && assistant !== undefined
      ? describeCaller(peer, assistant, destinationOf(house.config, assistant))
      : null
  const claimed = request.client
  const client: Client = {
    id: base64url(house.random(12)),
    role,
    channel,
    pid: peer.pid,
    caller: caller === null || claimed === undefined ? caller : { ...caller, claimed: harmless(claimed) },
    proved: Promise.resolve(),
    tickets: new Tickets(house.clock, house.random),
  }
  if (caller !== null) client.proved = prove(client, caller)
  house.clients.add(client)
  return client
}

/** Hashing a large program takes a moment, in which the client may say what it claims to be. */
async function prove(client: Client, described: Caller): Promise<void> {
  const { proved } = await proveCaller(described)
  if (client.caller !== null) client.caller = { ...client.caller, proved }
}

function leave(house: House, client: Client): void {
  house.clients.delete(client)
  house.opened?.grants.endSession(client.id)
  house.phantoms.forget((session) => session === client.id)
  void endPhantoms(house, ({ session }) => session === client.id, 'program-ended').catch(() => {})
}

/** The table of messages says who may send what; here stands what is done about it. */
function handlersOf(house: House, peer: Peer, self: () => Client): Handlers {
  const watch = openWatch(house, self)
  const requirePerson = (): void => refuseAssistants(peer, house.config.assistants.known)
  return {
    ...personHandlers(house),
    ...deviceHandlers(house, requirePerson),
    ...routeChangeHandlers(house, self, requirePerson),
    ...assistantHandlers(house, self),
    'client.claim': (claimed) => {
      const client = self()
      if (client.caller !== null) client.caller = { ...client.caller, claimed: harmless(claimed) }
    },
    stop: () => {
      house.clock.after(10, house.stop)
      return {}
    },
    'vault.unlock': async ({ sealed }) => {
      const { assurance } = await unlock(house, sealed)
      void openGateway(house)
      return { assurance }
    },
    'secret.set': (request) =>
      changeSecret(house, { what: 'set', name: request.name }, () =>
        house.programs.ask('keeper', 'secret.set', request),
      ),
    'secret.remove': (request) =>
      changeSecret(house, { what: 'remove', name: request.name }, () =>
        house.programs.ask('keeper', 'secret.remove', request),
      ),
    'grant.list': () => ({ grants: house.opened?.grants.list(self().caller?.assistant) ?? [] }),
    'console.open': () => {
      requirePerson()
      // Whoever has passkeys signs in with one: a code would let in whoever can run a command.
      return house.programs.ask('console', 'console.open', { bare: house.passkeys.list.length > 0 })
    },
    'watch.offer': () => watch.offer(),
    'watch.prove': (request) => {
      watch.prove(request)
      return {}
    },
    'log.keys': (request) => {
      requirePerson()
      return house.programs.ask('keeper', 'keeper.days', request)
    },
    'passkey.offer': (request) => {
      watch.surface()
      return offerChange(house, request)
    },
    'passkey.wait': ({ ticket }) => {
      watch.surface()
      return house.enrolment.outcome(ticket)
    },
    'consent.decide': (answer) => {
      house.desk.decide(answer, watch.surface())
      return {}
    },
  }
}

function assistantHandlers(house: House, self: () => Client) {
  const hold = <Kept extends Answer>(
    work: (asker: Asker) => Promise<Kept>,
    { signal, reason = null }: { signal: AbortSignal; reason?: string | null | undefined },
  ) => {
    const client = self()
    return client.tickets.hold(askerOf(client, signal, reason).then(work))
  }
  return {
    'file.read': (request, { signal }) =>
      hold((asker) => readFile(house, asker, request), { signal, reason: request.reason }),
    'file.list': (request, { signal }) =>
      hold((asker) => listFiles(house, asker, request), { signal, reason: request.reason }),
    'file.grep': (request, { signal }) =>
      hold((asker) => grepFile(house, asker, request), { signal, reason: request.reason }),
    'file.search': (request, { signal }) =>
      hold((asker) => searchFiles(house, asker, request), { signal, reason: request.reason }),
    'file.edit': (request, { signal }) =>
      hold((asker) => editFile(house, asker, request), { signal, reason: request.reason }),
    'call.prepare': (request, { signal }) =>
      hold((asker) => prepareCall(house, asker, request), { signal, reason: request.reason }),
    'access.request': (request, { signal }) =>
      hold((asker) => requestAccess(house, asker, request), { signal, reason: request.reason }),
    'access.wait': async ({ ticket }) => {
      const answer = await self().tickets.wait(ticket)
      if (answer.status !== 'ok') return answer
      return { status: 'ok', result: 'grants' in answer ? withoutStatus(answer) : answer }
    },
  } satisfies Handlers
}

function withoutStatus<Given extends { status: 'ok' }>({ status: _status, ...given }: Given) {
  return given
}

async function askerOf(client: Client, signal: AbortSignal, reason: string | null): Promise<Asker> {
  await client.proved
  const { caller, id: session } = client
  if (caller === null) throw new Fault('message-not-yours', 'only an assistant may ask for that')
  return { caller, program: programOf(caller), session, signal, reason }
}

/** A changed vault means a changed table of known secrets, before the change is answered. */
async function changeSecret<Reply>(
  house: House,
  { what, name }: { what: 'set' | 'remove'; name: string },
  change: () => Promise<Reply>,
): Promise<Reply> {
  const { log, tag } = openedOf(house)
  const reply = await change()
  await lendTable(house)
  // A key that was changed or removed is not used any more.
  if (house.programs.isRunning('gateway')) await house.programs.ask('gateway', 'gateway.drop', { cut: false })
  await log.append({ v: 1, kind: 'secret', what, name: tag(name) })
  return reply
}

function harmless({ name, version }: { name: string; version: string }): { name: string; version: string } {
  return { name: shown(name, 64), version: shown(version, 32) }
}
