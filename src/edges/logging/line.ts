// Redacts the lines of a log. A line that cannot be redacted is dropped, and a line says so in its place.
import { Fault } from '#base'
import { redact, unredacted, type ScanOptions } from '#redaction'

/** What every adapter takes. */
export interface LogOptions extends ScanOptions {
  /** Hears of a fault of the redactor itself, which holds nothing of what was logged. May not throw. */
  readonly onFault?: (fault: Fault) => void
}

/** Stands where something was dropped since it could not be redacted. */
export const marker = unredacted.dropped

/** The line that stands for one that was dropped: a record of pino's and everybody's shape. Level 50 is `error`. */
const markerLine = JSON.stringify({ level: 50, msg: marker })

/** In what JSON holds of a Buffer, also as JSON within JSON; its two fields come in either order. */
const bufferHint = 'Buffer'
const bufferBytes = /(?<=\bdata\\*":)\[[\d,]+\]/g
/** What JSON holds of any other array of bytes: its indices and values. */
const arrayHint = '{"0":'
const arrayBytes = /\{"0":\d+(?:,"\d+":\d+)*\}/g

/** Redacts lines, each by itself. */
export class LineRedactor {
  readonly #options: LogOptions

  constructor(options: LogOptions) {
    this.#options = options
  }

  /**
   * The line with secrets masked, or the very same where there are none. JSON stays JSON. Never throws.
   * @param line Attacker-controlled, with or without its line feed.
   */
  redact(line: string): string {
    try {
      const shown = hasBytes(line) ? this.#withoutBytes(line) : line
      const { text, findings } = redact(shown, this.#options)
      return findings.length === 0 ? shown : this.#checked(shown, text)
    } catch {
      return this.drop(line)
    }
  }

  /** What stands for a line that is dropped; tells of the fault. */
  drop(line: string): string {
    tell(this.#options.onFault)
    const dropped = line.startsWith('{') ? markerLine : marker
    return line.endsWith('\n') ? `${dropped}\n` : dropped
  }

  /** Bytes are numbers in JSON: no detector sees through that. Those that hold a secret go altogether. */
  #withoutBytes(line: string): string {
    const isFound = (bytes: Iterable<string>): boolean =>
      redact(Uint8Array.from(bytes, Number), this.#options).findings.length > 0
    return line
      .replaceAll(bufferBytes, (list) => (isFound(list.slice(1, -1).split(',')) ? '[]' : list))
      .replaceAll(arrayBytes, (list) => (isFound(list.match(/(?<=:)\d+/g) ?? []) ? '{}' : list))
  }

  /** A line of JSON that is none any more would be lost to whoever reads the log. */
  #checked(line: string, text: string): string {
    return line.startsWith('{') && isJson(line) && !isJson(text) ? this.drop(line) : text
  }
}

let isTelling = false

/**
 * Tells whoever listens of a fault. A listener that fails does not break the app, and one that logs through what failed
 * is not told again.
 */
export function tell(
  onFault: LogOptions['onFault'],
  fault: Fault = new Fault('redaction-failed', 'what was logged could not be redacted and was dropped'),
): void {
  if (isTelling) return
  isTelling = true
  try {
    onFault?.(fault)
  } catch {
    // There is nobody left to tell.
  } finally {
    isTelling = false
  }
}

function hasBytes(line: string): boolean {
  return line.includes(bufferHint) || line.includes(arrayHint)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
