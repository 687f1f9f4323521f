// Sends what a person allowed by http_request through the gateway, and reads the answer for a model.
import { Fault, isFaultCode, utf8 } from '#base'
import type { ReplyOf, RequestOf } from '#wire'
import { request, type IncomingMessage } from 'node:http'

/** The answer of an API: its body as text, as far as a model can take it. */
export interface HttpAnswer {
  readonly status: 'ok'
  readonly http: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    /** Empty where it is no text. */
    readonly body: string
    /** Bytes that were read. */
    readonly bytes: number
    readonly isText: boolean
    /** There was more. */
    readonly truncated: boolean
  }
}

type Wish = RequestOf<'call.prepare'>
type Prepared = ReplyOf<'call.prepare'>

const mostBytes = 1024 * 1024
const mostWaiting = 64
/** Milliseconds for the whole answer. */
const patience = 120_000

/** Requests of one assistant: those that wait for the person, by ticket. */
export class Calls {
  readonly #waiting = new Map<string, Wish>()

  /** Sends what was allowed at once; keeps what waits for the person. */
  async follow(wish: Wish, prepared: Prepared, signal: AbortSignal) {
    if (prepared.status === 'ok') return send(wish, prepared, signal)
    if (prepared.status === 'pending') this.#keep(prepared.ticket, wish)
    return prepared
  }

  /** Sends what a ticket stood for. @throws Fault `ticket-unknown` */
  async redeem(
    ticket: string,
    allowed: { readonly token: string; readonly url: string },
    signal: AbortSignal,
  ) {
    const wish = this.#waiting.get(ticket)
    if (wish === undefined) throw new Fault('ticket-unknown', 'no request waits under this ticket')
    this.#waiting.delete(ticket)
    return send(wish, allowed, signal)
  }

  #keep(ticket: string, wish: Wish): void {
    const [oldest] = this.#waiting.keys()
    if (this.#waiting.size >= mostWaiting && oldest !== undefined) this.#waiting.delete(oldest)
    this.#waiting.set(ticket, wish)
  }
}

async function send(
  { method, body }: Wish,
  { token, url }: { readonly token: string; readonly url: string },
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const bytes = utf8(body)
  const length = bytes.length === 0 ? {} : { 'content-length': bytes.length }
  const headers = { authorization: `Bearer ${token}`, ...length }
  const limits = AbortSignal.any([signal, AbortSignal.timeout(patience)])
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const asking = request(url, { method, headers, signal: limits }, resolve)
  asking.on('error', (cause) => reject(new Fault('upstream-broken', 'the gateway broke off', { cause })))
  asking.end(bytes)
  const answer = await promise
  refuseFault(answer)
  const { parts, truncated } = await read(answer)
  const text = textOf(parts, truncated)
  const kept = Object.entries(answer.headersDistinct).map(([name, values = []]) => [name, values.join(', ')])
  return {
    status: 'ok',
    http: {
      status: answer.statusCode ?? 0,
      headers: Object.fromEntries(kept),
      body: text ?? '',
      bytes: parts.length,
      isText: text !== null,
      truncated,
    },
  }
}

/** What the gateway itself refused is a denial, not an answer of the API. */
function refuseFault(answer: IncomingMessage): void {
  const code = answer.headers['x-keyreeve-code']
  if (typeof code !== 'string') return
  answer.resume()
  if (isFaultCode(code)) throw new Fault(code, 'the gateway could not send the request')
  throw new Fault('upstream-broken', 'the gateway could not send the request')
}

async function read(answer: IncomingMessage): Promise<{ parts: Buffer; truncated: boolean }> {
  const parts: Buffer[] = []
  let size = 0
  try {
    for await (const part of answer) {
      const bytes: Buffer = part
      parts.push(bytes)
      size += bytes.length
      if (size > mostBytes) return { parts: Buffer.concat(parts).subarray(0, mostBytes), truncated: true }
    }
  } catch (cause) {
    throw new Fault('upstream-broken', 'the answer broke off', { cause })
  }
  return { parts: Buffer.concat(parts), truncated: false }
}

/** Null for what is no UTF-8. A cut may have split the last character. */
function textOf(bytes: Buffer, truncated: boolean): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: truncated })
  } catch {
    return null
  }
}
