// Redacts the bodies of requests, whatever they are made of. Where the redactor fails, nothing is sent.
import { asFault, concat, Fault, utf8 } from '#base'
import { redact, redactStream, StreamRedactor, type RecordRedactor } from '#redaction'
import { recordRedactor, type RecordLogOptions } from './record.ts'

/** Bodies of all kinds that a fetch takes. */
export class BodyRedactor {
  readonly #options: RecordLogOptions
  readonly #records: RecordRedactor

  constructor(options: RecordLogOptions) {
    this.#options = options
    this.#records = recordRedactor(options)
  }

  /**
   * A body of the same kind; iterables become iterables of bytes.
   * @throws Fault `redaction-failed` for a body of no known kind, and on the redactor's own fault.
   */
  async body<Body>(body: Body): Promise<Body>
  async body(body: unknown): Promise<unknown> {
    if (isForm(body)) return this.#form(body)
    if (body instanceof Blob) return this.#blob(body)
    return this.bodyAtOnce(body)
  }

  /** As `body`, for all kinds but forms and blobs. @throws Fault */
  bodyAtOnce(body: unknown): unknown {
    if (body === null || body === undefined) return body
    if (typeof body === 'string') return this.#guarded(() => redact(body, this.#options).text)
    if (ArrayBuffer.isView(body))
      return this.bytes(new Uint8Array(body.buffer, body.byteOffset, body.byteLength))
    if (body instanceof ArrayBuffer) return this.bytes(new Uint8Array(body))
    if (body instanceof URLSearchParams) return this.#guarded(() => this.#parameters(body))
    if (body instanceof ReadableStream) return body.pipeThrough(redactStream(this.#options))
    if (isIterable(body)) return this.pieces(body)
    throw new Fault('redaction-failed', 'a body of unknown kind cannot be redacted')
  }

  /** Bytes that are no text stay as they are. @throws Fault */
  bytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    return this.#guarded(() => {
      const stream = new StreamRedactor(this.#options)
      return concat(...stream.push(bytes), ...stream.finish())
    })
  }

  /** Pieces of text or bytes, as bytes. @throws Fault */
  async *pieces(body: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<Uint8Array> {
    const stream = new StreamRedactor(this.#options)
    const iterator = Symbol.asyncIterator in body ? body[Symbol.asyncIterator]() : body[Symbol.iterator]()
    let next = await iterator.next()
    try {
      for (; next.done !== true; next = await iterator.next()) {
        const piece = next.value
        yield* this.#guarded(() => stream.push(piece instanceof Uint8Array ? piece : utf8(String(piece))))
      }
    } finally {
      // Not awaited, as a loop would: the body of undici's fetch settles only when the answer is there.
      if (next.done !== true) Promise.resolve(iterator.return?.()).catch(() => {})
    }
    yield* this.#guarded(() => stream.finish())
  }

  async #blob(blob: Blob): Promise<Blob> {
    const bytes = new Uint8Array(await blob.arrayBuffer())
    return new Blob([this.bytes(bytes)], { type: blob.type })
  }

  async #form(form: FormData): Promise<FormData> {
    // Of the same class: undici takes only its own, which need not be the global one.
    const copy: unknown = Reflect.construct(form.constructor, [])
    if (!isForm(copy)) throw new Fault('redaction-failed', 'a form of unknown kind cannot be redacted')
    for (const [name, value] of form.entries()) {
      if (typeof value === 'string') copy.append(name, this.#field(name, value))
      else copy.append(name, await this.#blob(value), value.name)
    }
    return copy
  }

  #parameters(parameters: URLSearchParams): URLSearchParams {
    return new URLSearchParams([...parameters].map(([name, value]) => [name, this.#field(name, value)]))
  }

  #field(name: string, value: string): string {
    return String(Object.values(this.#records.redact({ [name]: value }))[0])
  }

  #guarded<Result>(act: () => Result): Result {
    try {
      return act()
    } catch (thrown) {
      if (thrown instanceof Fault) throw asFault(thrown)
      // The cause is left out: it may hold what was to be sent.
      throw new Fault('redaction-failed', 'a body could not be redacted and was not sent')
    }
  }
}

/** A form of this or another implementation. */
export function isForm(value: unknown): value is FormData {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.prototype.toString.call(value) === '[object FormData]'
  )
}

function isIterable(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof value !== 'object' || value === null) return false
  return Symbol.asyncIterator in value || Symbol.iterator in value
}
