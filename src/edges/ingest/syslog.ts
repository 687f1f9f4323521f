// Receives syslog over TCP and UDP, masks each message, and hands it on.
import { createSocket, type Socket as Datagrams } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Counter } from './counts.ts'
import type { RecordMask } from './masking.ts'
import type { Sink } from './sink.ts'
import { SyslogFrames, type SyslogMessage } from './syslog-frames.ts'

/** An address and a port of TCP or UDP; port 0 is any that is free. */
export interface Place {
  readonly host: string
  readonly port: number
}

export interface SyslogLimits {
  /** Octets of one message. */
  readonly message: number
  readonly connections: number
  /** Milliseconds that a begun message may take to become whole. */
  readonly slow: number
  /** Milliseconds that a connection may say nothing. */
  readonly idle: number
  /** Datagrams that wait for the sink; further ones are dropped, since nobody can ask for them to wait. */
  readonly datagrams: number
}

interface Parts {
  readonly mask: RecordMask
  readonly sink: Sink
  readonly counter: Counter
  readonly limits: SyslogLimits
}

const marker = '<13>1 - - keyreeve - - - [keyreeve: record dropped]'

/** A server on one port of TCP and UDP. */
export class SyslogServer {
  readonly #parts: Parts
  readonly #server: Server
  readonly #datagrams: Datagrams
  readonly #sockets = new Set<Socket>()
  #waiting = 0

  private constructor(parts: Parts, isIpv6: boolean) {
    this.#parts = parts
    this.#server = createServer((socket) => void this.#serve(socket))
    this.#server.maxConnections = parts.limits.connections
    this.#datagrams = createSocket(isIpv6 ? 'udp6' : 'udp4')
    this.#datagrams.on('message', (bytes) => void this.#datagram(bytes))
    // Nobody listens for a refused datagram; the next one is received all the same.
    this.#datagrams.on('error', () => {})
  }

  /** @throws System errors of the port, such as EADDRINUSE. */
  static async listen({ host, port }: Place, parts: Parts): Promise<SyslogServer> {
    const server = new SyslogServer(parts, host.includes(':'))
    server.#server.listen(port, host)
    await once(server.#server, 'listening')
    server.#datagrams.bind(server.port, host)
    await once(server.#datagrams, 'listening')
    return server
  }

  get port(): number {
    const address: AddressInfo | string | null = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** Stops receiving; what was received is handed on first. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all([
      new Promise((resolve) => this.#server.close(resolve)),
      new Promise<void>((resolve) => this.#datagrams.close(resolve)),
    ])
  }

  async #serve(socket: Socket): Promise<void> {
    const { limits } = this.#parts
    this.#sockets.add(socket)
    const frames = new SyslogFrames(limits.message)
    socket.setTimeout(limits.idle, () => socket.destroy())
    const slow = new Deadline(limits.slow, () => socket.destroy())
    try {
      // The socket is read no faster than the sink takes: that is the sender's to feel.
      for await (const chunk of socket) {
        if (!(chunk instanceof Uint8Array)) continue
        for (const message of frames.push(chunk)) {
          slow.stop()
          await this.#take(message)
        }
        if (frames.isMidway) slow.start()
      }
      for (const message of frames.finish()) await this.#take(message)
    } catch {
      socket.destroy()
    } finally {
      slow.stop()
      this.#sockets.delete(socket)
    }
  }

  async #datagram(bytes: Uint8Array): Promise<void> {
    const { limits, counter } = this.#parts
    if (this.#waiting >= limits.datagrams) {
      counter.receive()
      counter.drop('busy')
      return
    }
    this.#waiting++
    await this.#take(bytes.length > limits.message ? null : bytes)
    this.#waiting--
  }

  /** Null stands for a message that was too long. */
  async #take(message: SyslogMessage): Promise<void> {
    const { counter, sink } = this.#parts
    counter.receive()
    const masked = this.#masked(message)
    try {
      await sink.syslog(masked ?? marker)
      if (masked !== null) counter.pass()
    } catch {
      counter.drop('undelivered')
    }
  }

  #masked(message: SyslogMessage): string | null {
    const { counter, mask } = this.#parts
    try {
      if (message !== null) return mask.bytes(message)
      counter.drop('too-large')
    } catch {
      counter.drop('failed')
    }
    return null
  }
}

/** Ends what takes too long. */
class Deadline {
  readonly #delay: number
  readonly #act: () => void
  #timer: NodeJS.Timeout | null = null

  constructor(delay: number, act: () => void) {
    this.#delay = delay
    this.#act = act
  }

  /** From the first call on; later ones change nothing until `stop`. */
  start(): void {
    this.#timer ??= setTimeout(this.#act, this.#delay)
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
