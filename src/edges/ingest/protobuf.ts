// Reads a protobuf message field by field, and writes fields of bytes.
import { concat, Fault } from '#base'

/** One field as it stands there. */
export interface Field {
  readonly number: number
  /** The field whole: tag, length and content. */
  readonly raw: Uint8Array
  /** Content of a field that has a length, else null. */
  readonly content: Uint8Array | null
  /** Value of a varint, else null. */
  readonly value: bigint | null
}

const mostFields = 100_000
const sizes: Readonly<Record<number, number>> = { 1: 8, 5: 4 }

/**
 * The fields of a message, in order.
 * @param bytes Attacker-controlled.
 * @throws Fault `message-invalid` for what is cut off, a group, or has too many fields.
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export function fieldsOf(bytes: Uint8Array): Field[] {
  const fields: Field[] = []
  for (let at = 0; at < bytes.length;) {
    const field = fieldAt(bytes, at)
    if (field === null || fields.length >= mostFields)
      throw new Fault('message-invalid', 'the body is no protobuf')
    fields.push(field)
    at += field.raw.length
  }
  return fields
}

/** The field with other content. */
export function fieldWith(field: Field, content: Uint8Array): Uint8Array {
  return content === field.content ? field.raw : bytesOf(field.number, content)
}

/** A field of bytes, a text or a message. */
export function bytesOf(number: number, content: Uint8Array): Uint8Array {
  return concat(varint(number * 8 + 2), varint(content.length), content)
}

function fieldAt(bytes: Uint8Array, start: number): Field | null {
  const tag = varintAt(bytes, start)
  if (tag === null || tag.value >= 2n ** 32n) return null
  const [number, type] = [Number(tag.value >> 3n), Number(tag.value & 7n)]
  if (number === 0) return null
  const field = (end: number, rest: Partial<Field>): Field | null =>
    end > bytes.length
      ? null
      : { number, raw: bytes.subarray(start, end), content: null, value: null, ...rest }
  const size = sizes[type]
  if (size !== undefined) return field(tag.end + size, {})
  const value = type === 0 || type === 2 ? varintAt(bytes, tag.end) : null
  if (value === null) return null
  if (type === 0) return field(value.end, { value: value.value })
  if (value.value > BigInt(bytes.length)) return null
  const end = value.end + Number(value.value)
  return field(end, { content: bytes.subarray(value.end, end) })
}

function varintAt(bytes: Uint8Array, start: number): { value: bigint; end: number } | null {
  let value = 0n
  for (let at = start; at < start + 10; at++) {
    const byte = bytes[at]
    if (byte === undefined) return null
    value |= BigInt(byte & 0x7f) << BigInt(7 * (at - start))
    if (byte < 0x80) return { value, end: at + 1 }
  }
  return null
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  return Uint8Array.of(...bytes, rest)
}
