// Canonical JSON, so that two parties hash and sign the same bytes for the same value.
import { Fault } from './fault.ts'

/** What JSON can say. A member that is `undefined` counts as absent. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined }

/**
 * Writes a value as canonical JSON: keys sorted by UTF-16 code unit, no white space, numbers as ECMAScript prints them.
 * Members that are `undefined` are left out.
 * @throws Fault `internal` for a number that is not finite or a string with a lone surrogate: neither has a canonical form.
 * @see RFC 8785
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return canonicalNumber(value)
  if (typeof value === 'string') return canonicalString(value)
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.keys(value)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .flatMap((key) => {
      const member = value[key]
      return member === undefined ? [] : [`${canonicalString(key)}:${canonicalJson(member)}`]
    })
  return `{${members.join(',')}}`
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value))
    throw new Fault('internal', 'a number that is not finite has no canonical form')
  return JSON.stringify(value)
}

function canonicalString(value: string): string {
  if (!value.isWellFormed())
    throw new Fault('internal', 'a string with a lone surrogate has no canonical form')
  return JSON.stringify(value)
}

/** `Array.isArray` that also narrows readonly arrays. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
