// Requests of the server's own, to addresses of its settings, with limits on what comes back.
import { Fault, type Milliseconds } from '#base'
import { request as plain, type IncomingMessage } from 'node:http'
import { request as secure } from 'node:https'

const patience: Milliseconds = 10_000
const longestAnswer = 262_144

/** What is sent. */
export interface Sent {
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** What came back. Attacker-controlled where TLS is broken. */
export interface Answer {
  readonly status: number
  readonly body: string
}

/** Sends one request. Redirects are answers like others. @throws Fault `issuer-unreachable` */
export function send(url: string, { method, headers, body = '' }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => {
      reject(new Fault('issuer-unreachable', 'the other side does not answer', { cause }))
    }
    const length = method === 'POST' ? { 'content-length': Buffer.byteLength(body) } : {}
    const request = (url.startsWith('https:') ? secure : plain)(url, {
      method,
      headers: { ...headers, ...length },
      signal: AbortSignal.timeout(patience),
    })
    request.on('error', fail)
    request.on('response', (response) => void bodyOf(response).then(resolve, fail))
    request.end(body)
  })
}

async function bodyOf(response: IncomingMessage): Promise<Answer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response) {
    if (!(chunk instanceof Uint8Array)) continue
    size += chunk.length
    if (size > longestAnswer) throw new Error('too long')
    chunks.push(chunk)
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }
}

/** The text at an address. @throws Fault `issuer-unreachable` */
export async function fetchText(url: string): Promise<string> {
  const { status, body } = await send(url, { method: 'GET', headers: { accept: 'application/json' } })
  if (status !== 200) throw new Fault('issuer-unreachable', `the other side answered ${status}`)
  return body
}
