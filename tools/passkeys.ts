// Enrols passkeys of software in a throwaway house, for tests and benches: the terminal is real, the page is played.
import type { Assertion } from '#receipts'
import type { Card, ReplyOf, Scope } from '#wire'
import { SoftwarePasskey } from '../src/engines/receipts/software-passkey.test.ts'
import { PersonTerminal } from './pty.ts'
import { askConsole, ConsoleSession, type Trial } from './trial.ts'

export { SoftwarePasskey }

/** Where a link leads, and the ticket in it. */
export interface Ticket {
  readonly port: number
  readonly ticket: string
  readonly terminal: PersonTerminal
}

export function originOf(port: number): string {
  return `http://console.localhost:${port}`
}

/** Types `keyreeve passkey …` and the code, and reads the link. */
export async function ticketOf(trial: Trial, command: string): Promise<Ticket> {
  const terminal = new PersonTerminal(trial, `passkey ${command} --no-open`)
  await terminal.prove()
  const [, port, ticket = ''] = await terminal.sees(/console\.localhost:(\d+)\/#ticket=([\w-]{43})/)
  return { port: Number(port), ticket, terminal }
}

/** Makes a passkey count; `by` vouches for it where there are others. Gives the recovery code, if one was shown. */
export async function enrol(
  { port, ticket, terminal }: Ticket,
  passkey: SoftwarePasskey,
  by?: SoftwarePasskey,
): Promise<string | null> {
  const origin = originOf(port)
  const task = (await askConsole(port, '/api/passkeys/task', { ticket })) as ReplyOf<'passkey.task'>
  const registration = passkey.register({ challenge: task.challenge, origin })
  const body = { ticket, registration }
  const { confirm } = (await askConsole(port, '/api/passkeys/register', body)) as ReplyOf<'passkey.register'>
  if (confirm !== null && by !== undefined) {
    const assertion = by.sign({ challenge: confirm.challenge, origin })
    await askConsole(port, '/api/passkeys/confirm', { ticket, assertion })
  }
  await terminal.sees(/fingerprint {2}/)
  await terminal.ended
  return /Recovery code: ([0-9a-z-]+)/.exec(terminal.screen)?.[1] ?? null
}

/** Signs in by a passkey. */
export async function enter(port: number, passkey: SoftwarePasskey): Promise<ConsoleSession> {
  const asked = await askConsole(port, '/api/passkeys/challenge', {})
  const { challenge } = asked as ReplyOf<'passkey.challenge'>
  const assertion = passkey.sign({ challenge, origin: originOf(port) })
  return ConsoleSession.enter(port, '/api/passkeys/enter', { assertion })
}

/** What must be signed to allow a card so far. */
export async function challengeOf(
  person: ConsoleSession,
  { id, digest }: Card,
  scope: Scope = 'once',
): Promise<string> {
  const asked = await person.post(`/api/consent/${id}/challenge`, { digest, scope })
  return (asked as ReplyOf<'passkey.challenge'>).challenge
}

/** Sends Allow with what a passkey signed. */
export function allow(person: ConsoleSession, { id, digest }: Card, assertion?: Assertion): Promise<unknown> {
  const answer = { digest, decision: 'allow', scope: 'once' }
  return person.post(`/api/consent/${id}`, { ...answer, ...(assertion !== undefined && { assertion }) })
}
