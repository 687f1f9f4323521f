// OTLP in protobuf: masks every text, and every attribute by its name, and writes lengths anew.
import { concat, Fault, utf8 } from '#base'
import type { RecordMask, Scalar } from './masking.ts'
import { bytesOf, fieldsOf, fieldWith, type Field } from './protobuf.ts'

/** What a field of a message holds. Fields that are not named hold no text, or are not known. */
type Kind = 'text' | 'id' | 'attribute' | 'value' | { readonly [number: number]: Kind }

const attribute = 'attribute'
const resource = { 1: attribute } as const
const scope = { 1: 'text', 2: 'text', 3: attribute } as const
const event = { 2: 'text', 3: attribute } as const
const link = { 1: 'id', 2: 'id', 3: 'text', 4: attribute } as const
const status = { 2: 'text' } as const
const logRecord = { 3: 'text', 5: 'value', 6: attribute, 9: 'id', 10: 'id', 12: 'text' } as const
const span = {
  1: 'id',
  2: 'id',
  3: 'text',
  4: 'id',
  5: 'text',
  9: attribute,
  11: event,
  13: link,
  15: status,
} as const

/** @see https://github.com/open-telemetry/opentelemetry-proto/tree/main/opentelemetry/proto */
export const otlpMessages = {
  logs: { 1: { 1: resource, 2: { 1: scope, 2: logRecord, 3: 'text' }, 3: 'text' } },
  traces: { 1: { 1: resource, 2: { 1: scope, 2: span, 3: 'text' }, 3: 'text' } },
} as const satisfies Record<string, Kind>

const deepest = 64

/**
 * Masks the body of a request. A field that is not known is left out if something is found in it.
 * @param bytes Attacker-controlled.
 * @throws Fault `message-invalid` for what is no protobuf or nested too deep; whatever the redactor throws.
 */
export function maskProtobuf(
  bytes: Uint8Array,
  message: keyof typeof otlpMessages,
  mask: RecordMask,
): Uint8Array {
  return new Walk(mask).message(bytes, otlpMessages[message], 0)
}

class Walk {
  readonly #mask: RecordMask

  constructor(mask: RecordMask) {
    this.#mask = mask
  }

  message(bytes: Uint8Array, kinds: Exclude<Kind, string>, depth: number): Uint8Array {
    if (depth > deepest) throw new Fault('message-invalid', 'the message is nested too deep')
    return concat(...fieldsOf(bytes).map((field) => this.#field(field, kinds[field.number], depth)))
  }

  #field(field: Field, kind: Kind | undefined, depth: number): Uint8Array {
    const { content } = field
    if (content === null || kind === 'id') return this.#isId(field) ? field.raw : this.#unknown(field)
    switch (kind) {
      case undefined:
        return this.#unknown(field)
      case 'text':
        return fieldWith(field, this.#text(content))
      case 'attribute':
        return fieldWith(field, this.#attribute(content, depth + 1))
      case 'value':
        return fieldWith(field, this.#value(content, depth + 1))
      default:
        return fieldWith(field, this.message(content, kind, depth + 1))
    }
  }

  /** A number, or an id of 8 or 16 bytes. */
  #isId({ content }: Field): boolean {
    return content === null || content.length <= 16
  }

  #unknown({ raw, content }: Field): Uint8Array {
    return content === null || this.#mask.isClean(content) ? raw : new Uint8Array(0)
  }

  #text(content: Uint8Array): Uint8Array {
    return this.#mask.isClean(content) ? content : utf8(this.#mask.bytes(content))
  }

  /** KeyValue: 1 key, 2 value. Where either comes twice, readers take the last: then both are masked alone. */
  #attribute(bytes: Uint8Array, depth: number): Uint8Array {
    const [key, value, ...others] = fieldsOf(bytes)
    const isPair = key?.number === 1 && value?.number === 2 && others.length === 0
    const single = isPair && value.content !== null ? singleOf(value.content) : null
    if (!isPair || key.content === null || single === null) {
      return this.message(bytes, { 1: 'text', 2: 'value' }, depth)
    }
    const name = decoder.decode(key.content)
    const pair = this.#mask.pair({ key: name, value: single })
    const newKey = pair.key === name ? key.raw : fieldWith(key, utf8(pair.key))
    const stays = pair.value === single
    return concat(newKey, stays ? value.raw : fieldWith(value, stringValue(String(pair.value))))
  }

  /** AnyValue: 1 string, 2 bool, 3 int, 4 double, 5 list, 6 attributes, 7 bytes. */
  #value(bytes: Uint8Array, depth: number): Uint8Array {
    return this.message(bytes, { 1: 'text', 5: { 1: 'value' }, 6: { 1: attribute } }, depth)
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** What an AnyValue holds, if that is one string, number or bytes and nothing else. */
function singleOf(bytes: Uint8Array): Scalar | null {
  const [field, ...others] = fieldsOf(bytes)
  if (field === undefined || others.length > 0) return null
  if ((field.number === 1 || field.number === 7) && field.content !== null)
    return decoder.decode(field.content)
  return (field.number === 3 || field.number === 2) && field.value !== null ? Number(field.value) : null
}

function stringValue(text: string): Uint8Array {
  return bytesOf(1, utf8(text))
}
