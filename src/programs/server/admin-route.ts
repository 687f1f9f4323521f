// One thing that an administrator may do, as the table holds it: from it come the answers and their description.
import { Fault, type Clock, type Random } from '#base'
import type { FleetEvent } from '#journal'
import type { Registry } from '#registry'
import * as z from 'zod'
import type { Caller } from './admin-callers.ts'
import type { Revoking } from './revoking.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { Bearer } from './suspending.ts'

/** What administration works with. */
export interface AdminParts {
  readonly registry: Pick<Registry, 'models' | 'devices' | 'approvals' | 'suspensions'>
  readonly revoking: Revoking
  readonly keys: SigningKeys
  readonly issuer: string
  readonly isSuspended: (owner: Bearer) => Promise<boolean>
  /** Scopes that exist anywhere. */
  readonly scopes: readonly string[]
  /** Those that one administrator may give. */
  readonly defaultScopes: readonly string[]
  readonly record: (event: FleetEvent) => Promise<void>
  readonly clock: Clock
  readonly random: Random
}

/** A route. */
export interface AdminRoute {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly summary: string
  /** Of the query for GET, of the JSON body for POST. */
  readonly input: z.ZodObject
  readonly output: z.ZodType
  /** @param input Attacker-controlled, not checked yet. @throws Fault `message-invalid` */
  readonly act: (parts: AdminParts, input: unknown, caller: Caller) => Promise<object>
}

interface Described<Input extends z.ZodObject, Output extends z.ZodType> {
  readonly summary: string
  readonly input: Input
  readonly output: Output
}

type Act<Input extends z.ZodObject, Output extends z.ZodType> = (
  parts: AdminParts,
  input: z.output<Input>,
  caller: Caller,
) => Promise<z.input<Output> & object>

/** A route that changes something. */
export function post<Input extends z.ZodObject, Output extends z.ZodType>(
  path: string,
  described: Described<Input, Output>,
  act: Act<Input, Output>,
): AdminRoute {
  return routeOf('POST', path, described, act)
}

/** A route that only looks. */
export function get<Input extends z.ZodObject, Output extends z.ZodType>(
  path: string,
  described: Described<Input, Output>,
  act: Act<Input, Output>,
): AdminRoute {
  return routeOf('GET', path, described, act)
}

function routeOf<Input extends z.ZodObject, Output extends z.ZodType>(
  method: AdminRoute['method'],
  path: string,
  described: Described<Input, Output>,
  act: Act<Input, Output>,
): AdminRoute {
  const checked: AdminRoute['act'] = (parts, input, caller) =>
    act(parts, readInput(described.input, input), caller)
  return { method, path, ...described, act: checked }
}

/** What was sent is not repeated: it may be a stranger's. */
function readInput<Input extends z.ZodObject>(shape: Input, value: unknown): z.output<Input> {
  const parsed = shape.safeParse(value)
  if (parsed.success) return parsed.data
  const at = String(parsed.error.issues[0]?.path[0] ?? '')
  throw new Fault(
    'message-invalid',
    `the request does not fit${Object.hasOwn(shape.shape, at) ? ` at "${at}"` : ''}`,
  )
}
