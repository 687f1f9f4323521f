// keyreeve redact: a filter that masks secrets as the bytes flow.
import { errorCode, Fault, type ExitCode } from '#base'
import { GuardedRedactor, type RedactOptions, type Replacement } from '#redaction'
import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import type { Writable } from 'node:stream'
import type { Call } from './machine.ts'
import { redactOptions } from './redact-options.ts'

/** Copies, or serves as a filter with --listen and --listen-syslog. */
export async function redact(call: Call): Promise<ExitCode> {
  const { options } = call
  if (options['listen'] === undefined && options['listenSyslog'] === undefined) return filter(call)
  const { listen } = await import('./redact-listen.ts')
  return listen(call)
}

/**
 * Copies a file or stdin to stdout with secrets masked, each line as soon as it can be decided. With --json each finding
 * is a line on stderr, and a summary the last one.
 * @returns 1 if lines were dropped because the redactor failed at them.
 * @throws Fault `path-not-found`, `path-unreadable`, `rule-invalid`, `usage`
 */
async function filter(call: Call): Promise<ExitCode> {
  const { machine, terminal } = call
  const report = new Report(terminal.isJson ? machine.stderr : null)
  const options: RedactOptions = {
    ...redactOptions(call),
    onReplaced: (replacement) => report.note(replacement),
  }
  const redactor = GuardedRedactor.lending(options)
  try {
    await copy(call, redactor)
  } catch (thrown) {
    return endOf(thrown)
  }
  report.end(redactor.dropped)
  if (redactor.dropped > 0) terminal.say('lines were dropped: the redactor failed at them')
  return redactor.dropped > 0 ? 1 : 0
}

async function copy({ machine, arguments: [file] }: Call, redactor: GuardedRedactor): Promise<void> {
  const source = file === undefined ? machine.stdin : createReadStream(resolve(machine.cwd, file))
  const chunks: AsyncIterable<Uint8Array<ArrayBuffer>> = source
  for await (const chunk of chunks) {
    const parts = redactor.push(chunk)
    letGo(chunk)
    await write(machine.stdout, parts)
  }
  await write(machine.stdout, redactor.finish())
}

/** Frees a chunk's memory at once. The collector would wait for some dozens of megabytes of them. */
function letGo({ buffer, byteLength }: Uint8Array<ArrayBuffer>): void {
  if (buffer.byteLength === byteLength) buffer.transfer(0)
}

/** What is let out together is written together: a line is not torn without need. */
function write(out: Writable, parts: readonly Uint8Array[]): Promise<void> {
  const last = parts.at(-1)
  if (last === undefined) return Promise.resolve()
  return new Promise((resolve, reject) => {
    out.cork()
    for (const part of parts.slice(0, -1)) out.write(part)
    out.write(last, (error) => (error ? reject(error) : resolve()))
    out.uncork()
  })
}

/** What was found, as JSON lines without a word of the text. */
class Report {
  readonly #out: Writable | null
  readonly #counts = new Map<string, number>()

  constructor(out: Writable | null) {
    this.#out = out
  }

  note({ detector, confidence, start, end }: Replacement): void {
    this.#counts.set(detector, (this.#counts.get(detector) ?? 0) + 1)
    this.#write({ detector, confidence, start, end })
  }

  end(dropped: number): void {
    this.#write({ summary: true, findings: Object.fromEntries(this.#counts), dropped })
  }

  #write(document: object): void {
    this.#out?.write(`${JSON.stringify({ v: 1, ...document })}\n`)
  }
}

function endOf(thrown: unknown): ExitCode {
  // Whoever reads our output may stop early, as `head` does.
  if (errorCode(thrown) === 'EPIPE' || errorCode(thrown) === 'ERR_STREAM_DESTROYED') return 0
  if (errorCode(thrown) === 'ENOENT') throw new Fault('path-not-found', 'there is no such file')
  if (errorCode(thrown) === 'EACCES' || errorCode(thrown) === 'EISDIR') {
    throw new Fault('path-unreadable', 'the file cannot be read')
  }
  throw new Fault('redaction-failed', 'the stream broke off', { cause: thrown })
}
