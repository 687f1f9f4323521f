// The check that every message passes before anything is done with it.
import { Fault } from '#base'
import { isMessageName, messages, type MessageName } from './messages.ts'
import type { Phase, Role } from './roles.ts'

/** Requests of one peer under way at once. */
const mostUnderWay = 64

export interface Arrival {
  /** Name and body are attacker-controlled. */
  readonly name: string
  readonly body: unknown
  readonly self: Role
  /** Null before the peer has said hello. */
  readonly peer: Role | null
  readonly phase: Phase
  readonly underWay: number
}

/**
 * Checks a message against its row of the table and parses its body.
 * @throws Fault `message-unknown`, `message-not-yours`, `message-out-of-phase`, `locked`, `message-invalid`, `busy`
 */
export function admit({ name, body, self, peer, phase, underWay }: Arrival): {
  name: MessageName
  request: unknown
} {
  if (!isMessageName(name)) throw new Fault('message-unknown', 'no such message')
  const kind = messages[name]
  if (!kind.to.includes(self)) throw new Fault('message-not-yours', `${name} is not for this program`)
  checkPhase(name, peer === null ? 'greeting' : phase)
  if (peer !== null && !kind.from.includes(peer)) {
    throw new Fault('message-not-yours', `${name} is not for the role "${peer}"`)
  }
  const parsed = kind.request.safeParse(body)
  if (!parsed.success) {
    const place = parsed.error.issues[0]?.path.join('.') ?? ''
    throw new Fault('message-invalid', `${name}: the field "${place}" has the wrong shape`)
  }
  if (underWay >= mostUnderWay) throw new Fault('busy', 'too many requests at once')
  return { name, request: parsed.data }
}

/** A message that only came in the wrong moment is refused politely; anything else means a broken or hostile peer. */
export function endsConnection(fault: Fault): boolean {
  return fault.code !== 'locked' && fault.code !== 'busy'
}

function checkPhase(name: MessageName, phase: Phase): void {
  const { phases } = messages[name]
  if (phases.includes(phase)) return
  if (phase === 'locked' && phases.includes('ready')) throw new Fault('locked', 'the vault is locked')
  throw new Fault('message-out-of-phase', `${name} is not taken in the phase "${phase}"`)
}
