// keyreeve/jsonl: writes records as JSON lines, redacted.
import type { RecordRedactor } from '#redaction'
import { LineRedactor } from './line.ts'
import { recordRedactor, type RecordLogOptions } from './record.ts'

/** What lines are written to: a stream, a sealed log, anything that takes text. */
export interface LineDestination {
  write(line: string): unknown
}

/** Takes records, one at a time. */
export interface RecordWriter {
  /** Writes one record as one line. Throws only what the destination throws. */
  write(record: unknown): void
}

/**
 * A writer of JSON lines that redacts fields, texts and errors. A `bigint` becomes a string, an error an object of its
 * name, message, stack and cause, what refers to itself `[circular]`, and what JSON cannot say null. A record that cannot
 * be redacted is dropped, and a line says so.
 */
export function redactor(destination: LineDestination, options: RecordLogOptions = {}): RecordWriter {
  const records = recordRedactor(options)
  const lines = new LineRedactor(options)
  return {
    write(record) {
      destination.write(lineOf(record, records, lines))
    },
  }
}

function lineOf(record: unknown, records: RecordRedactor, lines: LineRedactor): string {
  try {
    // Once more as a line: what a `toJSON` gave, and what only the fields together tell.
    return lines.redact(`${stringify(records.redact<unknown>(record))}\n`)
  } catch {
    return lines.drop('{\n')
  }
}

interface Shown {
  readonly value: object
  /** What JSON is made of in its place. */
  readonly shown: object
}

function stringify(record: unknown): string {
  const above: Shown[] = []
  const text: string | undefined = JSON.stringify(
    record,
    function (this: object, _, value: unknown): unknown {
      if (typeof value === 'bigint') return String(value)
      if (typeof value !== 'object' || value === null) return value
      // `this` holds the value: what stands behind it on the way down is done.
      while (above.length > 0 && above.at(-1)?.shown !== this) above.pop()
      if (above.some((one) => one.value === value)) return '[circular]'
      const shown = value instanceof Error ? fieldsOf(value) : value
      above.push({ value, shown })
      return shown
    },
  )
  return text ?? 'null'
}

function fieldsOf(error: Error): object {
  const { name, message, stack, cause } = error
  const shown = { name, message, stack, ...(cause !== undefined && { cause }) }
  return Object.assign(shown, Object.fromEntries(Object.entries(error)))
}
