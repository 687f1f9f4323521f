// One request and its answer: out with the key, back without anything of it.
import { Fault, type Milliseconds } from '#base'
import { AnswerScrub, type Field, type LiveSecrets, type Outlet } from '#scrub'
import { createHash, hash, type Hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import { headersOf, trailersOf, type Way } from './answering.ts'
import { Meter } from './metering.ts'
import { checkModel } from './models.ts'
import { isQuoted, outgoingOf, type Outgoing } from './outgoing.ts'
import type { Cuttable } from './phantoms.ts'
import { dialectOf, sendFault } from './refusals.ts'
import { joined, readSending, type Sending } from './sending.ts'
import type { Call, Desk } from './server.ts'
import { upstreamFault, type Upstream } from './upstreams.ts'

/** Answers without a body. @see RFC 9110, section 6.4.1 */
const bodiless = new Set([204, 205, 304])
/** Bytes of an answer that says how long it is up to which it is taken whole: one write costs less than three. */
const wholeBytes = 64 * 1024
const emptyHash = hash('sha256', '')
/** What a client that went away would have got. */
const clientGone = 499

/** How an exchange ended. `sha256` is of all that the client got; null where that is not a whole answer. */
interface Ending {
  readonly status: number
  readonly sha256: string | null
  readonly fault?: Fault
}

/** Speaks for one request with the upstream. Calls of undici come one after another. */
export class Exchange implements Dispatcher.DispatchHandler, Cuttable, Outlet {
  readonly #desk: Desk
  readonly #call: Call
  readonly #upstream: Upstream
  readonly #outgoing: Outgoing
  readonly #secrets: LiveSecrets
  readonly #since: Milliseconds
  readonly #exposed = new Set<string>()
  readonly #meter = new Meter()
  #sum: Hash | null = null
  #received = 0
  /** A short answer that is not out yet. */
  #held: { readonly fields: readonly Field[]; readonly parts: Uint8Array[] } | null = null
  #sending: Sending | null = null
  #controller: Dispatcher.DispatchController | null = null
  #scrub: AnswerScrub | null = null
  #isEvents = false
  #isOver = false

  /** @throws Fault `locked`, `route-invalid`, `upstream-refused`, `secret-unusable` before anything is sent */
  constructor(desk: Desk, call: Call) {
    const { request, incoming, admission } = call
    this.#desk = desk
    this.#call = call
    this.#secrets = desk.secrets()
    this.#since = desk.clock.monotonic()
    this.#upstream = desk.upstreams.to(admission.route)
    this.#outgoing = outgoingOf(request, incoming, admission, this.#upstream)
  }

  /** Sends the request. From here on whatever happens ends in an answer and a record. */
  start(): void {
    const { request, response, incoming } = this.#call
    incoming.phantom.running.add(this)
    response.on('close', () => this.#leave())
    response.on('drain', () => this.#scrub?.resume())
    const { models = [] } = this.#call.admission.route
    const sending = readSending(request, incoming.token, models.length > 0)
    if (sending instanceof Promise)
      void sending.then(
        (ready) => this.#trySend(ready),
        (thrown) => this.#break(thrown),
      )
    else this.#trySend(sending)
  }

  /** Ends before its time. */
  cut(fault: Fault): void {
    this.fail(fault)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isOver) controller.abort(new Error('over'))
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.#isOver) return
    const { request, response } = this.#call
    try {
      if (request.method !== 'HEAD' && !bodiless.has(status)) this.#scrub = this.#scrubFor(headers)
      const sent = headersOf(headers, this.#way())
      response.statusCode = status
      if (this.#scrub !== null && isShort(headers)) {
        this.#held = { fields: sent, parts: [] }
        return
      }
      response.writeHead(status, sent.flat())
      this.#isEvents = headers['content-type']?.startsWith('text/event-stream') === true
      if (headers['content-length'] === undefined) response.flushHeaders()
    } catch (thrown) {
      this.#break(thrown)
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const { response } = this.#call
    // What comes at once goes at once.
    response.cork()
    if (this.#scrub?.push(chunk) === false) controller.pause()
    response.uncork()
  }

  onResponseEnd(_: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    if (this.#isOver) return
    const fields = trailersOf(trailers, this.#way())
    if (fields.length > 0) this.#call.response.addTrailers(fields.map(([...field]) => field))
    if (this.#scrub === null) this.end()
    else this.#scrub.end()
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#break(error)
  }

  write(bytes: Uint8Array): boolean {
    if (this.#held !== null) return this.#held.parts.push(bytes) > 0
    this.#received += bytes.length
    this.#sum ??= createHash('sha256')
    this.#sum.update(bytes)
    this.#meter.take(bytes)
    return this.#call.response.write(bytes)
  }

  ready(): void {
    this.#controller?.resume()
  }

  end(): void {
    if (this.#isOver) return
    const { response } = this.#call
    let sha256 = this.#sum?.digest('hex') ?? null
    if (this.#held === null) response.end()
    else {
      const body = joined(this.#held.parts)
      this.#received = body.length
      this.#meter.take(body)
      sha256 = hash('sha256', body)
      response.writeHead(response.statusCode, [
        ...this.#held.fields.flat(),
        'content-length',
        String(body.length),
      ])
      response.end(body)
    }
    this.#finish({ status: response.statusCode, sha256 })
  }

  fail(fault: Fault): void {
    if (this.#isOver) return
    const { request, response } = this.#call
    this.#scrub?.abort()
    sendFault(response, fault, dialectOf(request.url), this.#isEvents)
    this.#finish({ status: response.statusCode, sha256: null, fault })
    this.#controller?.abort(fault)
  }

  #trySend(sending: Sending): void {
    try {
      this.#send(sending)
    } catch (thrown) {
      this.#break(thrown)
    }
  }

  /** @throws Fault `model-refused` */
  #send(sending: Sending): void {
    if (this.#isOver) return
    this.#sending = sending
    const { only } = this.#call.incoming.phantom
    if (only !== null && (sending.summary().sha256 ?? emptyHash) !== only.sha256) {
      return this.fail(new Fault('consent-changed', 'the body is not the one that was allowed'))
    }
    checkModel(this.#call.admission.route.models ?? [], wholeOf(sending))
    const { path, headers } = this.#outgoing
    const method = this.#call.request.method ?? 'GET'
    this.#upstream.pool.dispatch({ path, method, headers, body: sending.body }, this)
  }

  #way(): Way {
    return {
      upstream: this.#upstream,
      routeName: this.#call.admission.route.name,
      secrets: this.#secrets,
      told: (name) => void this.#exposed.add(name),
    }
  }

  #scrubFor(headers: IncomingHttpHeaders): AnswerScrub {
    return new AnswerScrub({
      ...this.#way(),
      contentEncoding: headers['content-encoding'],
      contentType: headers['content-type'],
      outlet: this,
    })
  }

  #break(thrown: unknown): void {
    this.fail(upstreamFault(thrown))
  }

  /** The connection to the client is closed: if that was too early, nobody waits for the answer any more. */
  #leave(): void {
    if (this.#isOver) return
    this.#scrub?.abort()
    const fault = new Fault('connection-closed', 'the client went away')
    this.#finish({ status: clientGone, sha256: null, fault })
    this.#controller?.abort(fault)
  }

  #finish({ status, sha256, fault }: Ending): void {
    this.#isOver = true
    const { incoming, admission } = this.#call
    incoming.phantom.running.delete(this)
    const isProbing = isQuoted(incoming, this.#outgoing.headers) || this.#sending?.isQuoting() === true
    const { assistant } = incoming.phantom
    const sent = this.#sending?.summary() ?? { bytes: 0, sha256: null }
    const tokens = this.#meter.used(sent.bytes, this.#received)
    const cost = this.#desk.budgets.leave(assistant, admission.route, tokens)
    this.#desk.records.add({
      intent: admission.intent,
      assistant,
      route: admission.route.name,
      tokens,
      ...(cost > 0 && { cost }),
      status,
      took: Math.round(this.#desk.clock.monotonic() - this.#since),
      sent,
      received: { bytes: this.#received, sha256 },
      ...(fault !== undefined && { code: fault.code }),
      ...(isProbing && { isProbing }),
      ...(this.#exposed.size > 0 && { exposed: [...this.#exposed].slice(0, 16) }),
    })
  }
}

/** It says how long it is, and is not compressed: there is nothing to wait for but its end. */
function isShort(headers: IncomingHttpHeaders): boolean {
  const length = Number(headers['content-length'])
  return length <= wholeBytes && headers['content-encoding'] === undefined
}

/** A model is looked for in JSON alone, and that is taken whole. */
function wholeOf({ body }: Sending): Uint8Array | null {
  return body instanceof Uint8Array ? body : null
}
