// keyreeve/stdio: redacts what a child process prints, on its way to wherever it goes.
import { type Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { redactedBytes } from './bytes.ts'
import type { LogOptions } from './line.ts'

/** Of a child process, what is read here: its pipes, null where it has none. */
export interface Child {
  readonly stdout: Readable | null
  readonly stderr: Readable | null
}

/** Where the output goes, usually `process`. */
export interface Outputs {
  readonly stdout: Writable
  readonly stderr: Writable
}

/** What a child prints, redacted; null where the child has no pipe. */
export interface RedactedStdio {
  readonly stdout: Readable | null
  readonly stderr: Readable | null
  /** Sends it on, and leaves the outputs open. Settles when all is out. */
  pipe(to: Outputs): Promise<void>
}

/**
 * Redacts what a child process prints: `await redactor(spawn(…)).pipe(process)`. A secret is found however it is cut.
 * Held back is only what may still become a secret, usually the last word, until more comes or the child ends. Where
 * the redactor fails, the line is dropped, and a marker says so.
 */
export function redactor({ stdout, stderr }: Child, options: LogOptions = {}): RedactedStdio {
  const out = stdout?.pipe(redactedBytes(options)) ?? null
  const err = stderr?.pipe(redactedBytes(options)) ?? null
  return {
    stdout: out,
    stderr: err,
    async pipe(to) {
      await Promise.all([send(out, to.stdout), send(err, to.stderr)])
    },
  }
}

async function send(from: Readable | null, to: Writable): Promise<void> {
  if (from !== null) await pipeline(from, to, { end: false })
}
