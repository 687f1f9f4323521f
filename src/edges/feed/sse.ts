// Server-sent events, as far as the feed needs them: one line of data each, and nothing that is trusted.
import { Fault } from '#base'

/** Longest line in characters: a signed statement has less than half of that. */
const longestLine = 8192

/** Writes one event. @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function eventOf(data: string): string {
  return `data: ${data}\n\n`
}

/** Takes a stream apart, wherever its chunks are cut. */
export class EventReader {
  readonly #decoder = new TextDecoder()
  #rest = ''

  /**
   * @param chunk Attacker-controlled.
   * @returns The data of the events that have come to their end; comments and other fields are passed over.
   * @throws Fault `frame-oversized` for a line that is too long.
   */
  push(chunk: Uint8Array): string[] {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split('\n')
    this.#rest = lines.pop() ?? ''
    if (Math.max(this.#rest.length, ...lines.map(({ length }) => length)) > longestLine) {
      throw new Fault('frame-oversized', 'a line of the feed is too long')
    }
    return lines.flatMap((line) => (line.startsWith('data: ') ? [line.slice(6).trimEnd()] : []))
  }
}
