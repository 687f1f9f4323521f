// The end of an exhaustive switch.
import { Fault } from './fault.ts'

/** Ends a `switch` over a union: a case that was forgotten is a type error here, and a Fault if it happens all the same. */
export function assertNever(value: never): never {
  throw new Fault('internal', `a case was not handled: ${typeof value}`)
}
