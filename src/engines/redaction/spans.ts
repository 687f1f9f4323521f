// Reads JSON into a tree that knows where each string stands, so that one of them can be changed and nothing else.

/** Where a value stands in the text that was read. */
interface Place {
  readonly start: number
  readonly end: number
}

/** A string or a word; a string's quotes belong to its place. */
export interface Leaf extends Place {
  /** A word is a number, `true`, `false` or `null`; also `NaN` and `Infinity`, which careless writers emit. */
  readonly kind: 'string' | 'word'
  readonly value: string
}

interface List extends Place {
  readonly kind: 'list'
  readonly items: readonly Node[]
}

interface Members extends Place {
  readonly kind: 'object'
  readonly members: ReadonlyMap<string, Node>
}

/** A value of JSON. */
export type Node = Leaf | List | Members

/** `foreign`: no JSON. `refused`: too deep, too many parts, or one name twice, which readers take differently. */
export type Unread = 'foreign' | 'refused'

const deepest = 64
const mostNodes = 100_000
const quote = 0x22
const backslash = 0x5c
const isWord = /^(?:true|false|null|NaN|-?Infinity|-?\d[\d.eE+-]*)$/
const wordChars = new Set('+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz')

/**
 * Reads one value. Work is linear in the text.
 * @param text Attacker-controlled.
 */
export function readSpans(text: string): Node | Unread {
  const reader = new Reader(text)
  const node = reader.value(0)
  return node !== null && reader.isAtEnd() ? node : reader.refusal
}

/** The node at a path of names, or undefined; `*` in lists is not read here. */
export function member(node: Node | undefined, ...path: readonly string[]): Node | undefined {
  return path.reduce<Node | undefined>(
    (at, name) => (at?.kind === 'object' ? at.members.get(name) : undefined),
    node,
  )
}

/** The items of a list, none for anything else. */
export function items(node: Node | undefined): readonly Node[] {
  return node?.kind === 'list' ? node.items : []
}

/** The string at a path of names, or undefined. */
export function stringAt(node: Node | undefined, ...path: readonly string[]): Leaf | undefined {
  const found = member(node, ...path)
  return found?.kind === 'string' ? found : undefined
}

class Reader {
  readonly #text: string
  #at = 0
  #nodes = 0
  /** Why nothing was read, if so. */
  refusal: Unread = 'foreign'

  constructor(text: string) {
    this.#text = text
  }

  isAtEnd(): boolean {
    return this.#peek() === ''
  }

  value(depth: number): Node | null {
    const first = this.#peek()
    if (++this.#nodes > mostNodes || depth > deepest) {
      this.refusal = 'refused'
      return null
    }
    if (first === '"') return this.#string()
    if (first !== '{' && first !== '[') return this.#word()
    this.#at++
    return first === '{' ? this.#object(depth + 1) : this.#list(depth + 1)
  }

  #object(depth: number): Members | null {
    const start = this.#at - 1
    const members = new Map<string, Node>()
    if (this.#takes('}')) return { kind: 'object', members, start, end: this.#at }
    do {
      const name = this.#peek() === '"' ? this.#string() : null
      const value = name !== null && this.#takes(':') ? this.value(depth) : null
      if (name === null || value === null) return null
      if (members.has(name.value)) {
        this.refusal = 'refused'
        return null
      }
      members.set(name.value, value)
    } while (this.#takes(','))
    return this.#takes('}') ? { kind: 'object', members, start, end: this.#at } : null
  }

  #list(depth: number): List | null {
    const start = this.#at - 1
    const items: Node[] = []
    if (this.#takes(']')) return { kind: 'list', items, start, end: this.#at }
    do {
      const value = this.value(depth)
      if (value === null) return null
      items.push(value)
    } while (this.#takes(','))
    return this.#takes(']') ? { kind: 'list', items, start, end: this.#at } : null
  }

  #string(): Leaf | null {
    const start = this.#at
    let at = start + 1
    let isPlain = true
    for (let code = 0; (code = this.#text.charCodeAt(at)) !== quote; at++) {
      if (Number.isNaN(code)) return null
      if (code === backslash) at++
      if (code === backslash || code < 0x20) isPlain = false
    }
    this.#at = at + 1
    const value = isPlain ? this.#text.slice(start + 1, at) : unescaped(this.#text.slice(start, at + 1))
    return value === null ? null : { kind: 'string', start, end: at + 1, value }
  }

  #word(): Leaf | null {
    const start = this.#at
    while (wordChars.has(this.#text[this.#at] ?? '')) this.#at++
    const value = this.#text.slice(start, this.#at)
    return isWord.test(value) ? { kind: 'word', start, end: this.#at, value } : null
  }

  #takes(mark: string): boolean {
    if (this.#peek() !== mark) return false
    this.#at++
    return true
  }

  /** The next character that is no white space; empty at the end. */
  #peek(): string {
    for (;;) {
      const char = this.#text[this.#at] ?? ''
      if (char !== ' ' && char !== '\n' && char !== '\r' && char !== '\t') return char
      this.#at++
    }
  }
}

function unescaped(quoted: string): string | null {
  try {
    const value: unknown = JSON.parse(quoted)
    return typeof value === 'string' ? value : null
  } catch {
    return null
  }
}
