// The body of a client's request on its way out: counted, hashed, and looked through for a quoted phantom.
import { Fault } from '#base'
import { createHash, hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'

/** What of a body is recorded. */
interface Summary {
  readonly bytes: number
  readonly sha256: string | null
}

/** A body that is ready to be sent, and what to record of it once it was. */
export interface Sending {
  readonly body: Uint8Array | Readable | null
  /** Null hash while it is not all sent. */
  readonly summary: () => Summary
  /** The phantom stood in it. */
  readonly isQuoting: () => boolean
}

/** A body that says it is no longer is taken whole before anything is sent: that is cheaper for both sides. */
const wholeBytes = 1024 * 1024
const mostWholeBytes = 32 * wholeBytes
const nothing: Sending = { body: null, summary: () => ({ bytes: 0, sha256: null }), isQuoting: () => false }

/**
 * @param isWhole Take it whole, whatever it says of its length: somebody must look into it.
 * @throws Fault `connection-closed` if the client goes away meanwhile; `body-oversized` above 32 MiB
 */
export function readSending(
  request: IncomingMessage,
  token: string,
  isWhole = false,
): Sending | Promise<Sending> {
  const { 'content-length': length, 'transfer-encoding': transfer } = request.headers
  if (transfer === undefined && (length === undefined || length === '0')) return nothing
  return isWhole || (transfer === undefined && Number(length) <= wholeBytes)
    ? readWhole(request, token)
    : streamed(request, token)
}

function readWhole(request: IncomingMessage, token: string): Promise<Sending> {
  const { promise, resolve, reject } = Promise.withResolvers<Sending>()
  const parts: Buffer[] = []
  let bytes = 0
  request.on('data', (part: Buffer) => {
    bytes += part.length
    if (bytes <= mostWholeBytes) parts.push(part)
    else reject(new Fault('body-oversized', 'a body that is looked into has at most 32 MiB'))
  })
  request.on('end', () => {
    const body = joined(parts)
    const summary = { bytes: body.length, sha256: hash('sha256', body) }
    resolve({ body, summary: () => summary, isQuoting: () => body.includes(token) })
  })
  const gone = (): void => reject(new Fault('connection-closed', 'the client went away'))
  request.on('error', gone)
  request.on('close', gone)
  return promise
}

function streamed(request: IncomingMessage, token: string): Sending {
  const sum = createHash('sha256')
  let bytes = 0
  let sha256: string | null = null
  let isQuoting = false
  async function* counted(): AsyncGenerator<Uint8Array> {
    let end = Buffer.alloc(0)
    for await (const part of request) {
      const chunk: Buffer = part
      bytes += chunk.length
      sum.update(chunk)
      const seam = Buffer.concat([end, chunk.subarray(0, token.length)])
      isQuoting ||= chunk.includes(token) || seam.includes(token)
      end = Buffer.from(chunk.subarray(-token.length))
      yield chunk
    }
    sha256 = sum.digest('hex')
  }
  return {
    body: Readable.from(counted(), { objectMode: false }),
    summary: () => ({ bytes, sha256 }),
    isQuoting: () => isQuoting,
  }
}

/** Of one part that very part: most bodies come in one. */
export function joined(parts: readonly Uint8Array[]): Buffer {
  const [only] = parts
  return parts.length === 1 && Buffer.isBuffer(only) ? only : Buffer.concat(parts)
}
