// What a person and a script see: data on stdout, talk on stderr, one JSON document a result with --json.
import { shown } from '#base'
import type { Writable } from 'node:stream'
import { styleText } from 'node:util'

export type Style = 'plain' | 'strong' | 'faint' | 'good' | 'warning' | 'bad'

export interface Terminal {
  readonly isJson: boolean
  /** A result: `document` with --json, else `lines`. */
  data(document: object, lines: readonly string[]): void
  /** A sentence beside the result, for people only. */
  say(text: string): void
  /** Colours text where stdout shows colours; NO_COLOR and pipes get it plain. */
  styled(text: string, style: Style): string
}

const formats = {
  plain: 'reset',
  strong: 'bold',
  faint: 'dim',
  good: 'green',
  warning: 'yellow',
  bad: 'red',
} as const satisfies Record<Style, Parameters<typeof styleText>[0]>

export function terminalOf({
  stdout,
  stderr,
  isJson,
}: {
  stdout: Writable
  stderr: Writable
  isJson: boolean
}): Terminal {
  return {
    isJson,
    data: (document, lines) =>
      stdout.write(
        isJson ? `${JSON.stringify({ v: 1, ...document })}\n` : lines.map((line) => `${line}\n`).join(''),
      ),
    say: (text) => void (isJson || stderr.write(`${text}\n`)),
    styled: (text, style) => (style === 'plain' ? text : styleText(formats[style], text, { stream: stdout })),
  }
}

/** Rows as aligned columns, two spaces apart. Cells are foreign text and are made harmless here. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [head, ...rows.map((row) => row.map((cell) => shown(cell, 200)))]
  const widths = head.map((_, column) => Math.max(...cells.map((row) => width(row[column] ?? ''))))
  return cells.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - width(cell)))
      .join('  ')
      .trimEnd(),
  )
}

/** Names and values in two aligned columns. */
export function pairs(rows: readonly (readonly [name: string, value: string])[]): string[] {
  const longest = Math.max(0, ...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(longest)}  ${value}`)
}

/** Columns that text takes at most: what is not ASCII counts twice, since wide scripts take two. */
export function width(text: string): number {
  return Array.from(text).reduce((sum, char) => sum + (char > '~' ? 2 : 1), 0)
}

/** A moment as people read it, in UTC. */
export function moment(time: number): string {
  return new Date(time).toISOString().replace('T', ' ').slice(0, 19)
}
