// keyreeve mcp: the shim that an assistant starts. It holds no secret and decides nothing; stdout carries only MCP.
import { Fault, type ExitCode } from '#base'
import { McpServer } from '@modelcontextprotocol/server'
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import { BrokerLink } from './broker-link.ts'
import type { Call, Machine } from './machine.ts'
import { Calls } from './mcp-calls.ts'
import { ClientDoorbell } from './mcp-doorbell.ts'
import { registerTools } from './mcp-tools.ts'

const mostInputBytes = 1024 * 1024

const instructions = [
  "Keyreeve stands between you and this person's files. Read files only through its tools.",
  'Ask for everything that a task needs at once: one request_access with many items instead of many single reads.',
  'Say in "reason" what you need it for, in one sentence; the person reads it.',
  'status "pending": the person has not answered yet; call wait_for_permission with the ticket, do not ask again.',
  'status "denied": a final answer. Do not try again or look for a way around it; follow "next".',
  'Secrets in what you read are replaced by placeholders such as [github-token:4f2a]; keep them as they are.',
].join('\n')

/** Serves one assistant until its end of the pipe closes. @throws Fault `usage` without a name for the assistant. */
export async function mcp({ machine, options: { assistant } }: Call): Promise<ExitCode> {
  if (typeof assistant !== 'string' || assistant === '' || assistant.length > 128) {
    throw new Fault('usage', 'give --assistant NAME, at most 128 characters')
  }
  const link = new BrokerLink(machine, assistant)
  // The broker is reached while the client still greets; a failure shows at the first call.
  link.prepare()
  await serveUntilClosed(machine, link)
  link.close()
  return 0
}

function serveUntilClosed(machine: Machine, link: BrokerLink): Promise<void> {
  return new Promise((resolve) => {
    serveStdio(() => makeServer(machine, link), { transport: new EndingTransport(machine, resolve) })
  })
}

/** Stdio that says when it has ended, whichever side ended it. */
class EndingTransport extends StdioServerTransport {
  readonly #ended: () => void

  constructor({ stdin, stdout }: Machine, ended: () => void) {
    super(stdin, stdout, { maxBufferSize: mostInputBytes })
    this.#ended = ended
  }

  override async close(): Promise<void> {
    await super.close()
    this.#ended()
  }
}

function makeServer(machine: Machine, link: BrokerLink): McpServer {
  const server = new McpServer(
    { name: 'keyreeve', title: 'Keyreeve', version: machine.version },
    { instructions, capabilities: { tools: { listChanged: false } } },
  )
  // Clients before 2026 say who they are once, in their greeting; later ones with each request.
  const claim = (stated: unknown): void => link.claim(stated ?? server.server.getClientVersion())
  server.server.oninitialized = () => claim(undefined)
  const doorbell = new ClientDoorbell(server, link, machine)
  registerTools(server, { link, machine, claim, doorbell, calls: new Calls() })
  return server
}
