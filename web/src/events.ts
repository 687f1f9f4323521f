// Reads server-sent events from a stream that fetch opened.
import type { Card, RequestOf } from '#wire'

/** What the console sends, one line of data for each. */
export type PageEvent =
  | { readonly name: 'hello'; readonly data: { readonly now: number } }
  | { readonly name: 'card'; readonly data: Card }
  | { readonly name: 'ended'; readonly data: RequestOf<'consent.ended'> }
  | { readonly name: 'changed' | 'alive' | 'signed-out' | 'gone'; readonly data: object }

/** Gives the events as they come. @see HTML Living Standard, section 9.2.6 */
export async function* eventsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<PageEvent> {
  let held = ''
  for await (const text of textOf(stream)) {
    const blocks = (held + text).split('\n\n')
    held = blocks.pop() ?? ''
    for (const block of blocks) yield eventOf(block)
  }
}

async function* textOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield decoder.decode(value, { stream: true })
  }
}

function eventOf(block: string): PageEvent {
  const event: PageEvent = JSON.parse(block.slice(block.indexOf(': ') + 2))
  return event
}
