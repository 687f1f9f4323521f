// An assistant as the self-test plays it: a real shim, and MCP spoken to it line by line.
import { Fault } from '#base'
import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import * as z from 'zod'
import { cleanEnvironment } from './launch.ts'
import type { Machine } from './machine.ts'

const answer = z.object({ id: z.int(), result: z.record(z.string(), z.unknown()) })
const toolResult = z.object({
  content: z.tuple([z.object({ type: z.literal('text'), text: z.string() })]),
  structuredContent: z.looseObject({
    status: z.string(),
    text: z.string().optional(),
    code: z.string().optional(),
  }),
})

export interface ToolResult {
  readonly text: string
  readonly structuredContent: z.output<typeof toolResult>['structuredContent']
}

interface Waiting {
  readonly settle: (result: Record<string, unknown>) => void
  readonly fail: (fault: Fault) => void
}

export class AssistantProcess {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0

  constructor({ node, main, env, userFolder }: Machine) {
    this.#child = spawn(
      node,
      ['--disable-warning=ExperimentalWarning', main, 'mcp', '--assistant', 'self-test'],
      { cwd: userFolder, env: cleanEnvironment(env), stdio: ['pipe', 'pipe', 'ignore'] },
    )
    this.#child.once('error', () => this.#failAll())
    this.#child.once('exit', () => this.#failAll())
    this.#child.stdin?.on('error', () => {})
    if (this.#child.stdout !== null) {
      createInterface({ input: this.#child.stdout }).on('line', (line) => this.#take(line))
    }
  }

  /** Opens the connection as clients of the protocol of June 2025 do. */
  async greet(): Promise<void> {
    const clientInfo = { name: 'keyreeve-self-test', version: '1' }
    await this.#ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo })
    this.#write({ jsonrpc: '2.0', method: 'notifications/initialized' })
  }

  async callTool(name: string, args: object): Promise<ToolResult> {
    const parsed = toolResult.safeParse(await this.#ask('tools/call', { name, arguments: args }))
    if (!parsed.success) throw new Fault('verification-failed', 'a tool gave a result of another shape')
    const { content, structuredContent } = parsed.data
    return { text: content[0].text, structuredContent }
  }

  close(): void {
    this.#child.kill('SIGKILL')
  }

  #ask(method: string, params: object): Promise<Record<string, unknown>> {
    const id = ++this.#lastId
    this.#write({ jsonrpc: '2.0', id, method, params })
    return new Promise((settle, fail) => this.#waiting.set(id, { settle, fail }))
  }

  #write(message: object): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`)
  }

  #take(line: string): void {
    const parsed = answer.safeParse(parseJson(line))
    if (!parsed.success) return
    this.#waiting.get(parsed.data.id)?.settle(parsed.data.result)
    this.#waiting.delete(parsed.data.id)
  }

  #failAll(): void {
    for (const { fail } of this.#waiting.values()) fail(new Fault('program-gone', 'the shim ended'))
    this.#waiting.clear()
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
