// A page's stream of events: server-sent events, read by fetch so that the bearer goes in a header and not in the URL.
import type { ServerResponse } from 'node:http'
import { headersOfAll } from './answers.ts'
import type { BoardEvent, Watcher } from './board.ts'

/** Bytes that may wait for a page that does not read: two of the largest cards. */
const mostUnread = 8 * 1024 * 1024

/**
 * Turns a response into a stream of events. A page that does not read is cut off, and loads all again when it comes back.
 * @see HTML Living Standard, section 9.2, "Server-sent events"
 */
export function streamTo(response: ServerResponse, isSignedIn: () => boolean): Watcher {
  response.writeHead(200, { ...headersOfAll, 'content-type': 'text/event-stream; charset=utf-8' })
  return {
    send(event: BoardEvent): void {
      // JSON has no raw line feeds, so each event is one line of data.
      response.write(`data: ${JSON.stringify(event)}\n\n`)
      if (response.writableLength > mostUnread) response.destroy()
    },
    isSignedIn,
    end(): void {
      response.end()
    },
  }
}
