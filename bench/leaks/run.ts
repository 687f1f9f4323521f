// Runs cells through a target: an upstream for it, a client where the target wants it, and what the client says.
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { createInterface } from 'node:readline'
import type { Orders, Verdict } from './client.ts'
import { startHostile, type Identity } from './hostile.ts'
import type { Started, Target } from './targets.ts'

/** What came of a target. */
export interface Outcome {
  readonly verdicts: readonly Verdict[]
  /** Cells whose request reached the upstream with the real key. */
  readonly reached: ReadonlySet<number>
}

const client = new URL('client.ts', import.meta.url).pathname

/** A key as hard as keys are: with what JSON, HTML, addresses and base64 escape. */
export function freshKey(): string {
  const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789'
  const run = (length: number): string =>
    Array.from({ length }, () => letters[randomInt(letters.length)]).join('')
  return `${run(9)}"${run(6)}<${run(5)}&${run(6)}/${run(4)}+${run(5)}`
}

/** @returns A text says why the target is absent. */
export async function runTarget(
  target: Target,
  numbers: readonly number[],
  { secret, identity }: { readonly secret: string; readonly identity?: Identity | undefined },
): Promise<Outcome | string> {
  const upstream = await startHostile(secret, target.needsTls ? identity : undefined)
  try {
    const started = await target.start({ port: upstream.port, secret })
    if (typeof started === 'string') return started
    try {
      const { baseUrl, headers, keyVariable = null } = started
      const verdicts = await ordered(started, { baseUrl, headers, keyVariable, secret, numbers })
      return { verdicts, reached: upstream.reached }
    } finally {
      await started.close()
    }
  } finally {
    await upstream.close()
  }
}

async function ordered({ around }: Started, orders: Orders): Promise<Verdict[]> {
  const { command = [], env = process.env, cwd } = around ?? {}
  const [file, ...args] = [...command, process.execPath, '--disable-warning=ExperimentalWarning', client]
  const child = spawn(file ?? process.execPath, args, {
    env,
    stdio: ['pipe', 'pipe', 'ignore'],
    ...(cwd !== undefined && { cwd }),
  })
  child.stdin.end(JSON.stringify(orders))
  const verdicts: Verdict[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{')) verdicts.push(JSON.parse(line) as Verdict)
  }
  return verdicts
}
