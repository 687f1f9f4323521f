// The server's own log: one JSON object a line, with every text redacted. Who asked for what stands in the journal.
import type { Clock } from '#base'
import { redact } from '#redaction'

/** Values of a line. Texts may be attacker-controlled. */
type Fields = Readonly<Record<string, string | number | boolean | null>>

/** How much a line matters. */
type Level = 'info' | 'warning' | 'error'

/** Writes a line. */
export type Say = (level: Level, what: string, fields?: Fields) => void

const longestText = 2000

/** @param write Takes one line with its end. */
export function lineWriter(write: (line: string) => void, clock: Clock): Say {
  return (level, what, fields = {}) => {
    const clean = Object.entries(fields).map(([name, value]) => [name, harmless(value)])
    write(
      `${JSON.stringify({ time: new Date(clock.now()).toISOString(), level, what, ...Object.fromEntries(clean) })}\n`,
    )
  }
}

function harmless(value: Fields[string]): Fields[string] {
  return typeof value === 'string' ? redact(value.slice(0, longestText)).text : value
}
