// UTF-16, as Windows writes it: recognised by its first bytes, read as text, and written back as it came.
import { utf8 } from '#base'
import type { Steps } from './transform.ts'

/** UTF-16, by which byte of a character comes first. */
export type Wide = 'utf-16le' | 'utf-16be'

/** Whoever puts a mark before ASCII must not hide what stands behind it: a character of ASCII or Latin must follow. */
const beginnings: ReadonlyMap<string, Wide> = new Map([
  ['x0x0', 'utf-16le'],
  ['fex0', 'utf-16le'],
  ['0x0x', 'utf-16be'],
  ['ef0x', 'utf-16be'],
])

/**
 * Tells UTF-16 from a superset of ASCII by the zeros of its first two characters, of which one may be a byte order mark.
 * @param isFinal False if more may follow.
 * @returns Undefined if it takes more bytes to tell, null for what is no UTF-16.
 */
export function wideOf(head: Uint8Array, isFinal: boolean): Wide | null | undefined {
  if (head.length > 1 && head[0]! > 0 && head[0]! < 0xfe && head[1]! > 0) return null
  const shape = Array.from(head.subarray(0, 4), shapeOf).join('')
  const wide = beginnings.get(shape)
  if (wide !== undefined) return wide
  const mayBe = beginnings.keys().some((beginning) => beginning.startsWith(shape))
  return mayBe && !isFinal ? undefined : null
}

/** `0` a zero, `e` and `f` the bytes of a byte order mark, `x` any other. */
function shapeOf(byte: number): string {
  if (byte === 0) return '0'
  return byte === 0xfe ? 'e' : byte === 0xff ? 'f' : 'x'
}

/** The text, with its byte order mark if there is one; half a character as U+FFFD. */
export function fromWide(bytes: Uint8Array, wide: Wide): string {
  return new TextDecoder(wide, { ignoreBOM: true }).decode(bytes)
}

/** What takes bytes of UTF-8 and gives such bytes, as a `StreamRedactor` does. */
interface Inner extends Steps {
  readonly isHolding: boolean
}

/** Puts UTF-16 around what works on UTF-8, where the stream begins as such; passes any other stream through it as it is. */
export class WideStream {
  readonly #inner: Inner
  #wide: Wide | null | undefined
  #head: Uint8Array = new Uint8Array(0)
  #from = new TextDecoder('utf-16le', { ignoreBOM: true })
  readonly #to = new TextDecoder('utf-8', { ignoreBOM: true })

  constructor(inner: Inner) {
    this.#inner = inner
  }

  /** True while something of what was pushed is not out yet; half a character does not count. */
  get isHolding(): boolean {
    return this.#inner.isHolding || (this.#wide === undefined && this.#head.length > 0)
  }

  /** Takes the next bytes and gives what is settled. */
  push(chunk: Uint8Array): Uint8Array[] {
    return this.#take(chunk, false)
  }

  /** Takes the end of the input and gives the rest. */
  finish(): Uint8Array[] {
    return [...this.#take(new Uint8Array(0), true), ...this.#end()]
  }

  #take(chunk: Uint8Array, isFinal: boolean): Uint8Array[] {
    if (this.#wide !== undefined) return this.#pass(chunk)
    const head = new Uint8Array(this.#head.length + chunk.length)
    head.set(this.#head)
    head.set(chunk, this.#head.length)
    this.#head = head
    this.#wide = wideOf(head, isFinal)
    if (this.#wide === undefined) return []
    if (this.#wide === 'utf-16be') this.#from = new TextDecoder('utf-16be', { ignoreBOM: true })
    return this.#pass(head)
  }

  #pass(chunk: Uint8Array): Uint8Array[] {
    if (this.#wide === null) return [...this.#inner.push(chunk)]
    return this.#written(this.#inner.push(utf8(this.#from.decode(chunk, { stream: true }))))
  }

  #end(): Uint8Array[] {
    if (this.#wide === null || this.#wide === undefined) return [...this.#inner.finish()]
    const last = this.#written(this.#inner.push(utf8(this.#from.decode())))
    return [...last, ...this.#written(this.#inner.finish()), ...this.#written([], true)]
  }

  #written(parts: readonly Uint8Array[], isEnd = false): Uint8Array[] {
    const texts = parts.map((part) => this.#to.decode(part, { stream: true }))
    const text = texts.join('') + (isEnd ? this.#to.decode() : '')
    return text === '' ? [] : [toWide(text, this.#wide === 'utf-16be')]
  }
}

function toWide(text: string, isBig: boolean): Uint8Array {
  const bytes = new Uint8Array(2 * text.length)
  const view = new DataView(bytes.buffer)
  for (let at = 0; at < text.length; at++) view.setUint16(2 * at, text.charCodeAt(at), !isBig)
  return bytes
}
