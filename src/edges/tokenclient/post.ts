// One POST of a form to the issuer, with limits on all that comes back.
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
  const target = URL.parse(url)
  const isSecure = target?.protocol === 'https:'
  if (target === null || !(isSecure || isHere(target))) {
    throw new Fault('usage', 'the issuer must have an https address')
  }
  const options = { keepAlive: true, maxSockets: 2, ...(ca !== undefined && { ca }) }
  const agent = isSecure ? new Agent(options) : new PlainAgent(options)
  return (headers, form) => post({ target, agent, isSecure }, headers, form.toString())
}

function isHere({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && ['127.0.0.1', '[::1]'].includes(hostname)
}

interface Line {
  readonly target: URL
  readonly agent: Agent | PlainAgent
  readonly isSecure: boolean
}

function post(
  { target, agent, isSecure }: Line,
  headers: Readonly<Record<string, string>>,
  form: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => {
      reject(new Fault('issuer-unreachable', 'the issuer does not answer', { cause }))
    }
    const type = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
    const signal = AbortSignal.timeout(patience)
    const request = (isSecure ? secure : plain)(target, {
      method: 'POST',
      agent,
      signal,
      headers: { ...headers, ...type, 'content-length': Buffer.byteLength(form) },
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
        const { statusCode: status = 0, headers } = response
        resolve({ status, headers, body: Buffer.concat(chunks).toString() })
      })
    })
    request.end(form)
  })
}
