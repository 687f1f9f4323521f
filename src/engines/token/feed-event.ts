// What the server tells every gateway: which tokens to deny from now on, in order, each signed; and heartbeats.
import { Fault } from '#base'
import type { KeyObject } from 'node:crypto'
import { assertSigned, decodeCompact, keyNamed, signCompact, type Sign } from './jws.ts'
import { countOf, objectOf, textOf, type Members } from './members.ts'

const typ = 'keyreeve-feed+jwt'
const longestEvent = 2048

/** Which tokens are denied. Times are seconds; `issuedBefore` itself counts as before. */
export type Deny =
  | {
      readonly kind: 'device'
      readonly id: string
      /** The least that is still good. */ readonly minEpoch: number
    }
  | { readonly kind: 'user' | 'tenant' | 'key'; readonly id: string; readonly issuedBefore: number }
  | { readonly kind: 'all'; readonly issuedBefore: number }

/** One step of the feed. Times are seconds. */
export interface FeedEvent {
  readonly iss: string
  /** Counts denials; a heartbeat repeats that of the last one. */
  readonly seq: number
  readonly iat: number
  /** None in a heartbeat. */
  readonly denial?: Denial
}

/** What is denied, and until when anybody needs to remember it. */
export interface Denial {
  readonly deny: Deny
  /** Seconds: every token that it is about has expired by then. */
  readonly until: number
}

/** Signs an event. */
export function signFeedEvent(
  { iss, seq, iat, denial }: FeedEvent,
  kid: string,
  sign: Sign,
): Promise<string> {
  return signCompact({ alg: 'ES256', typ, kid }, { iss, seq, iat, ...denial }, sign)
}

/**
 * Checks an event. That `seq` goes up by one is for whoever follows.
 * @param text Attacker-controlled.
 * @throws Fault `token-invalid`
 */
export async function checkFeedEvent(
  text: string,
  expected: { readonly issuer: string; readonly keyOf: (kid: string) => KeyObject | undefined },
): Promise<FeedEvent> {
  const decoded = decodeCompact(text, { longest: longestEvent, typ })
  const { claims } = decoded
  const event = {
    iss: textOf(claims, 'iss'),
    seq: countOf(claims, 'seq'),
    iat: countOf(claims, 'iat'),
    ...(claims['deny'] !== undefined && {
      denial: { deny: readDeny(objectOf(claims, 'deny')), until: countOf(claims, 'until') },
    }),
  }
  if (event.iss !== expected.issuer) throw new Fault('token-invalid', 'the event is of another issuer')
  await assertSigned(decoded, keyNamed(decoded, expected.keyOf))
  return event
}

/**
 * Reads what is denied, from a feed or from a register.
 * @throws Fault `token-invalid`
 */
export function readDeny(members: Members): Deny {
  const { kind } = members
  switch (kind) {
    case 'device':
      return { kind, id: textOf(members, 'id'), minEpoch: countOf(members, 'minEpoch') }
    case 'user':
    case 'tenant':
    case 'key':
      return { kind, id: textOf(members, 'id'), issuedBefore: countOf(members, 'issuedBefore') }
    case 'all':
      return { kind, issuedBefore: countOf(members, 'issuedBefore') }
    default:
      throw new Fault('token-invalid', 'the event denies nothing that is known')
  }
}
