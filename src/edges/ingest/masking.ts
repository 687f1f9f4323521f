// Masks what records hold: texts, and values that have a name.
import { redact, RecordRedactor, type ScanOptions } from '#redaction'

/** A value as telemetry has it. */
export type Scalar = string | number | boolean

export interface Pair {
  readonly key: string
  readonly value: Scalar
}

/** Masks the parts of records. Throws where the redactor fails: then the record must go. */
export class RecordMask {
  readonly #options: ScanOptions
  readonly #records: RecordRedactor

  constructor(options: ScanOptions) {
    this.#options = options
    this.#records = new RecordRedactor({
      ...options,
      onFault(fault) {
        throw fault
      },
    })
  }

  /** A text with its secrets masked; the very same where there are none. */
  text(text: string): string {
    return redact(text, this.#options).text
  }

  /** Bytes that are a text; invalid UTF-8 becomes U+FFFD. */
  bytes(bytes: Uint8Array): string {
    return redact(bytes, this.#options).text
  }

  /** True if nothing is found in bytes of whatever kind. */
  isClean(bytes: Uint8Array): boolean {
    const { findings } = redact(bytes, this.#options)
    return findings.length === 0
  }

  /** A value whose name may say that it is a credential. */
  pair({ key, value }: Pair): Pair {
    const masked: unknown = this.#records.redact(new Map([[key, value]]))
    const [entry] = masked instanceof Map ? [...masked] : []
    const [newKey, newValue]: readonly unknown[] = entry ?? []
    if (typeof newKey !== 'string' || !isScalar(newValue))
      return { key: this.text(key), value: '[keyreeve: value dropped]' }
    return { key: newKey, value: newValue }
  }
}

export function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
