// Where a gateway asks for the keys that a server publishes.
import { Fault, type Milliseconds } from '#base'
import { get, type HttpPlace } from './source.ts'

const mostBytes = 65_536
const patience: Milliseconds = 5000

/** Gives the text of a server's JWKS. @throws Fault `connection-closed`, `frame-oversized` */
export function jwksAt(place: HttpPlace): () => Promise<string> {
  return async () => {
    const response = await get(place, AbortSignal.timeout(patience))
    const chunks: Uint8Array[] = []
    let length = 0
    for await (const chunk of response) {
      if (!(chunk instanceof Uint8Array)) continue
      length += chunk.length
      if (length > mostBytes) throw new Fault('frame-oversized', 'the list of keys is too long')
      chunks.push(chunk)
    }
    return Buffer.concat(chunks).toString()
  }
}
