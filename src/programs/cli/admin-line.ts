// The line to a token server's administration: its socket on this machine, or its address with a certificate.
import { base64url, Fault, isFaultCode, shown } from '#base'
import { dpopProof, publicJwkOf, signerOf } from '#token'
import { placesOf } from '#wire'
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request as plain, type ClientRequest, type IncomingMessage } from 'node:http'
import { request as secure } from 'node:https'
import { text } from 'node:stream/consumers'
import * as z from 'zod'
import type { Call } from './machine.ts'

/** What is asked: a GET of a path with its query, or a POST with a body. */
export interface Asked {
  readonly path: string
  readonly body?: object
}

/**
 * Asks the server, over the network in a session of its own for this one command.
 * @throws Fault `usage`, `not-running` where nobody listens; what the server refuses with
 */
export async function askServer(call: Call, asked: Asked): Promise<unknown> {
  const { server } = call.options
  if (typeof server !== 'string') return answerOf(await exchange(overSocket(call, asked), asked))
  const line = new NetworkLine(call, server)
  const { session } = z
    .object({ session: z.string() })
    .parse(await line.ask({ path: '/admin/session', body: {} }))
  return line.ask(asked, session)
}

function overSocket({ machine, options }: Call, { path, body }: Asked): ClientRequest {
  const chosen = options['socket']
  const socketPath = typeof chosen === 'string' ? chosen : `${placesOf(machine).home}/server/admin.sock`
  return plain({ socketPath, path, method: methodOf(body) })
}

/** A server elsewhere, with a key that lasts as long as this command. */
class NetworkLine {
  readonly #call: Call
  readonly #server: URL
  readonly #identity: { readonly cert: Buffer; readonly key: Buffer; readonly ca?: Buffer }
  readonly #key = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  #nonce: string | undefined

  constructor(call: Call, server: string) {
    const url = URL.parse(server)
    if (url?.protocol !== 'https:') throw new Fault('usage', 'the server must have an https address')
    const { cert, key, ca } = call.options
    this.#call = call
    this.#server = url
    this.#identity = {
      cert: fileOf('--cert', cert),
      key: fileOf('--key', key),
      ...(ca !== undefined && { ca: fileOf('--ca', ca) }),
    }
  }

  /** Asks, and once more with the nonce that the server wants. */
  async ask(asked: Asked, session?: string): Promise<unknown> {
    const first = await this.#send(asked, session)
    return answerOf(refusalIn(first) === 'proof-nonce-needed' ? await this.#send(asked, session) : first)
  }

  async #send({ path, body }: Asked, session: string | undefined): Promise<Answered> {
    const url = new URL(path, this.#server)
    const { random, clock } = this.#call.machine
    const dpop = await dpopProof(
      {
        method: methodOf(body),
        url: url.href,
        nonce: this.#nonce,
        accessToken: session,
        jti: base64url(random(16)),
        now: clock.now(),
        jwk: publicJwkOf(this.#key.publicKey),
      },
      signerOf(this.#key.privateKey),
    )
    const headers = { dpop, ...(session !== undefined && { authorization: `DPoP ${session}` }) }
    const answered = await exchange(secure(url, { ...this.#identity, method: methodOf(body), headers }), {
      body,
    })
    this.#nonce = answered.nonce ?? this.#nonce
    return answered
  }
}

function methodOf(body: object | undefined): 'GET' | 'POST' {
  return body === undefined ? 'GET' : 'POST'
}

/** @throws Fault `usage` */
function fileOf(option: string, path: unknown): Buffer {
  if (typeof path !== 'string') throw new Fault('usage', 'with --server give --cert FILE and --key FILE too')
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new Fault('usage', `the file of ${option} cannot be read`, { cause })
  }
}

interface Answered {
  readonly status: number
  readonly document: unknown
  readonly nonce: string | undefined
}

function exchange(sent: ClientRequest, { body }: { readonly body?: object | undefined }): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void =>
      reject(new Fault('not-running', 'no token server answers there', { cause }))
    sent.on('error', fail)
    sent.on('response', (response) => void answered(response).then(resolve, fail))
    const text = body === undefined ? '' : JSON.stringify(body)
    if (body !== undefined) sent.setHeader('content-type', 'application/json')
    sent.setHeader('content-length', Buffer.byteLength(text))
    sent.end(text)
  })
}

async function answered(response: IncomingMessage): Promise<Answered> {
  const nonce = response.headers['dpop-nonce']
  const document: unknown = JSON.parse(await text(response))
  return { status: response.statusCode ?? 0, document, nonce: typeof nonce === 'string' ? nonce : undefined }
}

const refusalShape = z.object({ error: z.string(), message: z.string().max(1000) })

function refusalIn({ status, document }: Answered): string | undefined {
  return status === 200 ? undefined : refusalShape.safeParse(document).data?.error
}

/** @throws Fault as the server refused */
function answerOf({ status, document }: Answered): unknown {
  if (status === 200) return document
  const refusal = refusalShape.safeParse(document)
  const code = refusal.success && isFaultCode(refusal.data.error) ? refusal.data.error : 'internal'
  throw new Fault(code, refusal.success ? shown(refusal.data.message, 1000) : `the server answered ${status}`)
}
