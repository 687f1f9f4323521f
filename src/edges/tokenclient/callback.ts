// Waits on loopback for the browser to come back from the issuer.
import { Fault } from '#base'
import { createServer, type Server } from 'node:http'

/** Where the browser comes back to. */
export interface Callback {
  /** The redirect URI, with the port that was free. */
  readonly uri: string
  /** Settles with the query once. */
  readonly query: Promise<URLSearchParams>
  readonly close: () => void
}

const page =
  '<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Keyreeve</title>' +
  '<body style="font:1.1rem system-ui;max-width:30rem;margin:4rem auto;padding:0 1rem"><h1>Keyreeve</h1>' +
  '<p>You can close this page and go back.</p>'

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  connection: 'close',
}

/** Listens on 127.0.0.1 on any port. @see RFC 8252, section 7.3 */
export async function awaitCallback(): Promise<Callback> {
  const { promise: query, resolve, reject } = Promise.withResolvers<URLSearchParams>()
  query.catch(() => {})
  const server = createServer({ maxHeaderSize: 16_384, requestTimeout: 5000 }, (request, response) => {
    const url = URL.parse(request.url ?? '', 'http://127.0.0.1')
    if (request.method !== 'GET' || url?.pathname !== '/callback') {
      response.writeHead(404, headers).end()
      return
    }
    response.writeHead(200, headers).end(page)
    resolve(url.searchParams)
  })
  const uri = `http://127.0.0.1:${await listen(server)}/callback`
  const close = (): void => {
    reject(new Fault('enrolment-failed', 'nobody came back from the issuer'))
    server.close()
  }
  return { uri, query, close }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Fault('internal', 'no port was bound')
  return bound.port
}
