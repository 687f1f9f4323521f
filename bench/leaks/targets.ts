// What stands between the client and the upstream: ours, and a control that only puts the key in.
import { randomBytes } from 'node:crypto'
import { createServer, request as ask } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openTrial, type TrialOptions } from '../../tools/trial.ts'

/** Where the upstream listens, and the key that it must get. */
export interface Upstream {
  readonly port: number
  readonly secret: string
}

/** How a client reaches the upstream through a target. */
export interface Started {
  readonly baseUrl: string
  /** With what stands for the key. */
  readonly headers: Readonly<Record<string, string>>
  /** The variable that holds what stands for the key, where the client is to find it. */
  readonly keyVariable?: string
  /** What the client must be run by. */
  readonly around?: {
    readonly command: readonly string[]
    readonly env: NodeJS.ProcessEnv
    readonly cwd?: string
  }
  close(): Promise<void>
}

export interface Target {
  readonly name: string
  /** It reaches upstreams by TLS only. */
  readonly needsTls: boolean
  /** @returns A text says why it is absent. */
  start(upstream: Upstream): Promise<Started | string>
}

/** Ours, on a throwaway home. @param others So many secrets lie in the vault besides. */
export function keyreeve(others: number, options: TrialOptions): Target {
  return {
    name: 'keyreeve',
    needsTls: false,
    async start({ port, secret }) {
      const trial = await openTrial(options)
      for (let index = 0; index < others; index++)
        await trial.run(['secret', 'set', `other${index}`], randomBytes(30).toString('base64url'))
      await trial.run(['secret', 'set', 'key'], secret)
      const base = ['--base-url', `http://127.0.0.1:${port}`, '--secret', 'key', '--private']
      await trial.run(['route', 'add', 'hostile', ...base, '--auth', 'bearer', '--allow', 'GET /**'])
      const issuing = [
        'token',
        'issue',
        '--assistant',
        'matrix',
        '--route',
        'hostile',
        '--ttl',
        '1h',
        '--json',
      ]
      const { stdout } = await trial.run(issuing)
      const { url, token } = JSON.parse(stdout) as { url: string; token: string }
      return { baseUrl: url, headers: { authorization: `Bearer ${token}` }, close: () => trial.close() }
    },
  }
}

/** Shows that the matrix sees what leaks: nothing is masked. */
export const control: Target = {
  name: 'control',
  needsTls: false,
  async start({ port, secret }) {
    const server = createServer((request, response) => {
      const headers = { ...request.headers, authorization: `Bearer ${secret}` }
      const onward = ask({ port, path: request.url ?? '/', headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders)
        answer.on('data', (part: Buffer) => response.write(part))
        answer.on('end', () => {
          if (answer.rawTrailers.length > 0) response.addTrailers(answer.trailers)
          response.end()
        })
      })
      onward.on('error', () => response.destroy())
      onward.end()
    })
    server.on('upgrade', (request, socket) => {
      const headers = { ...request.headers, authorization: `Bearer ${secret}` }
      const onward = ask({ port, path: request.url ?? '/', headers })
      onward.on('upgrade', (_, upstream, head: Buffer) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
        socket.write(head)
        upstream.pipe(socket).on('error', () => {})
      })
      onward.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return {
      baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      headers: {},
      async close() {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      },
    }
  },
}
