// Signs the page in and asks the console. The bearer is in this module's memory and nowhere else: a reload forgets it.
import { signal } from '@preact/signals'

export type Connection = 'connecting' | 'live' | 'lost' | 'signed-out'

export const connection = signal<Connection>('connecting')

/** True if the person came with a link that does not work. */
export const isLinkStale = signal(false)

let bearer = ''

/** A refusal of the console, in its own words. */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  readonly next: string

  constructor(status: number, code: string, { message, next }: { message: string; next: string }) {
    super(message)
    this.status = status
    this.code = code
    this.next = next
  }
}

/** Takes the code out of the address, so that neither history nor a screenshot keeps it. */
export function takeCode(): string | null {
  const code = /^#code=([\w-]+)$/.exec(location.hash)?.[1]
  if (code === undefined) return null
  history.replaceState(null, '', '/')
  return code
}

/** Changes a one-time code into a bearer. */
export async function signIn(code: string): Promise<void> {
  try {
    const response = await send('POST', '/api/login', { code })
    const { token }: { token: string } = await response.json()
    bearer = token
    isLinkStale.value = false
  } catch (thrown) {
    isLinkStale.value = bearer === ''
    throw thrown
  }
}

export function isSignedIn(): boolean {
  return bearer !== ''
}

export function signOut(): void {
  bearer = ''
  connection.value = 'signed-out'
}

/** Opens the stream of events. */
export async function listen(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const { body } = await send('GET', '/api/events', undefined, signal)
  if (body === null) throw new TypeError('a stream without a body')
  return body
}

/** Asks the console. @throws Refused, or the browser's own TypeError if nobody answers. */
export async function send(
  method: 'GET' | 'POST',
  path: string,
  body?: object,
  signal?: AbortSignal,
): Promise<Response> {
  const response = await fetch(path, {
    method,
    headers: {
      'x-keyreeve': '1',
      ...(bearer !== '' && { authorization: `Bearer ${bearer}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
    credentials: 'omit',
    redirect: 'error',
  })
  if (response.ok) return response
  throw await refusalOf(response, path)
}

async function refusalOf(response: Response, path: string): Promise<Refused> {
  if (response.status === 401 && path !== '/api/login') signOut()
  const said: Partial<Record<'code' | 'message' | 'next', string>> = await response.json().catch(() => ({}))
  const { code = 'internal', message = response.statusText, next = '' } = said
  return new Refused(response.status, code, { message, next })
}
