// The tools that an assistant sees. None of them grants, widens or reveals.
import { Fault } from '#base'
import type { LineRange } from '#wire'
import {
  CLIENT_INFO_META_KEY,
  type CallToolResult,
  type McpServer,
  type ToolAnnotations,
} from '@modelcontextprotocol/server'
import { resolve } from 'node:path'
import type * as z from 'zod'
import type { BrokerLink } from './broker-link.ts'
import type { Machine } from './machine.ts'
import type { Calls } from './mcp-calls.ts'
import { answerOf, invalidAnswer, refusal, type Answer } from './mcp-answers.ts'
import type { ClientDoorbell } from './mcp-doorbell.ts'
import * as schemas from './mcp-schemas.ts'

interface Shim {
  readonly link: BrokerLink
  /** Requests that wait for the person. */
  readonly calls: Calls
  readonly machine: Pick<Machine, 'cwd' | 'userFolder'>
  /** Tells the broker what the client says of itself. @param stated With this very request, if anything. */
  readonly claim: (stated: unknown) => void
  readonly doorbell: Pick<ClientDoorbell, 'during'>
}

interface Tool<Schema extends z.ZodType = z.ZodType> {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly schema: Schema
  readonly annotations: ToolAnnotations
  readonly call: (args: z.output<Schema>, shim: Shim, signal: AbortSignal) => Promise<Answer>
}

const reads: ToolAnnotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
}

const tools: readonly Tool[] = [
  tool({
    name: 'read_file',
    title: 'Read a file',
    description:
      'Reads a text file, or some lines of it, with secrets masked. The person may be asked and sees exactly what you ' +
      'get. Ask for the lines that you need. If many files are needed, use request_access for all of them first. ' +
      'A "denied" result is final: do not repeat the call.',
    schema: schemas.readFile,
    annotations: reads,
    call: ({ path, lines, mode, reason }, { link, machine }, signal) => {
      const request = { path: absolute(path, machine), lines: lines?.map(rangeOf), mode, reason }
      return link.ask('file.read', withoutUndefined(request), signal)
    },
  }),
  tool({
    name: 'list_files',
    title: 'List a folder',
    description:
      'Lists names, kinds and sizes of what is in one folder. It reads no content and does not descend.',
    schema: schemas.listFiles,
    annotations: reads,
    call: ({ path, ...more }, { link, machine }, signal) =>
      link.ask('file.list', withoutUndefined({ path: absolute(path, machine), ...more }), signal),
  }),
  tool({
    name: 'search_files',
    title: 'Find files by name',
    description:
      'Finds files and folders by their names, in all folders beneath one. It reads no content. What .gitignore leaves ' +
      'out is left out here too, unless you ask for it.',
    schema: schemas.searchFiles,
    annotations: reads,
    call: ({ path, ...more }, { link, machine }, signal) =>
      link.ask('file.search', withoutUndefined({ path: absolute(path, machine), ...more }), signal),
  }),
  tool({
    name: 'grep_file',
    title: 'Find lines in a file',
    description:
      'Finds the lines of a text file that match a regular expression, with secrets masked before the search. The ' +
      'person may be asked and sees exactly what you get. Use it instead of reading a large file whole.',
    schema: schemas.grepFile,
    annotations: reads,
    call: ({ path, ...more }, { link, machine }, signal) =>
      link.ask('file.grep', withoutUndefined({ path: absolute(path, machine), ...more }), signal),
  }),
  tool({
    name: 'propose_edit',
    title: 'Propose a change to a file',
    description:
      'Shows the person a change of one text file as a diff and writes it if they allow it, each time anew. Read the ' +
      'lines first. A "denied" result is final: the file is as it was.',
    schema: schemas.proposeEdit,
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
    call: ({ path, patch, reason }, { link, machine }, signal) =>
      link.ask('file.edit', { path: absolute(path, machine), patch, reason }, signal),
  }),
  tool({
    name: 'request_access',
    title: 'Ask for access',
    description:
      'Asks the person, in one question, for access to several files or folders for a while. Use it once at the ' +
      'beginning of a task instead of many single reads. What was denied must not be asked for again.',
    schema: schemas.requestAccess,
    annotations: { ...reads, readOnlyHint: false, idempotentHint: false },
    call: ({ items, reason }, { link, machine }, signal) => {
      const asked = items.map(({ path, scope, until }) => ({
        path: absolute(path, machine),
        scope,
        ...(until !== undefined && { until: Date.parse(until) }),
      }))
      return link.ask('access.request', { items: asked, reason }, signal)
    },
  }),
  tool({
    name: 'wait_for_permission',
    title: 'Wait for the person',
    description:
      'Waits up to 45 seconds for the answer to a "pending" result and then gives what that call would have given. ' +
      'Call it again with the same ticket while it says "pending"; do not repeat the first call.',
    schema: schemas.waitForPermission,
    annotations: reads,
    call: async ({ ticket }, { link, calls }, signal) => {
      const reply = await link.ask('access.wait', { ticket }, signal)
      if (reply.status !== 'ok') return reply
      const { result } = reply
      return 'token' in result ? calls.redeem(ticket, result, signal) : { status: 'ok', ...result }
    },
  }),
  tool({
    name: 'http_request',
    title: 'Call an API',
    description:
      'Sends one request to an API by a route that the person set up; the key is put in for you. The person may be asked ' +
      'and sees exactly what is sent. Secrets in the answer are masked. A "denied" result is final: do not repeat the call.',
    schema: schemas.httpRequest,
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
    call: async ({ headers = {}, body = '', reason, ...asked }, { link, calls }, signal) => {
      const fields = Object.entries(headers).map(([name, value]): [string, string] => [name, value])
      const wish = { ...asked, headers: fields, body, ...(reason !== undefined && { reason }) }
      return calls.follow(wish, await link.ask('call.prepare', wish, signal), signal)
    },
  }),
  tool({
    name: 'list_routes',
    title: 'List the routes to APIs',
    description: 'Lists the APIs that http_request can call: names, addresses, and what may be asked for.',
    schema: schemas.listGrants,
    annotations: reads,
    call: async (_, { link }, signal) => {
      const { routes } = await link.ask('route.list', {}, signal)
      return { status: 'ok', routes: routes.map(({ name, baseUrl, allow }) => ({ name, baseUrl, allow })) }
    },
  }),
  tool({
    name: 'list_grants',
    title: 'List your grants',
    description: 'Lists what you may read now without asking the person, and until when.',
    schema: schemas.listGrants,
    annotations: reads,
    call: async (_, { link }, signal) => ({ status: 'ok', ...(await link.ask('grant.list', {}, signal)) }),
  }),
  tool({
    name: 'list_secrets',
    title: 'List the names of secrets',
    description:
      'Lists the names of the secrets that the person keeps in Keyreeve. No tool gives their values.',
    schema: schemas.listSecrets,
    annotations: reads,
    call: async (_, { link }, signal) => {
      const { secrets } = await link.ask('secret.list', {}, signal)
      return { status: 'ok', secrets: secrets.map(({ name }) => name) }
    },
  }),
]

export function registerTools(server: McpServer, shim: Shim): void {
  for (const { name, title, description, schema, annotations, call } of tools) {
    const config = { title, description, annotations, inputSchema: lenient(schema) }
    server.registerTool(
      name,
      config,
      async (args: unknown, { mcpReq: { signal, envelope } }): Promise<CallToolResult> => {
        shim.claim(Object.entries(envelope ?? {}).find(([key]) => key === CLIENT_INFO_META_KEY)?.[1])
        const parsed = schema.safeParse(args)
        if (!parsed.success) return invalidAnswer(parsed.error.issues[0]?.path ?? [])
        try {
          return answerOf(await shim.doorbell.during(call(parsed.data, shim, signal)))
        } catch (thrown) {
          return answerOf(refusal(thrown))
        }
      },
    )
  }
}

/** Ties the arguments of a tool to its schema; the table itself needs only that there is one. */
function tool<Schema extends z.ZodType>(given: Tool<Schema>): Tool {
  const call: Tool['call'] = (args, shim, signal) => given.call(given.schema.parse(args), shim, signal)
  return { ...given, call }
}

/** Shows a client the strict schema and lets everything through to our own check, so that a refusal has our shape. */
function lenient(schema: z.ZodType): z.ZodType {
  const { '~standard': standard } = schema
  const open = { ...standard, validate: (value: unknown) => ({ value }) }
  return { '~standard': open } as unknown as z.ZodType
}

/** A path as the broker takes it. An absolute one is passed on as it is: what is odd about it, the broker refuses. */
export function absolute(path: string, { cwd, userFolder }: Shim['machine']): string {
  if (path === '~') return userFolder
  if (path.startsWith('~/')) return `${userFolder}${path.slice(1)}`
  return /^(\/|[A-Za-z]:[\\/])/.test(path) ? path : resolve(cwd, path)
}

function rangeOf([from, to]: readonly number[]): [number, number] {
  if (from === undefined || to === undefined) throw new Fault('lines-invalid', 'a range has two ends')
  return [from, to] satisfies LineRange
}

type Present<Value> = { [Key in keyof Value]: Exclude<Value[Key], undefined> }

/** Leaves out what was not given; an optional member must be absent, not undefined. */
function withoutUndefined<Value extends object>(value: Value): Present<Value> {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== undefined),
  ) as Present<Value>
}
