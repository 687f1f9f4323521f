// Passkeys as the broker knows them: kept in the vault, recorded in the log, asked in the console.
import { Fault } from '#base'
import { Enrolment, Passkeys, type PasskeyChange } from '#consent'
import type { JournalEvent } from '#journal'
import { relyingParty } from '#receipts'
import type { Handlers, Passkey, ReplyOf, RequestOf } from '#wire'
import { openedOf, type House } from './house.ts'
import { append } from './journalling.ts'

/** Makes what the house keeps of passkeys; `house` is asked for once it stands. */
export function passkeysOf(
  { clock, random }: Pick<House, 'clock' | 'random'>,
  house: () => House,
): Pick<House, 'passkeys' | 'enrolment'> {
  const origin = (): string => originOf(house())
  const save = async (enrolled: RequestOf<'keeper.enrol'>): Promise<void> => {
    await house().programs.ask('keeper', 'keeper.enrol', enrolled)
  }
  const passkeys = new Passkeys({ clock, random, origin, save })
  const record = async (change: PasskeyChange): Promise<void> => {
    await openedOf(house()).log.append(changeEvent(change))
  }
  return { passkeys, enrolment: new Enrolment({ clock, random, origin, passkeys, record }) }
}

/** What the page may ask about passkeys, signed in or with a ticket. */
export function passkeyHandlers(house: House): Handlers {
  const { desk, passkeys, enrolment } = house
  return {
    'consent.decide': async ({ assertion, ...answer }) => {
      const isClick = assertion === undefined || answer.decision !== 'allow'
      desk.decide(answer, isClick ? 'console' : await passkeys.confirm(desk.requestOf(answer), assertion))
      return {}
    },
    'passkey.challenge': (asked) =>
      asked.to === 'sign-in' ? passkeys.challengeToEnter() : passkeys.challengeFor(desk.requestOf(asked)),
    'passkey.enter': async ({ assertion }) => {
      append(house, signInEvent(await passkeys.enter(assertion)))
      return {}
    },
    'passkey.task': ({ ticket }) => enrolment.task(ticket),
    'passkey.register': async ({ ticket, registration }) => ({
      confirm: await enrolment.register(ticket, registration),
    }),
    'passkey.confirm': async ({ ticket, assertion }) => {
      await enrolment.confirm(ticket, assertion)
      return {}
    },
  }
}

/** Offers a change, and the page where it is made. The ticket goes in the fragment, which no browser sends or logs. */
export async function offerChange(
  house: House,
  request: RequestOf<'passkey.offer'>,
): Promise<ReplyOf<'passkey.offer'>> {
  const { url } = await house.programs.ask('console', 'console.open', { bare: true })
  const { isDone, ...offer } = await house.enrolment.offer(request)
  return { ...offer, url: isDone ? null : `${url}#ticket=${offer.ticket}` }
}

function originOf({ consolePort }: House): string {
  if (consolePort === null) throw new Fault('console-unavailable', 'the console does not run')
  return `http://${relyingParty}:${consolePort}`
}

function changeEvent({ what, passkey, by, receipt }: PasskeyChange): JournalEvent {
  return { ...nameOf(passkey), what, by, ...(receipt !== null && { receipt }) }
}

function signInEvent(passkey: Passkey): JournalEvent {
  return { ...nameOf(passkey), what: 'sign-in' }
}

function nameOf({ fingerprint, label, algorithm, publicKey }: Passkey) {
  return { v: 1, kind: 'passkey', passkey: fingerprint, label, algorithm, publicKey } as const
}
