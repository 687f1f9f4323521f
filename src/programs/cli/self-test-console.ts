// A person's browser as the self-test plays it: the console's HTTP interface, signed in with a one-time code.
import { Fault, utf8 } from '#base'
import { messages, type Card } from '#wire'
import { request, type IncomingMessage } from 'node:http'
import * as z from 'zod'

const mostBytes = 8 * 1024 * 1024
/** The row of the table that carries cards has their shape. */
const cardEvent = z.object({
  name: z.literal('card'),
  data: z.custom<Card>((card) => messages['consent.card'].request.safeParse(card).success),
})
const signedIn = z.object({ token: z.string().min(1).max(1000) })

export interface ConsoleSession {
  /** The next request that a person would see. */
  nextCard(): Promise<Card>
  allowOnce(card: Card): Promise<void>
  close(): void
}

interface Caller {
  readonly port: number
  readonly token: string | null
}

/**
 * Signs in with the link of `console.open` and listens for cards.
 * @throws Fault `code-invalid`, `console-unavailable`
 */
export async function openConsole({ url }: { url: string }): Promise<ConsoleSession> {
  const { port, hash } = new URL(url)
  const code = new URLSearchParams(hash.slice(1)).get('code')
  const entry: Caller = { port: Number(port), token: null }
  const body = await textOf(await call(entry, 'POST', '/api/login', { code }))
  const { token } = signedIn.parse(JSON.parse(body))
  const session: Caller = { port: Number(port), token }
  const events = await call(session, 'GET', '/api/events')
  const cards = cardsOf(events)
  return {
    async nextCard() {
      const { value } = await cards.next()
      if (value === undefined) throw new Fault('console-unavailable', 'the console ended its events')
      return value
    },
    async allowOnce({ id, digest }) {
      await textOf(
        await call(session, 'POST', `/api/consent/${id}`, { digest, decision: 'allow', scope: 'once' }),
      )
    },
    close: () => void events.destroy(),
  }
}

/** `console.localhost` has no address outside a browser: the loopback address is dialled under that name. */
function call(
  { port, token }: Caller,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<IncomingMessage> {
  const text = body === undefined ? '' : JSON.stringify(body)
  const headers = {
    host: `console.localhost:${port}`,
    'x-keyreeve': '1',
    ...(token !== null && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && { 'content-type': 'application/json', 'content-length': utf8(text).length }),
  }
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const { statusCode = 0 } = response
      if (statusCode >= 200 && statusCode < 300) return resolve(response)
      response.destroy()
      reject(new Fault('console-unavailable', `the console answered ${path} with ${statusCode}`))
    })
    sent.once('error', (cause) =>
      reject(new Fault('console-unavailable', 'the console is silent', { cause })),
    )
    sent.end(text)
  })
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of response.setEncoding('utf8')) {
    text += String(part)
    if (text.length > mostBytes) throw new Fault('console-unavailable', 'the console says too much')
  }
  return text
}

/** Reads server-sent events. @see HTML Living Standard, section 9.2 */
async function* cardsOf(response: IncomingMessage): AsyncGenerator<Card, undefined> {
  let held = ''
  for await (const part of response.setEncoding('utf8')) {
    const blocks = (held + String(part).replaceAll('\r\n', '\n')).split('\n\n')
    held = blocks.pop() ?? ''
    if (held.length > mostBytes) throw new Fault('console-unavailable', 'the console says too much')
    for (const block of blocks) {
      const card = cardOf(block)
      if (card !== null) yield card
    }
  }
  return undefined
}

/** Each event is one line, `data: {"name": …, "data": …}`; only cards matter here. */
function cardOf(block: string): Card | null {
  const event = cardEvent.safeParse(JSON.parse(block.slice(block.indexOf(':') + 1)))
  return event.success ? event.data.data : null
}
