// Reads the body of a request, within limits.
import { Fault } from '#base'
import type { IncomingMessage } from 'node:http'

const longestBody = 16_384

/** The whole body; null for one that is longer than 16 KiB, of which nothing is kept. */
export function readBody(request: IncomingMessage): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= longestBody) chunks.push(chunk)
    })
    request.on('end', () => resolve(size <= longestBody ? Buffer.concat(chunks).toString() : null))
    request.on('error', reject)
  })
}

/** The members of a JSON object. @throws Fault `message-invalid` for what is none, or longer than 16 KiB. */
export async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const body = await readBody(request)
  if (body === null) throw new Fault('message-invalid', 'the body is longer than 16 KiB')
  const value = parse(body)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new Fault('message-invalid', 'the body is no JSON object')
}

/** The parser's own message would quote what it read. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
