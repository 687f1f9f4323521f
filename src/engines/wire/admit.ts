// The check that every message passes before anything is done with it.
import { Fault } from '#base'
import { envelopeBytes, faultBytes } from './define.ts'
import { isMessageName, messages, type MessageName } from './messages.ts'
import type { Phase, Role } from './roles.ts'

/** Requests of one peer under way at once. */
const mostUnderWay = 64

export interface Arrival {
  /** Name and body are attacker-controlled. */
  readonly name: string
  readonly body: unknown
  /** Bytes of its frame. */
  readonly size: number
  readonly self: Role
  /** Null before the peer has said hello. */
  readonly peer: Role | null
  readonly phase: Phase
  readonly underWay: number
}

/**
 * Checks a message against its row of the table and parses its body.
 * @throws Fault `message-unknown`, `message-not-yours`, `message-out-of-phase`, `locked`, `frame-oversized`,
 *   `message-invalid`, `busy`
 */
export function admit({ name, body, size, self, peer, phase, underWay }: Arrival): {
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
  if (size > kind.max + envelopeBytes) {
    throw new Fault('frame-oversized', `${name} came with ${size} bytes; it may have ${kind.max}`)
  }
  const parsed = kind.request.safeParse(body)
  if (!parsed.success) {
    const place = parsed.error.issues[0]?.path.join('.') ?? ''
    throw new Fault('message-invalid', `${name}: the field "${place}" has the wrong shape`)
  }
  if (underWay >= mostUnderWay) throw new Fault('busy', 'too many requests at once')
  return { name, request: parsed.data }
}

/** Bytes of the largest frame that `peer` may send to `self`: a message, an answer or a fault. Null: before its hello. */
export function largestFrame(self: Role, peer: Role | null): number {
  const sizes = Object.values(messages).map(({ from, to, phases, max, replyMax }) => {
    if (peer === null) return phases.includes('greeting') ? max : 0
    const asked = from.includes(peer) && to.includes(self) ? max : 0
    const answered = from.includes(self) && to.includes(peer) ? replyMax : 0
    return Math.max(asked, answered, faultBytes)
  })
  return Math.max(...sizes) + envelopeBytes
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
