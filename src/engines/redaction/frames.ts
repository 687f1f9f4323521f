// Frames of streamed events: Server-Sent Events, and JSON lines among them or instead of them.
import { utf8 } from '#base'
import { LineSplitter, type RawLine } from './lines.ts'

/** A line of an event; `raw` is `head`, `value` and `ending` as they came. */
export interface FieldLine {
  readonly raw: Uint8Array
  /** Name of the field; empty for a comment. */
  readonly name: string
  /** All before the value: name, colon and space. */
  readonly head: string
  readonly value: string
  readonly ending: string
}

/** An event, a comment between events, or a line of JSON; the empty line that ends an event is its last. */
export interface Frame {
  readonly lines: readonly FieldLine[]
}

/** Lines of one event, at most. */
const mostLines = 4096
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Reads frames. Null stands for one that was too long: nothing of it is kept.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export class FrameReader {
  readonly #splitter: LineSplitter
  readonly #longest: number
  #lines: FieldLine[] = []
  #length = 0
  /** The event so far was too long and is told of. */
  #isSkipping = false

  /** @param longest Bytes of one event. */
  constructor(longest: number) {
    this.#splitter = new LineSplitter(longest)
    this.#longest = longest
  }

  push(chunk: Uint8Array): (Frame | null)[] {
    return this.#splitter.push(chunk).flatMap((line) => this.#take(line))
  }

  finish(): (Frame | null)[] {
    const frames = this.#splitter.finish().flatMap((line) => this.#take(line))
    return [...frames, ...this.#dispatch()]
  }

  #take(raw: RawLine): (Frame | null)[] {
    if (raw === null || this.#isTooMuch(raw)) return this.#skip()
    const line = fieldLine(raw)
    const isEmpty = line.head === '' && line.value === ''
    if (this.#isSkipping) {
      this.#isSkipping = !isEmpty
      return []
    }
    if (this.#lines.length === 0 && standsAlone(line)) return [{ lines: [line] }]
    this.#lines.push(line)
    this.#length += raw.length
    return isEmpty ? this.#dispatch() : []
  }

  #isTooMuch(raw: Uint8Array): boolean {
    return this.#length + raw.length > this.#longest || this.#lines.length >= mostLines
  }

  #skip(): null[] {
    const wasSkipping = this.#isSkipping
    this.#isSkipping = true
    this.#lines = []
    this.#length = 0
    return wasSkipping ? [] : [null]
  }

  #dispatch(): Frame[] {
    const lines = this.#lines
    this.#lines = []
    this.#length = 0
    return lines.length > 0 ? [{ lines }] : []
  }
}

/** A line of JSON: all of it is value. */
function isRecord({ head, value }: FieldLine): boolean {
  return head === '' && /^\s*[[{]/.test(value)
}

/** The value of all `data` lines, and of a line of JSON; null where there is none. */
export function dataOf({ lines }: Frame): string | null {
  const values = lines.filter(isData).map(({ value }) => value)
  return values.length > 0 ? values.join('\n') : null
}

/** The event with other data: in the place of its first line of data, all else as it was. */
export function withData(
  { lines }: Frame,
  data: string,
  rest: (line: FieldLine) => Uint8Array,
): Uint8Array[] {
  const first = lines.findIndex(isData)
  return lines.flatMap((line, at) => {
    if (!isData(line)) return [rest(line)]
    return at === first ? [spelled(line, data)] : []
  })
}

/** How a stream spells its events. */
export interface Style {
  readonly isRecord: boolean
  readonly ending: string
}

/** How a frame that has data is spelled. */
export function styleOf({ lines }: Frame): Style {
  const line = lines.find(isData)
  return { isRecord: line !== undefined && isRecord(line), ending: line?.ending || '\n' }
}

/** An event of our own. `name` is that of its type, or null for none. */
export function newEvent({ isRecord, ending }: Style, name: string | null, data: string): Uint8Array {
  if (isRecord) return utf8(`${data}${ending}`)
  const event = name === null ? '' : `event: ${name}${ending}`
  return utf8(`${event}data: ${data.replaceAll('\n', `${ending}data: `)}${ending}${ending}`)
}

export function isData(line: FieldLine): boolean {
  return line.name === 'data' || isRecord(line)
}

function spelled({ head, ending }: FieldLine, data: string): Uint8Array {
  const lineEnd = ending === '' ? '\n' : ending
  return utf8(`${head}${data.replaceAll('\n', `${lineEnd}${head}`)}${ending}`)
}

/** A comment or a line of JSON, where no event has begun, waits for nothing. */
function standsAlone(line: FieldLine): boolean {
  return (line.name === '' && line.head !== '') || isRecord(line)
}

function fieldLine(raw: Uint8Array): FieldLine {
  const text = decoder.decode(raw)
  const ending = /\r?\n$|\r$/.exec(text)?.[0] ?? ''
  const line = text.slice(0, text.length - ending.length)
  if (/^\s*[[{]/.test(line)) return { raw, name: '', head: '', value: line, ending }
  const colon = line.indexOf(':')
  const nameEnd = colon < 0 ? line.length : colon
  const valueAt = colon >= 0 && line[colon + 1] === ' ' ? colon + 2 : nameEnd + 1
  const name = line.slice(0, nameEnd).replace(/^\ufeff/, '')
  return { raw, name, head: line.slice(0, valueAt), value: line.slice(valueAt), ending }
}
