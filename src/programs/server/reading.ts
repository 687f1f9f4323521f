// Reads the body of a request, within limits.
import { Fault } from '#base'
import type { IncomingMessage } from 'node:http'

const longestBody = 16_384

/** The members of a JSON object. @throws Fault `message-invalid` for what is none, or longer than 16 KiB. */
export async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) break
    size += chunk.length
    if (size > longestBody) throw new Fault('message-invalid', 'the body is longer than 16 KiB')
    chunks.push(chunk)
  }
  const value = parse(Buffer.concat(chunks).toString())
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
