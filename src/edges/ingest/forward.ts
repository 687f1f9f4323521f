// Delivers masked records to a collector: syslog over TCP, OTLP over HTTP.
import { Fault } from '#base'
import { once } from 'node:events'
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { connect, type Socket } from 'node:net'
import type { Answer, OtlpRecord, Sink } from './sink.ts'
import type { Place } from './syslog.ts'

const mostAnswer = 65_536
const mostSockets = 16

/** Sends messages by octet counting over one connection, which is opened when the first comes and after each break. */
export class SyslogForward {
  readonly #place: Place
  readonly #patience: number
  #opening: Promise<Socket> | null = null

  /** @param patience Milliseconds to connect, and to be taken from. */
  constructor(place: Place, patience: number) {
    this.#place = place
    this.#patience = patience
  }

  /** Settles when there is room for more. @throws Fault `connection-closed` if the message is lost. */
  async send(message: string): Promise<void> {
    try {
      const socket = await (this.#opening ??= this.#open())
      const bytes = Buffer.from(message)
      const hasRoom = socket.write(Buffer.concat([Buffer.from(`${bytes.length} `), bytes]))
      if (!hasRoom) await once(socket, 'drain', { signal: AbortSignal.timeout(this.#patience) })
    } catch (cause) {
      this.#opening = null
      throw new Fault('connection-closed', 'the collector of syslog does not take messages', { cause })
    }
  }

  /** Sends what is on its way and ends the connection. */
  async close(): Promise<void> {
    const socket = await this.#opening?.catch(() => null)
    if (socket === null || socket === undefined) return
    await new Promise<void>((resolve) => socket.end(resolve))
    socket.destroy()
  }

  async #open(): Promise<Socket> {
    const socket = connect(this.#place)
    const forget = (): void => {
      this.#opening = null
    }
    socket.on('error', forget)
    socket.on('close', forget)
    // A collector of syslog says nothing; whatever it does say is not read into memory.
    socket.resume()
    try {
      await once(socket, 'connect', { signal: AbortSignal.timeout(this.#patience) })
    } catch (thrown) {
      socket.destroy()
      throw thrown
    }
    return socket
  }
}

/** Posts requests to a collector below its base URL. */
export class OtlpForward {
  readonly #base: URL
  readonly #patience: number
  readonly #agent: HttpAgent

  /** @param patience Milliseconds to the answer. */
  constructor(base: URL, patience: number) {
    this.#base = base
    this.#patience = patience
    this.#agent = new (base.protocol === 'https:' ? HttpsAgent : HttpAgent)({
      keepAlive: true,
      maxSockets: mostSockets,
    })
  }

  /** @throws Fault `connection-closed` if no answer came. */
  async send({ signal, type, body, headers }: OtlpRecord): Promise<Answer> {
    const send = this.#base.protocol === 'https:' ? httpsRequest : httpRequest
    const url = new URL(`${this.#base.pathname.replace(/\/$/, '')}/v1/${signal}`, this.#base)
    try {
      const request = send(url, {
        method: 'POST',
        agent: this.#agent,
        signal: AbortSignal.timeout(this.#patience),
        headers: {
          ...headers,
          'content-type': type === 'json' ? 'application/json' : 'application/x-protobuf',
          'content-length': body.length,
        },
      })
      const answered: Promise<IncomingMessage[]> = once(request, 'response')
      request.end(body)
      const [response] = await answered
      return response === undefined ? { status: 502, body: new Uint8Array(0) } : await answerOf(response)
    } catch (cause) {
      throw new Fault('connection-closed', 'the collector does not answer', { cause })
    }
  }

  close(): void {
    this.#agent.destroy()
  }
}

async function answerOf(response: IncomingMessage): Promise<Answer> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response) {
    if (!(chunk instanceof Uint8Array)) continue
    length += chunk.length
    if (length <= mostAnswer) chunks.push(chunk)
  }
  return {
    status: response.statusCode ?? 502,
    body: length <= mostAnswer ? Buffer.concat(chunks) : new Uint8Array(0),
  }
}

/** Delivers each kind of record to its collector, and what has none to `rest`. */
export function forwardingSink(to: {
  syslog: SyslogForward | null
  otlp: OtlpForward | null
  rest: Sink
}): Sink {
  const { syslog, otlp, rest } = to
  return {
    syslog: (message) => (syslog === null ? rest.syslog(message) : syslog.send(message)),
    otlp: (record) => (otlp === null ? rest.otlp(record) : otlp.send(record)),
    async close() {
      otlp?.close()
      await syslog?.close()
      await rest.close()
    },
  }
}
