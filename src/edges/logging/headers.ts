// Reads and writes the headers of a request in the forms that undici takes.

type Pair = readonly [name: string, value: unknown]

/** Names in lower case. @param headers An object, pairs, or a flat list. */
export function headerPairs(headers: unknown): Pair[] {
  if (typeof headers !== 'object' || headers === null) return []
  if (Array.isArray(headers) && !headers.every(isPair)) return flatPairs(headers)
  const pairs: unknown[] =
    Symbol.iterator in headers && isIterable(headers) ? [...headers] : Object.entries(headers)
  return pairs.filter(isPair).map(([name, value]) => [name.toLowerCase(), value] as const)
}

/** The value of one header, or undefined. */
export function headerOf(pairs: readonly Pair[], name: string): string | undefined {
  const found = pairs.find(([other]) => other === name)
  return found === undefined ? undefined : String(found[1])
}

/** As a flat list, without one of them. */
export function headersWithout(pairs: readonly Pair[], name: string): unknown[] {
  return pairs.filter(([other]) => other !== name).flat()
}

function flatPairs(list: readonly unknown[]): Pair[] {
  return list.flatMap((name, index) =>
    index % 2 === 0 ? [[String(name).toLowerCase(), list[index + 1]] as const] : [],
  )
}

function isPair(value: unknown): value is Pair {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string'
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value
}
