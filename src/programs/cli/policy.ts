// keyreeve policy check
import { errorCode, Fault, shown, type ExitCode } from '#base'
import { checkPolicies } from '#policy'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Call } from './machine.ts'

/** Checks policies against the schema, without a broker. Ends with 8 if one is wrong. @throws Fault `path-not-found` */
export async function check({ machine, terminal, arguments: files }: Call): Promise<ExitCode> {
  const sources = files.map((file) => ({ name: file, text: readPolicy(resolve(machine.cwd, file)) }))
  const { problems } = checkPolicies(sources)
  const lines = problems.map(
    ({ source, line, column, message }) =>
      `${shown(source)}${line === undefined ? '' : `:${line}:${column}`}: ${shown(message, 1000)}`,
  )
  terminal.data({ ok: problems.length === 0, problems }, problems.length === 0 ? ['valid'] : lines)
  return problems.length === 0 ? 0 : 8
}

/** @throws Fault `path-not-found`, `path-unreadable` */
export function readPolicy(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const code = errorCode(cause) === 'ENOENT' ? 'path-not-found' : 'path-unreadable'
    throw new Fault(code, `${path} cannot be read`, { cause })
  }
}
