// keyreeve/winston: a format that redacts what winston logs.
import type { RecordRedactor } from '#redaction'
import { LineRedactor, marker } from './line.ts'
import { recordRedactor, type RecordLogOptions } from './record.ts'

/** What winston hands from format to format. */
export interface Info {
  level: string
  message: unknown
  [field: string | symbol]: unknown
}

/** A format, as `winston.format.combine` takes it. */
export interface Format {
  readonly options: object
  transform(info: Info): Info
}

/** winston looks here for the level, `level` itself may be coloured; and here for the finished text. */
const [plainLevel, finished] = [Symbol.for('level'), Symbol.for('message')]

/**
 * A format that redacts all fields, errors and the finished text: `format.combine(redactor(), format.json())`. It stands
 * best right before the format that makes the text; behind it, it redacts the text, where a name tells less of a value. What winston passes in is
 * not changed. What cannot be redacted is dropped, and a record of the same level says so.
 */
export function redactor(options: RecordLogOptions = {}): Format {
  const records = recordRedactor(options)
  const lines = new LineRedactor(options)
  return { options, transform: (info) => redactedText(redacted(info, records), lines) }
}

/** A text is made of numbers where the record had bytes. */
function redactedText(info: Info, lines: LineRedactor): Info {
  const text = info[finished]
  if (typeof text !== 'string') return info
  const redactedText = lines.redact(text)
  return redactedText === text ? info : { ...info, [finished]: redactedText }
}

function redacted(info: Info, records: RecordRedactor): Info {
  const output: unknown = records.redact<unknown>(info)
  const level = info[plainLevel]
  if (output === info) return info
  if (!isInfo(output)) return { level: info.level, message: marker, [plainLevel]: level, [finished]: marker }
  // A level names one of the logger's own: without it the record would get lost.
  if (output.level === marker) output.level = String(level)
  output[plainLevel] = level
  return output
}

function isInfo(value: unknown): value is Info {
  return typeof value === 'object' && value !== null && 'level' in value && 'message' in value
}
