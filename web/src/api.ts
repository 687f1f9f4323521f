// What the page may ask of the console. Answers come from our own origin, where the wire's table has checked them.
import type { Caller, ReplyOf, RequestOf } from '#wire'
import { send } from './session.ts'

export type State = ReplyOf<'status'> & { readonly vault: ReplyOf<'vault.status'> }
export type Grants = ReplyOf<'grant.list'>

/** Older entries begin before `older`; null where there are none. */
export type Listed = ReplyOf<'log.list'> & { readonly older: number | null }

/** What the console found when it verified the log's files. */
export interface Verified {
  readonly ok: boolean
  readonly size: number
  readonly root: string
  readonly publishedThrough: number
  readonly problems: readonly { readonly code: string; readonly index?: number; readonly detail: string }[]
  readonly at: number
}

/** A pair of programs that asked under a name. */
export interface SeenProgram {
  readonly executable: string
  readonly launcher: string | null
  readonly firstAt: number
  readonly lastAt: number
  readonly allowed: number
  readonly denied: number
}

export interface SeenAssistant {
  readonly name: string
  readonly connected: readonly Caller[]
  readonly programs: readonly SeenProgram[]
  readonly grants: number
}

const entriesAtOnce = '50'

export async function readStatus(): Promise<State> {
  return (await send('GET', '/api/status')).json()
}

/** Routes, what was used of them today, and the phantoms in force. */
export type Routes = Pick<ReplyOf<'route.list'>, 'routes'> & ReplyOf<'usage.list'> & ReplyOf<'phantom.list'>

export async function readRoutes(): Promise<Routes> {
  return (await send('GET', '/api/routes')).json()
}

/** Stops every call, or lets calls go on. */
export async function switchCalls(to: 'stop' | 'resume'): Promise<object> {
  return (await send('POST', `/api/routes/${to}`, {})).json()
}

export async function revokePhantom(id: string): Promise<ReplyOf<'phantom.revoke'>> {
  return (await send('POST', `/api/phantoms/${id}/revoke`, {})).json()
}

export async function listGrants(): Promise<Grants> {
  return (await send('GET', '/api/grants')).json()
}

/** Ends one grant, or all where no id is given. */
export async function revokeGrants(id?: string): Promise<ReplyOf<'grant.revoke'>> {
  const path = id === undefined ? '/api/grants/revoke-all' : `/api/grants/${id}/revoke`
  return (await send('POST', path, {})).json()
}

/** @param query What to look for; empty for all. */
export async function listLog(query: URLSearchParams, before?: number): Promise<Listed> {
  const asked = new URLSearchParams({ ...Object.fromEntries(query), limit: entriesAtOnce })
  if (before !== undefined) asked.set('before', String(before))
  return (await send('GET', `/api/log?${asked}`)).json()
}

export async function exportLog(query: URLSearchParams): Promise<Blob> {
  return (await send('GET', `/api/log/export?${query}`)).blob()
}

export async function verifyLog(): Promise<Verified> {
  return (await send('GET', '/api/log/verification')).json()
}

export async function proveEntry(index: number): Promise<{ readonly proof: string }> {
  return (await send('GET', `/api/log/${index}/proof`)).json()
}

export async function listSecrets(): Promise<ReplyOf<'secret.list'>> {
  return (await send('GET', '/api/secrets')).json()
}

export async function listAssistants(): Promise<{ readonly assistants: readonly SeenAssistant[] }> {
  return (await send('GET', '/api/assistants')).json()
}

export async function readDevice(): Promise<ReplyOf<'device.status'>> {
  return (await send('GET', '/api/device')).json()
}

/** Deletes its key. */
export async function forgetDevice(): Promise<void> {
  await send('POST', '/api/device/forget', {})
}

export async function listPasskeys(): Promise<ReplyOf<'passkey.list'>> {
  return (await send('GET', '/api/passkeys')).json()
}

/** What a passkey must sign to allow a card so far. */
export async function challengeToAllow({
  id,
  ...asked
}: Omit<RequestOf<'consent.decide'>, 'decision' | 'assertion'>): Promise<ReplyOf<'passkey.challenge'>> {
  return (await send('POST', `/api/consent/${id}/challenge`, asked)).json()
}

/** What a ticket from the terminal is for. */
export async function readTask(ticket: string): Promise<ReplyOf<'passkey.task'>> {
  return (await send('POST', '/api/passkeys/task', { ticket })).json()
}

export async function registerPasskey(
  ticket: string,
  registration: RequestOf<'passkey.register'>['registration'],
): Promise<ReplyOf<'passkey.register'>> {
  return (await send('POST', '/api/passkeys/register', { ticket, registration })).json()
}

export async function confirmChange(
  ticket: string,
  assertion: RequestOf<'passkey.confirm'>['assertion'],
): Promise<void> {
  await send('POST', '/api/passkeys/confirm', { ticket, assertion })
}

export async function sendAnswer({ id, ...answer }: RequestOf<'consent.decide'>): Promise<void> {
  await send('POST', `/api/consent/${id}`, answer)
}
