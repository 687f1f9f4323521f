// How a command that cannot go on says so: what was wrong, its code, the next step, and the exit code.
import { asFault, shown, type ExitCode, type Fault } from '#base'
import type { Machine } from './machine.ts'

/**
 * Prints a failure: talk on stderr, or with --json one document on stdout, `{v:1, error:{code, message, next}}`.
 * @param thrown Whatever a command threw. A foreign error is not quoted: nobody checked it for secrets.
 */
export function reportFailure(
  thrown: unknown,
  { machine, isJson }: { machine: Pick<Machine, 'stdout' | 'stderr'>; isJson: boolean },
): ExitCode {
  const fault = asFault(thrown, 'the command failed')
  if (isJson) machine.stdout.write(`${JSON.stringify(failureDocument(fault))}\n`)
  else machine.stderr.write(failureText(fault))
  return fault.exit
}

function failureDocument({ code, message, next }: Fault): object {
  return { v: 1, error: { code, message, next } }
}

function failureText({ code, message, next }: Fault): string {
  return `keyreeve: ${shown(message, 2000)} (${code})\n  next: ${next}\n`
}
