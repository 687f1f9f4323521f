// Reads members of JSON that came from outside.
import { Fault } from '#base'

/** What a JSON object says before anybody has looked at it. */
export type Members = Readonly<Record<string, unknown>>

/** Longest text that a claim may hold, in UTF-16 code units. */
const longestText = 2048

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * A member that must be a text of 1 to 2,048 characters.
 * @throws Fault `token-invalid`
 */
export function textOf(members: Members, name: string, longest: number = longestText): string {
  const value = members[name]
  if (typeof value === 'string' && value.length > 0 && value.length <= longest) return value
  throw new Fault('token-invalid', `claim ${name} is missing or not a text of fit length`)
}

/**
 * A member that must be a whole number of seconds, or a count, from 0.
 * @throws Fault `token-invalid`
 */
export function countOf(members: Members, name: string): number {
  const value = members[name]
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new Fault('token-invalid', `claim ${name} is missing or not a whole number`)
}

/**
 * A member that must be an object.
 * @throws Fault `token-invalid`
 */
export function objectOf(members: Members, name: string): Members {
  const value = members[name]
  if (isObject(value)) return value
  throw new Fault('token-invalid', `claim ${name} is missing or not an object`)
}
