// One connection between two programs: asks, answers and tells, each checked against the table.
import { asFault, Fault, isFaultCode, type Clock } from '#base'
import type { Duplex } from 'node:stream'
import { admit, endsConnection, largestFrame } from './admit.ts'
import { envelopeBytes, faultBytes, mib } from './define.ts'
import { encodeFrame, FrameReader } from './frames.ts'
import { messages, type MessageName, type ReplyOf, type RequestOf } from './messages.ts'
import type { Phase, Role } from './roles.ts'

/** A frame must be whole within this time of its first byte, and a greeting within this time of the connection. */
const slowest = 10_000
/** Bytes that may wait for a peer that does not read. */
const mostUnread = 32 * mib

/** Characters of a fault's message that cross. Escaped, each takes six bytes at most. */
const longestMessage = 4000

/** What a handler knows of a request beside its body. */
export interface CallContext {
  readonly channel: Channel
  /** Aborted, with a Fault, when the peer goes away or takes the request back. */
  readonly signal: AbortSignal
}

/** What a program does with each message that it takes. A message without a handler is refused. */
export type Handlers = {
  readonly [Name in MessageName]?: (
    request: RequestOf<Name>,
    context: CallContext,
  ) => ReplyOf<Name> | Promise<ReplyOf<Name>>
}

/** One end of a connection: who speaks, over what, and what is done with each message. */
export interface ChannelOptions {
  readonly stream: Duplex
  readonly self: Role
  /** Null until a client of the socket has said hello. */
  readonly peer: Role | null
  readonly handlers: Handlers
  readonly clock: Clock
  /** Present phase of this side. */
  readonly phase: () => Phase
  /** Told of every message that was refused before it reached a handler. */
  readonly refused?: (fault: Fault) => void
}

interface Waiting {
  readonly name: MessageName
  readonly settle: (reply: unknown) => void
  readonly fail: (fault: Fault) => void
}

/**
 * Speaks for one side of a connection. Anything that the table does not allow is answered with a fault and ends the
 * connection; a request that a handler refuses is answered with its fault, and the connection goes on.
 */
export class Channel {
  /** Set by the handler of `hello` once the peer's role is known. */
  peer: Role | null
  /** Settles when the connection has ended, with the fault if one ended it. Never rejects. */
  readonly closed: Promise<Fault | null>
  readonly #options: ChannelOptions
  readonly #frames: FrameReader
  readonly #waiting = new Map<number, Waiting>()
  /** Requests of the peer that are being served. */
  readonly #served = new Map<number, AbortController>()
  readonly #gone = new AbortController()
  #resolveClosed: (fault: Fault | null) => void = () => {}
  #lastId = 0
  #underWay = 0
  #cancelSlow: (() => void) | null = null

  constructor(options: ChannelOptions) {
    this.#options = options
    this.peer = options.peer
    this.#frames = new FrameReader(() => largestFrame(options.self, this.peer))
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve))
    options.stream.on('data', (bytes: Uint8Array) => this.#take(bytes))
    options.stream.on('error', () => this.#end(null))
    options.stream.on('close', () => this.#end(null))
    options.stream.on('end', () => this.#end(null))
    // Whoever connects and says nothing would hold a place that others need.
    if (options.peer === null) this.#watchSlowness()
  }

  /** Aborted when the connection has ended. */
  get signal(): AbortSignal {
    return this.#gone.signal
  }

  /**
   * Asks and waits for the answer.
   * @param options.within Milliseconds to wait at most.
   * @param options.signal Takes the request back: the peer is told, and nobody waits any more.
   * @throws Fault of the peer; `connection-closed` if it goes away first or the request was taken back; `timed-out`
   */
  async ask<Name extends MessageName>(
    name: Name,
    request: RequestOf<Name>,
    { within, signal }: { within?: number; signal?: AbortSignal } = {},
  ): Promise<ReplyOf<Name>> {
    if (signal?.aborted === true) throw takenBackFault()
    const id = ++this.#lastId
    const answer = new Promise<unknown>((settle, fail) => this.#waiting.set(id, { name, settle, fail }))
    const stop = within === undefined ? null : this.#options.clock.after(within, () => this.#lapse(id))
    const takeBack = (): void => this.#takeBack(id)
    signal?.addEventListener('abort', takeBack, { once: true })
    try {
      this.#send({ q: id, t: name, b: request }, messages[name].max)
      // The shape was checked against the table when the answer came in.
      return (await answer) as ReplyOf<Name>
    } finally {
      stop?.()
      signal?.removeEventListener('abort', takeBack)
      this.#waiting.delete(id)
    }
  }

  /** Sends a message that has no answer. A peer that is gone is no error: `closed` tells of it. */
  tell<Name extends MessageName>(name: Name, request: RequestOf<Name>): void {
    this.#send({ t: name, b: request }, messages[name].max)
  }

  /** Ends the connection once what was sent is out. */
  close(): void {
    this.#options.stream.end()
    this.#end(null)
  }

  #lapse(id: number): void {
    this.#waiting.get(id)?.fail(new Fault('timed-out', 'the other program did not answer in time'))
  }

  #takeBack(id: number): void {
    this.#waiting.get(id)?.fail(takenBackFault())
    this.#send({ x: id }, 0)
  }

  #send(envelope: object, max: number): void {
    if (this.#gone.signal.aborted) {
      this.#failWaiting(new Fault('connection-closed', 'the connection has ended'))
      return
    }
    this.#options.stream.write(encodeFrame(envelope, max + envelopeBytes))
    if (this.#options.stream.writableLength > mostUnread) {
      this.#break(new Fault('frame-slow', 'the peer does not read'))
    }
  }

  #take(bytes: Uint8Array): void {
    if (this.#gone.signal.aborted) return
    try {
      for (const envelope of this.#frames.push(bytes)) {
        this.#stopWatch()
        if (this.#gone.signal.aborted) return
        this.#receive(envelope)
      }
    } catch (thrown) {
      this.#break(asFault(thrown, 'a frame could not be taken'))
    }
    if (this.#frames.isPartial && !this.#gone.signal.aborted) this.#watchSlowness()
  }

  /** Counts from a frame's first byte, so that a byte now and then buys no more time. */
  #watchSlowness(): void {
    this.#cancelSlow ??= this.#options.clock.after(slowest, () =>
      this.#break(new Fault('frame-slow', 'a frame did not end in time')),
    )
  }

  #stopWatch(): void {
    this.#cancelSlow?.()
    this.#cancelSlow = null
  }

  #receive(envelope: Record<string, unknown>): void {
    const { r: answered, q: id, t: name, b: body, f: failure, x: takenBack } = envelope
    if (typeof answered === 'number') return this.#settle(answered, envelope)
    if (failure !== undefined) return this.#end(parseFault(failure))
    if (typeof takenBack === 'number') return this.#served.get(takenBack)?.abort(takenBackFault())
    if (typeof name !== 'string' || (id !== undefined && typeof id !== 'number')) {
      throw new Fault('frame-malformed', 'an envelope without a message name')
    }
    try {
      const { self, phase } = this.#options
      const size = this.#frames.lastSize
      const admitted = admit({
        name,
        body,
        size,
        self,
        peer: this.peer,
        phase: phase(),
        underWay: this.#underWay,
      })
      void this.#serve(id, admitted.name, admitted.request)
    } catch (thrown) {
      const fault = asFault(thrown, 'a message could not be taken')
      this.#options.refused?.(fault)
      if (id !== undefined) this.#refuse(id, fault)
      if (endsConnection(fault)) this.#break(fault)
    }
  }

  async #serve(id: number | undefined, name: MessageName, request: unknown): Promise<void> {
    this.#underWay++
    const taken = new AbortController()
    if (id !== undefined) this.#served.set(id, taken)
    try {
      // `request` was parsed by the very row that types the handler.
      const handle = this.#options.handlers[name] as
        | ((request: unknown, context: CallContext) => unknown)
        | undefined
      if (handle === undefined) throw new Fault('message-unknown', `${name} is not served here`)
      const reply = await handle(request, {
        channel: this,
        signal: AbortSignal.any([this.#gone.signal, taken.signal]),
      })
      if (id !== undefined) this.#send({ r: id, b: reply }, messages[name].replyMax)
    } catch (thrown) {
      if (id !== undefined) this.#refuse(id, asFault(thrown, `${name} failed`))
    } finally {
      this.#underWay--
      if (id !== undefined) this.#served.delete(id)
    }
  }

  #settle(id: number, envelope: Record<string, unknown>): void {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return
    try {
      waiting.settle(parseAnswer(waiting.name, envelope, this.#frames.lastSize))
    } catch (thrown) {
      waiting.fail(asFault(thrown, `the answer to ${waiting.name} could not be taken`))
    }
  }

  #refuse(id: number, fault: Fault): void {
    this.#send({ r: id, f: told(fault) }, faultBytes)
  }

  #break(fault: Fault): void {
    if (this.#gone.signal.aborted) return
    this.#options.stream.end(encodeFrame({ f: told(fault) }, faultBytes))
    this.#end(fault)
  }

  #end(fault: Fault | null): void {
    if (this.#gone.signal.aborted) return
    this.#stopWatch()
    const reason = fault ?? new Fault('connection-closed', 'the other side went away')
    this.#gone.abort(reason)
    this.#failWaiting(reason)
    this.#options.stream.on('error', () => {})
    this.#options.clock.after(200, () => this.#options.stream.destroy())
    this.#resolveClosed(fault)
  }

  #failWaiting(fault: Fault): void {
    for (const waiting of this.#waiting.values()) waiting.fail(fault)
    this.#waiting.clear()
  }
}

function takenBackFault(): Fault {
  return new Fault('connection-closed', 'the request was taken back')
}

/** @throws Fault that the other side gave; `frame-oversized`, `message-invalid` */
function parseAnswer(
  name: MessageName,
  { b: body, f: failure }: Record<string, unknown>,
  size: number,
): unknown {
  if (failure !== undefined) throw parseFault(failure)
  const { reply, replyMax } = messages[name]
  if (size > replyMax + envelopeBytes) {
    throw new Fault('frame-oversized', `the answer to ${name} came with ${size} bytes`)
  }
  const parsed = reply.safeParse(body)
  if (!parsed.success) throw new Fault('message-invalid', `the answer to ${name} has the wrong shape`)
  return parsed.data
}

function told({ code, message }: Fault): object {
  return { code, message: message.slice(0, longestMessage) }
}

function parseFault(value: unknown): Fault {
  if (typeof value === 'object' && value !== null && 'code' in value && 'message' in value) {
    const { code, message } = value
    if (typeof code === 'string' && isFaultCode(code) && typeof message === 'string') {
      return new Fault(code, message.slice(0, longestMessage))
    }
  }
  return new Fault('internal', 'the other program failed without saying how')
}
