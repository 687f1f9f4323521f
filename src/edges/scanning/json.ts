// JSON that comes from anywhere, looked at member by member.
const decoder = new TextDecoder()

/** The value, or undefined where it is no JSON. @param bytes Attacker-controlled. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes))
    return value
  } catch {
    return undefined
  }
}

/** Members of an object; none of anything else. */
export function entriesOf(value: unknown): [name: string, value: unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []
}

/** A member of an object, or undefined. */
export function memberOf(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, name)
  return isObject ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined
}

/** Items of an array; none of anything else. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
