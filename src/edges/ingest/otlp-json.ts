// OTLP in JSON: masks every text, and every attribute by its name.
import { Fault } from '#base'
import { isScalar, type RecordMask, type Scalar } from './masking.ts'

const deepest = 64
/** Hexadecimal ids of traces and spans are no secrets, whatever policy holds. */
const ids = new Set(['traceId', 'spanId', 'parentSpanId'])
const isId = /^[0-9A-Fa-f]{16}(?:[0-9A-Fa-f]{16})?$/
/** Fields of an AnyValue that hold one value. @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
const scalars = ['stringValue', 'boolValue', 'intValue', 'doubleValue', 'bytesValue'] as const

type Members = Readonly<Record<string, unknown>>

/**
 * Masks the body of a request. Names, numbers and ids stay, and so does the shape.
 * @param text Attacker-controlled.
 * @throws Fault `message-invalid` for what is no JSON or nested too deep; whatever the redactor throws.
 */
export function maskJson(text: string, mask: RecordMask): string {
  const body = parsed(text)
  const written = JSON.stringify(masked(body, mask, 0))
  // As it came where nothing was found: numbers of nanoseconds are too large to be read and written again.
  return written === JSON.stringify(body) ? text : written
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Fault('message-invalid', 'the body is no JSON', { cause })
  }
}

function masked(value: unknown, mask: RecordMask, depth: number): unknown {
  if (depth > deepest) throw new Fault('message-invalid', 'the body is nested too deep')
  if (typeof value === 'string') return mask.text(value)
  if (Array.isArray(value)) return value.map((item: unknown) => masked(item, mask, depth + 1))
  if (!isMembers(value)) return value
  return isAttribute(value) ? maskedAttribute(value, mask, depth) : maskedMembers(value, mask, depth)
}

function maskedMembers(value: Members, mask: RecordMask, depth: number): Members {
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const stays = ids.has(name) && typeof inner === 'string' && isId.test(inner)
      return [mask.text(name), stays ? inner : masked(inner, mask, depth + 1)]
    }),
  )
}

function maskedAttribute(attribute: Attribute, mask: RecordMask, depth: number): Members {
  const { key, value, ...rest } = attribute
  const single = singleOf(value)
  if (single === null) return { key: mask.text(key), value: masked(value, mask, depth + 1), ...rest }
  const pair = mask.pair({ key, value: single })
  const stays = pair.value === single
  return { key: pair.key, value: stays ? value : { stringValue: String(pair.value) }, ...rest }
}

interface Attribute extends Members {
  readonly key: string
  readonly value: Members
}

function isAttribute(value: Members): value is Attribute {
  return typeof value['key'] === 'string' && isMembers(value['value'])
}

/** What an AnyValue holds, if that is one value and nothing else. */
function singleOf(value: Members): Scalar | null {
  const names = Object.keys(value)
  const held = scalars.map((name) => value[name]).find((inner) => inner !== undefined)
  return names.length === 1 && isScalar(held) ? held : null
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
