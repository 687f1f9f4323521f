// The way to the broker: checks that the socket is ours before a byte is sent, then says who is speaking.
import { errorCode, Fault } from '#base'
import { Channel, placesOf, socketOf, type Handlers, type Places, type ReplyOf } from '#wire'
import { lstatSync, readFileSync, type Stats } from 'node:fs'
import { connect as dial, type Socket } from 'node:net'
import { dirname } from 'node:path'
import type { Machine } from './machine.ts'

/** Milliseconds that a broker has to answer a greeting. */
const greetingTime = 5000

/** A client's side of a connection that has been greeted. */
export interface Connection extends Pick<Channel, 'ask' | 'tell' | 'close' | 'closed' | 'signal'> {
  readonly greeting: ReplyOf<'hello'>
}

export interface ConnectOptions {
  readonly role: 'cli' | 'watch' | 'shim'
  /** Name under which the person knows the assistant; only for the role `shim`. */
  readonly assistant?: string
  readonly handlers?: Handlers
}

/**
 * Connects to the broker of this home.
 * @throws Fault `not-running` if nobody listens; `home-insecure` if another user could have put the socket there;
 *   any fault with which the broker refuses the greeting.
 */
export async function connect(machine: Machine, options: ConnectOptions): Promise<Connection> {
  const path = checkedSocket(machine)
  const { role, assistant, handlers = {} } = options
  const { clock } = machine
  const stream = await open(path)
  const channel = new Channel({ stream, self: role, peer: 'broker', handlers, clock, phase: () => 'ready' })
  try {
    const named = assistant === undefined ? {} : { assistant }
    const greeting = await channel.ask('hello', { v: 1, role, ...named }, { within: greetingTime })
    return Object.assign(channel, { greeting })
  } catch (thrown) {
    channel.close()
    throw thrown
  }
}

/**
 * Asks one thing and hangs up.
 * @throws as `connect` and `Channel.ask`.
 */
export async function withBroker<Result>(
  machine: Machine,
  use: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await connect(machine, { role: 'cli' })
  try {
    return await use(connection)
  } finally {
    connection.close()
  }
}

/**
 * Where the socket is, once nobody else can have put it there.
 * @throws Fault `not-running`, `home-insecure`, `unsupported-here`
 */
export function checkedSocket(machine: Machine): string {
  const places = placesOf(machine)
  const path = recordedSocket(places, machine) ?? socketOf(places, machine)
  checkFolder(dirname(path), machine)
  const stat = statOf(path)
  if (!stat.isSocket() || stat.uid !== machine.uid) {
    throw new Fault('home-insecure', `${path} is no socket of yours`)
  }
  return path
}

/** The broker notes where its socket lies when the usual path would be too long. */
function recordedSocket(places: Places, machine: Machine): string | null {
  checkFolder(places.run, machine)
  try {
    const path = readFileSync(places.socketRecord, 'utf8').trim()
    return path.startsWith('/') ? path : null
  } catch {
    return null
  }
}

/** Another user who may write to the folder could listen there in the broker's place. */
function checkFolder(path: string, { uid }: Machine): void {
  if (uid === null) throw new Fault('unsupported-here', 'owners of files cannot be told apart here')
  const stat = statOf(path)
  if (!stat.isDirectory() || stat.uid !== uid || (stat.mode & 0o077) !== 0) {
    throw new Fault('home-insecure', `${path} is not a private folder of yours`)
  }
}

function statOf(path: string): Stats {
  try {
    return lstatSync(path)
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') throw new Fault('not-running', 'no broker runs for this home')
    throw new Fault('home-insecure', `${path} cannot be examined`, { cause: thrown })
  }
}

function open(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = dial(path)
    socket.once('connect', () => {
      socket.removeAllListeners('error')
      resolve(socket)
    })
    socket.once('error', (cause) => {
      reject(new Fault('not-running', 'no broker answers at its socket', { cause }))
    })
  })
}
