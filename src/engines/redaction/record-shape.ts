// What kinds of objects a record holds, what they show of themselves, and how to copy them.

/** Not enumerable in an error, and shown all the same. */
const ofErrors = ['name', 'message', 'stack', 'cause', 'errors'] as const
/** They hold pairs in private fields, and show them. */
const pairTags = new Set(['Headers', 'URLSearchParams', 'FormData'])
/** With one of these an object shows itself, and may do so from private fields that a copy does not have. */
const ownWays = ['toJSON', Symbol.for('nodejs.util.inspect.custom')] as const

/** An empty object of the same kind: array, Map, Set, Error, or of the same prototype. */
export function emptyLike(value: object): object {
  if (Array.isArray(value)) return []
  if (value instanceof Map) return new Map()
  if (value instanceof Set) return new Set()
  const prototype = prototypeOf(value)
  if (value instanceof Error) {
    const error = new Error('')
    Object.setPrototypeOf(error, prototype)
    return error
  }
  const copy = {}
  Object.setPrototypeOf(copy, ownWays.some((way) => way in value) ? Object.prototype : prototype)
  return copy
}

/** Puts a field into a copy: runs no setter, and `__proto__` is a name like others. */
export function putField(copy: object, key: string | symbol, value: unknown, enumerable = true): void {
  Object.defineProperty(copy, key, { value, enumerable, writable: true, configurable: true })
}

/** Names of the fields that an object shows. */
export function fieldsOf(value: object): (string | symbol)[] {
  const symbols = Object.getOwnPropertySymbols(value).filter((key) => isShown(value, key))
  const names = Object.keys(value)
  if (!(value instanceof Error)) return symbols.length === 0 ? names : [...names, ...symbols]
  return [...new Set([...names, ...symbols, ...ofErrors.filter((key) => key in value)])]
}

/** True for an object or a list of the language's own, without a way of its own to show itself or a field that says more. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Array.prototype) return Array.isArray(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  return !('value' in value || '0' in value || ownWays.some((way) => way in value))
}

/** Tells whether a field is one of those that are listed. */
export function isShown(value: object, key: string | symbol): boolean {
  return Object.prototype.propertyIsEnumerable.call(value, key)
}

/** True if a field gives the same to everybody who reads it. V8 keeps the stack of an error behind a getter. */
export function isSteady(value: object, key: string | symbol): boolean {
  if (key === 'stack' && value instanceof Error) return true
  return Object.getOwnPropertyDescriptor(value, key)?.get === undefined
}

/** The bytes of a buffer or a view, or null. */
export function bytesOf(value: object): Uint8Array | null {
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : null
}

/** A list of fewer numbers below 256 is no text that matters. */
const leastBytes = 8
/** A list may claim any length. If so many are bytes, the rest need not be asked. */
const mostBytes = 2 ** 22 + 1

/** The bytes of a list of bytes, or of what JSON makes of a Buffer or another array of bytes; null for anything else. */
export function listedBytes(value: object): Uint8Array | null {
  const list = (Array.isArray(value) ? value : serialisedList(value))?.slice(0, mostBytes)
  return list !== undefined && list.length >= leastBytes && isByte(list[0]) && list.every(isByte)
    ? Uint8Array.from(list)
    : null
}

function serialisedList(value: object): unknown[] | null {
  if ('type' in value && value.type === 'Buffer' && 'data' in value && Array.isArray(value.data)) {
    return Reflect.ownKeys(value).length === 2 ? value.data : null
  }
  if (!('0' in value && String(leastBytes - 1) in value)) return null
  const entries = Object.entries(value)
  return entries.every(([key], index) => key === String(index)) ? entries.map(([, item]) => item) : null
}

/** The text of a boxed string or a regular expression, or null. */
export function spelledBy(value: object): string | null {
  if (value instanceof RegExp) return RegExp.prototype.toString.call(value)
  // Throws for what only says that it is one.
  return Object.prototype.toString.call(value) === '[object String]'
    ? String.prototype.valueOf.call(value)
    : null
}

/** Headers, form data and the like. */
export function isPairs(value: object): value is Iterable<readonly [string, unknown]> {
  if (!(Symbol.toStringTag in value && Symbol.iterator in value)) return false
  const tag = value[Symbol.toStringTag]
  return typeof tag === 'string' && pairTags.has(tag)
}

/** The name in `{name: 'password', value: …}`: so write many formats headers, cookies and attributes. */
export function nameOf(value: object): string | undefined {
  if (!('value' in value)) return undefined
  if ('name' in value && typeof value.name === 'string') return value.name
  return 'key' in value && typeof value.key === 'string' ? value.key : undefined
}

function prototypeOf(value: object): object | null {
  const prototype: unknown = Object.getPrototypeOf(value)
  return typeof prototype === 'object' ? prototype : Object.prototype
}

function isByte(value: unknown): value is number {
  return typeof value === 'number' && (value & 0xff) === value
}
