// What scripts and assistants rely on: names of commands, exit codes, and the tools with what they take.
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { Fault, faultCodes } from '#base'

const main = new URL('../../src/programs/cli/main.ts', import.meta.url).pathname
const node = ['--disable-warning=ExperimentalWarning', main]

let home: string

before(() => {
  home = mkdtempSync(`${tmpdir()}/keyreeve-pins-`)
  // Open to others, so that the shim refuses it and starts nothing.
  mkdirSync(`${home}/run`, { mode: 0o755 })
})

after(() => rmSync(home, { recursive: true, force: true }))

function keyreeve(...argv: string[]): string {
  return execFileSync(process.execPath, [...node, ...argv], {
    env: { KEYREEVE_HOME: home, NO_COLOR: '1' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

/** Names in the list of commands that help prints. */
function verbs(help: string): string[] {
  const list = help.split('Commands:\n')[1] ?? ''
  return [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name ?? '')
}

describe('help', () => {
  test('the commands have these names', () => {
    assert.deepEqual(verbs(keyreeve('--help')).toSorted(), [
      'admin',
      'completion',
      'device',
      'doctor',
      'edit',
      'grant',
      'help',
      'lock',
      'log',
      'mcp',
      'passkey',
      'policy',
      'redact',
      'review',
      'route',
      'run',
      'scan',
      'secret',
      'server',
      'start',
      'status',
      'stop',
      'token',
      'transcripts',
      'ui',
      'unlock',
      'vault',
      'watch',
    ])
    assert.deepEqual(verbs(keyreeve('secret', '--help')), ['set', 'list', 'remove', 'help'])
    assert.deepEqual(verbs(keyreeve('vault', '--help')), ['status', 'lock', 'unlock', 'help'])
    assert.deepEqual(verbs(keyreeve('grant', '--help')), ['list', 'revoke', 'help'])
    assert.deepEqual(verbs(keyreeve('edit', '--help')), ['list', 'undo', 'help'])
    assert.deepEqual(verbs(keyreeve('log', '--help')), ['list', 'show', 'verify', 'keys', 'help'])
    assert.deepEqual(verbs(keyreeve('policy', '--help')), ['check', 'simulate', 'help'])
    assert.deepEqual(verbs(keyreeve('transcripts', '--help')), ['scan', 'help'])
    const own = ['enroll', 'request', 'accept', 'status', 'forget', 'help']
    assert.deepEqual(verbs(keyreeve('device', '--help')), own)
    assert.deepEqual(verbs(keyreeve('admin', '--help')), [
      'user',
      'tenant',
      'device',
      'key',
      'all',
      'answer',
      'suspended',
      'pending',
      'confirm',
      'help',
    ])
    assert.deepEqual(verbs(keyreeve('token', '--help')), ['issue', 'list', 'revoke', 'print', 'help'])
    const ofRoutes = ['add', 'list', 'remove', 'stop', 'resume', 'usage', 'help']
    assert.deepEqual(verbs(keyreeve('route', '--help')), ofRoutes)
  })

  test('the exit codes mean what they always meant', () => {
    const exits = new Map(faultCodes.map((code) => [code, new Fault(code, '').exit]))
    assert.deepEqual(
      {
        error: exits.get('not-running'),
        usage: exits.get('usage'),
        denied: exits.get('consent-refused'),
        timedOut: exits.get('consent-timed-out'),
        locked: exits.get('locked'),
        notFound: exits.get('path-not-found'),
        notVerified: exits.get('verification-failed'),
        policyInvalid: exits.get('policy-invalid'),
      },
      {
        error: 1,
        usage: 2,
        denied: 3,
        timedOut: 4,
        locked: 5,
        notFound: 6,
        notVerified: 7,
        policyInvalid: 8,
      },
    )
  })
})

describe('MCP tools', () => {
  test('they have these names, arguments and hints', async () => {
    const client = new Client({ name: 'pins', version: '1' })
    const env = { KEYREEVE_HOME: home, PATH: process.env['PATH'] ?? '' }
    const args = [...node, 'mcp', '--assistant', 'pins']
    await client.connect(new StdioClientTransport({ command: process.execPath, args, env }))
    const { tools } = await client.listTools()
    await client.close()
    const surface = tools.map(({ name, inputSchema, annotations }) => ({
      name,
      reads: annotations?.readOnlyHint,
      required: inputSchema.required ?? [],
      isClosed: inputSchema['additionalProperties'] === false,
      takes: withoutProse(inputSchema.properties),
    }))
    assert.deepEqual(surface, pinned)
  })
})

/** A schema without what is only for reading. */
function withoutProse(schema: unknown): unknown {
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) =>
      (key === 'description' || key === 'pattern') && typeof value === 'string' ? undefined : value,
    ),
  )
}

const line = { type: 'integer', minimum: 1, maximum: 2_147_483_648 }
const path = { type: 'string', minLength: 1, maxLength: 4096 }
const reason = { type: 'string', maxLength: 1000 }
const pattern = { type: 'string', minLength: 1, maxLength: 1000 }

const pinned = [
  {
    name: 'read_file',
    reads: true,
    required: ['path'],
    isClosed: true,
    takes: {
      path,
      lines: {
        type: 'array',
        minItems: 1,
        maxItems: 64,
        items: { type: 'array', minItems: 2, maxItems: 2, items: line },
      },
      mode: { type: 'string', enum: ['text', 'hash', 'outline'] },
      reason,
    },
  },
  {
    name: 'list_files',
    reads: true,
    required: ['path'],
    isClosed: true,
    takes: { path, glob: { type: 'string', minLength: 1, maxLength: 256 }, ignored: { type: 'boolean' } },
  },
  {
    name: 'search_files',
    reads: true,
    required: ['path', 'pattern'],
    isClosed: true,
    takes: { path, pattern, after: path, ignored: { type: 'boolean' }, reason },
  },
  {
    name: 'grep_file',
    reads: true,
    required: ['path', 'pattern'],
    isClosed: true,
    takes: { path, pattern, context: { type: 'integer', minimum: 0, maximum: 20 }, from: line, reason },
  },
  {
    name: 'propose_edit',
    reads: false,
    required: ['path', 'patch', 'reason'],
    isClosed: true,
    takes: { path, patch: { type: 'string', minLength: 1, maxLength: 131_072 }, reason },
  },
  {
    name: 'request_access',
    reads: false,
    required: ['items', 'reason'],
    isClosed: true,
    takes: {
      items: {
        type: 'array',
        minItems: 1,
        maxItems: 32,
        items: {
          type: 'object',
          properties: {
            path,
            scope: { type: 'string', enum: ['file-session', 'folder-hour', 'folder-until-revoked'] },
            until: { type: 'string', format: 'date-time' },
          },
          required: ['path', 'scope'],
          additionalProperties: false,
        },
      },
      reason,
    },
  },
  {
    name: 'wait_for_permission',
    reads: true,
    required: ['ticket'],
    isClosed: true,
    takes: { ticket: { type: 'string' } },
  },
  {
    name: 'http_request',
    reads: false,
    required: ['route', 'method', 'path'],
    isClosed: true,
    takes: {
      route: { type: 'string' },
      method: { type: 'string', enum: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] },
      path: { type: 'string', minLength: 1, maxLength: 8192 },
      headers: {
        type: 'object',
        propertyNames: { type: 'string' },
        additionalProperties: { type: 'string', maxLength: 4096 },
      },
      body: { type: 'string', maxLength: 131_072 },
      reason,
    },
  },
  { name: 'list_routes', reads: true, required: [], isClosed: true, takes: {} },
  { name: 'list_grants', reads: true, required: [], isClosed: true, takes: {} },
  { name: 'list_secrets', reads: true, required: [], isClosed: true, takes: {} },
]
