// The plainest proxy: node:http on both sides, a key put in, nothing looked at. Prints its port.
import { Agent, createServer, request as ask } from 'node:http'
import type { AddressInfo } from 'node:net'

const agent = new Agent({ keepAlive: true, maxSockets: 256 })
const port = Number(process.argv[2])

const server = createServer((request, response) => {
  const headers = { ...request.headers, host: `127.0.0.1:${port}`, authorization: 'Bearer played' }
  const onward = ask(
    { port, host: '127.0.0.1', method: request.method, path: request.url, headers, agent },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    },
  )
  onward.on('error', () => response.destroy())
  request.pipe(onward)
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
