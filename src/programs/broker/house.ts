// What the flows of the broker share: the rooms, and what is open after the vault was unlocked.
import { Fault, type Clock, type Random } from '#base'
import type { ConsentDesk, Enrolment, GrantStore, Passkeys } from '#consent'
import type { Log, LogKeys } from '#journal'
import type { Policies } from '#policy'
import type { Assurance, Caller, Channel, KeySlotInfo, Pending, Places, ReplyOf, Role } from '#wire'
import type { Config } from './config.ts'
import type { Phantoms } from './phantoms.ts'
import type { Programs } from './programs.ts'
import type { Questions } from './questions.ts'
import type { Tickets } from './tickets.ts'
import type { Usage } from './usage.ts'

/** Open from the first unlock on. The log stays open through a lock, so that the lock itself is recorded. */
export interface Opened {
  readonly log: Log
  readonly keys: LogKeys
  readonly grants: GrantStore
  /** Keyed hash of a secret's name, for the log. */
  readonly tag: (name: string) => string
  /** Seals what undoes edits; base64url. */
  readonly editsKey: () => string
  readonly assurance: Assurance
  readonly slot: KeySlotInfo
}

export interface House {
  readonly places: Places
  readonly config: Config
  readonly clock: Clock
  readonly random: Random
  readonly desk: ConsentDesk
  readonly passkeys: Passkeys
  readonly enrolment: Enrolment
  readonly programs: Programs
  readonly clients: Set<Client>
  readonly startedAt: number
  readonly version: string
  /** The person's own folder. */
  readonly userFolder: string
  readonly repairs: readonly string[]
  /** Where the socket is bound. */
  readonly socket: string
  /** Port that the console got when it was last started, or null. */
  consolePort: number | null
  readonly phantoms: Phantoms
  readonly usage: Usage
  /** Where the gateway listens, and the key that secrets are sealed to for it; null before it first ran. */
  gatewayPort: number | null
  gatewayKey: string | null
  /** Why it does not listen, though there are routes. */
  gatewayProblem: Fault | null
  policies: Policies
  /** Why what the folder of policies holds is not in force; null where it is. */
  policyProblem: Fault | null
  readonly questions: Questions
  phase: 'locked' | 'ready'
  opened: Opened | null
  /** Under way, so that two unlocks at the same moment open it once. */
  opening: Promise<Opened> | null
  /** Why the vault is not open, for `status` and `doctor`. */
  lockedBecause: Fault | null
  /** Requests refused while locked, journalled as one count at the next unlock. */
  refusedWhileLocked: number
  /** Intents whose outcome is not written yet. */
  readonly outcomes: { readonly intent: number; readonly signal: AbortSignal }[]
  /** Ends the broker. */
  stop: () => void
}

/** Every answer that an assistant may wait for. */
export type Answer = Exclude<
  ReplyOf<'file.read' | 'file.list' | 'file.search' | 'file.edit' | 'call.prepare' | 'access.request'>,
  Pending
>

/** One connection of the unix socket, after its greeting. */
export interface Client {
  readonly id: string
  readonly role: Role
  readonly channel: Channel
  readonly pid: number
  /** Null for roles that are no assistant. */
  caller: Caller | null
  /** Settles when all that can be proved of the caller is in `caller`. */
  proved: Promise<void>
  readonly tickets: Tickets<Answer>
}

/** What is open, or the refusal that everything gets before the first unlock. @throws Fault `locked` */
export function openedOf(house: House): Opened {
  if (house.opened === null || house.phase === 'locked') throw new Fault('locked', 'the vault is locked')
  return house.opened
}
