// Signs the page in and asks the console. The bearer is in this module's memory and nowhere else: a reload forgets it.
import type { ReplyOf, RequestOf } from '#wire'
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

/** Takes a code or ticket out of the address, so that neither history nor a screenshot keeps it. */
export function takeFromAddress(name: 'code' | 'ticket'): string | null {
  const found = /^#(code|ticket)=([\w-]+)$/.exec(location.hash)
  if (found?.[1] !== name) return null
  history.replaceState(null, '', '/')
  return found[2] ?? null
}

/** Changes a one-time code into a bearer. */
export async function signIn(code: string): Promise<void> {
  try {
    await enter('/api/login', { code })
  } catch (thrown) {
    isLinkStale.value = bearer === ''
    throw thrown
  }
}

/** Passkeys that may sign in, and what one of them must sign. */
export async function challengeToEnter(): Promise<ReplyOf<'passkey.challenge'>> {
  return (await send('POST', '/api/passkeys/challenge', {})).json()
}

/** Changes a passkey's answer into a bearer. */
export async function signInWith(assertion: RequestOf<'passkey.enter'>['assertion']): Promise<void> {
  await enter('/api/passkeys/enter', { assertion })
}

async function enter(path: string, body: object): Promise<void> {
  const { token }: { token: string } = await (await send('POST', path, body)).json()
  bearer = token
  isLinkStale.value = false
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
  const said: Partial<Record<'code' | 'message' | 'next', string>> = await response.json().catch(() => ({}))
  const { code = 'internal', message = response.statusText, next = '' } = said
  if (code === 'code-invalid' && path !== '/api/login') signOut()
  return new Refused(response.status, code, { message, next })
}
