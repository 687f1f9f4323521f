// `npm run check`: the one gate. Runs every guard of the house and prints a line for each; what a guard says is printed
// only where it failed.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { delimiter, resolve } from 'node:path'

interface Check {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  /** What to do when it fails. */
  readonly next: string
  /** The check is for a part of the tree that begins with this file. */
  readonly needs?: string
}

interface Outcome {
  readonly ok: boolean
  readonly ms: number
  readonly output: string
}

/** The slowest come first, so that they do not end last. */
const checks: readonly Check[] = [
  { name: 'types', command: ['tsc'], next: 'mend the types' },
  { name: 'web types', command: ['tsc', '-p', 'web'], next: 'mend the types', needs: 'web/tsconfig.json' },
  { name: 'api', command: tool('api', '--check'), next: 'run "npm run api" and look at the diff' },
  { name: 'lint and floors', command: ['oxlint', '--type-aware'], next: 'mend it; do not switch a rule off' },
  { name: 'dead code', command: ['knip', '--no-config-hints'], next: 'delete what nothing uses' },
  { name: 'wasm', command: tool('wasm', '--check'), next: 'run "npm run wasm" and commit what it writes' },
  { name: 'docs', command: tool('docs'), next: 'write what is missing' },
  {
    name: 'openapi',
    command: tool('openapi', '--check'),
    next: 'run "npm run api" and look at the diff',
  },
  { name: 'reach', command: tool('reach', '--check'), next: 'run "npm run reach" and look at the diff' },
  {
    name: 'image',
    command: tool('image', '--check'),
    next: 'run "node tools/image.ts" and commit what it writes',
  },
  { name: 'lock file', command: tool('lock'), next: 'mend package.json and run "npm install"' },
  { name: 'format', command: ['oxfmt', '--check'], next: 'run "npx oxfmt"' },
]

const env = {
  ...process.env,
  PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}`,
  NODE_OPTIONS: '',
}

const waiting = checks.filter(({ needs }) => needs === undefined || existsSync(needs))
const failed: string[] = []
const began = performance.now()
await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, runWaiting))
const total = Math.round(performance.now() - began)
console.log(failed.length === 0 ? `all held, ${total} ms` : `failed: ${failed.join(', ')} (${total} ms)`)
process.exitCode = failed.length === 0 ? 0 : 1

async function runWaiting(): Promise<void> {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    const { ok, ms, output } = await run(check.command)
    console.log(`${ok ? 'ok    ' : 'FAILED'}  ${check.name.padEnd(16)} ${String(ms).padStart(6)} ms`)
    if (ok) continue
    failed.push(check.name)
    console.log(`${output.trim().replace(/^/gm, '        ')}\n        -> ${check.next}\n`)
  }
}

function run([command, ...args]: Check['command']): Promise<Outcome> {
  const start = performance.now()
  const parts: Buffer[] = []
  const child = spawn(command, args, { env, shell: process.platform === 'win32' })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => parts.push(part))
  return new Promise((finish) => {
    const end = (ok: boolean): void =>
      finish({ ok, ms: Math.round(performance.now() - start), output: Buffer.concat(parts).toString() })
    child.on('close', (code) => end(code === 0))
    child.on('error', (error) => {
      parts.push(Buffer.from(error.message))
      end(false)
    })
  })
}

function tool(name: string, ...args: readonly string[]): Check['command'] {
  return ['node', `tools/${name}.ts`, ...args]
}
