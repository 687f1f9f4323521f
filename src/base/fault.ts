// The one error class of the product.
import { faults, type ExitCode } from './faults.ts'

/** A code of the table: stable, for programs and for people. */
export type FaultCode = keyof typeof faults

/** Names of all codes, for tables and tests. */
export const faultCodes = Object.keys(faults).filter(isFaultCode)

/**
 * The one error class of the product. Callers switch on `code`; `message` is for people, in lower case, says what was
 * wrong, and never quotes a secret, a token or file content.
 */
export class Fault<Code extends FaultCode = FaultCode> extends Error {
  override readonly name = 'Fault'
  readonly code: Code

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  /** HTTP status that this code has at every door. */
  get http(): number {
    return faults[this.code].http
  }

  /** Exit code of a command that ends with this fault. */
  get exit(): ExitCode {
    return faults[this.code].exit
  }

  /** True if the same request may succeed later without a change. */
  get retry(): boolean {
    return faults[this.code].retry
  }

  /** What the person or the assistant should do next. */
  get next(): string {
    return faults[this.code].next
  }
}

/** Tells whether a string that came from outside is a code of the table. */
export function isFaultCode(code: string): code is FaultCode {
  return Object.hasOwn(faults, code)
}

/**
 * Makes a Fault of whatever was thrown. A foreign error becomes `disk-full` or `internal`; its own text stays in
 * `cause` and is not repeated, since nobody checked it for secrets.
 */
export function asFault(thrown: unknown, doing = 'an unexpected error happened'): Fault {
  if (thrown instanceof Fault) return thrown
  if (errorCode(thrown) === 'ENOSPC' || errorCode(thrown) === 'EDQUOT') {
    return new Fault('disk-full', `${doing}: no space left`, { cause: thrown })
  }
  return new Fault('internal', doing, { cause: thrown })
}

/** The `code` of a system error such as ENOENT, or undefined where there is none. */
export function errorCode(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined
  return typeof thrown.code === 'string' ? thrown.code : undefined
}
