// What the page may ask of the console. Answers come from our own origin, where the wire's table has checked them.
import type { ReplyOf, RequestOf } from '#wire'
import { send } from './session.ts'

export type State = ReplyOf<'status'> & { readonly vault: ReplyOf<'vault.status'> }
export type Grants = ReplyOf<'grant.list'>
export type Listed = ReplyOf<'log.list'>

const entriesAtOnce = 50

export async function readStatus(): Promise<State> {
  return (await send('GET', '/api/status')).json()
}

export async function listGrants(): Promise<Grants> {
  return (await send('GET', '/api/grants')).json()
}

/** Ends one grant, or all where no id is given. */
export async function revokeGrants(id?: string): Promise<ReplyOf<'grant.revoke'>> {
  const path = id === undefined ? '/api/grants/revoke-all' : `/api/grants/${id}/revoke`
  return (await send('POST', path, {})).json()
}

export function listNewest(): Promise<Listed> {
  return listLog('')
}

export function listOlder(than: number): Promise<Listed> {
  return listLog(`&before=${than}`)
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

async function listLog(more: string): Promise<Listed> {
  return (await send('GET', `/api/log?limit=${entriesAtOnce}${more}`)).json()
}
