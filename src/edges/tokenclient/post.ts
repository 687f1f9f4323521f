// One request to the issuer, with limits on all that comes back.
import { Fault, type Milliseconds } from '#base'
import { Agent as PlainAgent, request as plain, type IncomingHttpHeaders } from 'node:http'
import { Agent, request as secure } from 'node:https'

const longestAnswer = 65_536
const patience: Milliseconds = 10_000

/** What the issuer said. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Posts a form to one address. Redirects are answers like others: a proof is good for one address. */
export type Post = (headers: Readonly<Record<string, string>>, form: URLSearchParams) => Promise<Answer>

/**
 * Connects to an address, over TLS unless it is on this machine.
 * @param ca PEM of the authorities to trust instead of the system's.
 * @throws Fault `usage` for an address that would send tokens in clear.
 */
export function posterTo(url: string, ca?: string): Post {
  const line = lineTo(url, ca, true)
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  return (headers, form) =>
    exchange(line, { method: 'POST', headers: { ...headers, ...type }, body: form.toString() })
}

/** What is sent once. */
export interface Sent {
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/**
 * Sends one request to an address, as `posterTo` does, on a connection that is not kept.
 * @throws Fault `usage` for an address in clear; `issuer-unreachable`
 */
export function send(url: string, sent: Sent, ca?: string): Promise<Answer> {
  return exchange(lineTo(url, ca, false), sent)
}

interface Line {
  readonly target: URL
  readonly agent: Agent | PlainAgent
  readonly isSecure: boolean
}

function lineTo(url: string, ca: string | undefined, keepAlive: boolean): Line {
  const target = URL.parse(url)
  const isSecure = target?.protocol === 'https:'
  if (target === null || !(isSecure || isHere(target))) {
    throw new Fault('usage', 'the issuer must have an https address')
  }
  const options = { keepAlive, maxSockets: 2, ...(ca !== undefined && { ca }) }
  return { target, agent: isSecure ? new Agent(options) : new PlainAgent(options), isSecure }
}

function isHere({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && ['127.0.0.1', '[::1]'].includes(hostname)
}

function exchange({ target, agent, isSecure }: Line, { method, headers, body = '' }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => {
      reject(new Fault('issuer-unreachable', 'the issuer does not answer', { cause }))
    }
    const signal = AbortSignal.timeout(patience)
    const length = method === 'POST' ? { 'content-length': Buffer.byteLength(body) } : {}
    const request = (isSecure ? secure : plain)(target, {
      method,
      agent,
      signal,
      headers: { ...headers, accept: 'application/json', ...length },
    })
    request.on('error', fail)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > longestAnswer) request.destroy(new Error('too long'))
        else chunks.push(chunk)
      })
      response.on('error', fail)
      response.on('end', () => {
        const { statusCode: status = 0, headers: given } = response
        resolve({ status, headers: given, body: Buffer.concat(chunks).toString() })
      })
    })
    request.end(body)
  })
}
