// Where a gateway hears the feed: over HTTP, as one long answer or in many short ones.
import { Fault, type Milliseconds } from '#base'
import { once } from 'node:events'
import { request as httpRequest, type Agent, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { EventReader } from './sse.ts'

/** From where on a gateway wants to hear, and how. */
export interface Listening {
  readonly after: number | null
  readonly nonce: string
  readonly isOnce: boolean
  /** Ends it. */
  readonly signal: AbortSignal
}

/** One way to hear the feed. */
export interface FeedSource {
  /**
   * Hands on what is said until the other side ends. The next part is read when `take` has settled.
   * @throws Fault `connection-closed`, `frame-oversized`, and whatever `take` throws.
   */
  listen(listening: Listening, take: (texts: readonly string[]) => Promise<void>): Promise<void>
}

/** Where a server answers, and what it is shown. */
export interface HttpPlace {
  readonly url: URL
  /** One that keeps its connections; with the certificates to show and to trust, where that is not the system's own. */
  readonly agent?: Agent
  /** What shows who asks, made anew for each request. @param nonce What the server wants proofs to hold. */
  readonly headers?: (method: string, url: URL, nonce: string | undefined) => Promise<Record<string, string>>
}

const toAnswer: Milliseconds = 3000

/** Hears the feed from a server's own `GET /feed`. */
export function httpSource(place: HttpPlace): FeedSource {
  return {
    async listen({ after, nonce, isOnce, signal }, take) {
      const url = new URL(place.url)
      url.searchParams.set('nonce', nonce)
      if (after !== null) url.searchParams.set('after', String(after))
      if (isOnce) url.searchParams.set('once', 'true')
      const response = await get({ ...place, url }, signal)
      const reader = new EventReader()
      try {
        for await (const chunk of response) {
          if (chunk instanceof Uint8Array) await take(reader.push(chunk))
        }
      } catch (thrown) {
        throw thrown instanceof Fault ? thrown : closed(thrown)
      } finally {
        response.destroy()
      }
    },
  }
}

/**
 * Asks and waits for the head of the answer; asks again, once, if the server wants its nonce in the proof.
 * @throws Fault `connection-closed` for any answer but 200.
 */
export async function get(place: HttpPlace, signal: AbortSignal): Promise<IncomingMessage> {
  try {
    const first = await ask(place, signal, undefined)
    const nonce = first.statusCode === 401 ? first.headers['dpop-nonce'] : undefined
    const response = typeof nonce === 'string' ? await ask(place, signal, nonce) : first
    if (response !== first) first.destroy()
    if (response.statusCode === 200) return response
    response.destroy()
  } catch (thrown) {
    throw closed(thrown)
  }
  throw closed()
}

async function ask(
  { url, agent, headers }: HttpPlace,
  signal: AbortSignal,
  nonce: string | undefined,
): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  const shown = (await headers?.('GET', url, nonce)) ?? {}
  const request = send(url, { ...(agent && { agent }), headers: shown, signal })
  // What happens after nobody waits for it any more.
  request.on('error', () => {})
  request.setNoDelay(true)
  const answered: Promise<IncomingMessage[]> = once(request, 'response', {
    signal: AbortSignal.any([signal, AbortSignal.timeout(toAnswer)]),
  })
  request.end()
  try {
    const [response] = await answered
    if (response !== undefined) return response
  } catch (thrown) {
    request.destroy()
    throw thrown
  }
  throw closed()
}

function closed(cause?: unknown): Fault {
  return new Fault('connection-closed', 'the server does not answer as it should', { cause })
}
