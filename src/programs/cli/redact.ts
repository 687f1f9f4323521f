// keyreeve redact: a filter that masks secrets as the bytes flow.
import { errorCode, Fault, type ExitCode } from '#base'
import { redactStream } from '#redaction'
import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { Duplex, promises as streams } from 'node:stream'
import type { Call } from './machine.ts'

/** Copies a file or stdin to stdout with secrets masked. @throws Fault `path-not-found`, `path-unreadable` */
export async function redact({ machine, arguments: [file] }: Call): Promise<ExitCode> {
  const source = file === undefined ? machine.stdin : createReadStream(resolve(machine.cwd, file))
  try {
    await streams.pipeline(source, Duplex.fromWeb(redactStream()), machine.stdout, { end: false })
  } catch (thrown) {
    return endOf(thrown)
  }
  return 0
}

function endOf(thrown: unknown): ExitCode {
  // Whoever reads our output may stop early, as `head` does.
  if (errorCode(thrown) === 'EPIPE') return 0
  if (errorCode(thrown) === 'ENOENT') throw new Fault('path-not-found', 'there is no such file')
  if (errorCode(thrown) === 'EACCES' || errorCode(thrown) === 'EISDIR') {
    throw new Fault('path-unreadable', 'the file cannot be read')
  }
  throw new Fault('redaction-failed', 'the stream broke off', { cause: thrown })
}
