// What servers tell every gateway: which tokens to deny from now on, each signed, each in its place; and that they live.
import { Fault, type Milliseconds } from '#base'
import type { KeyObject } from 'node:crypto'
import { assertSigned, decodeCompact, keyNamed, signCompact, type Decoded, type Sign } from './jws.ts'
import { countOf, objectOf, textOf, type Members } from './members.ts'

const limits = { longest: 4096, typ: 'keyreeve-feed+jwt' } as const

/** Which tokens are denied. Times are seconds; `issuedBefore` itself counts as before. */
export type Deny =
  | {
      readonly kind: 'device'
      readonly id: string
      /** The least that is still good. */ readonly minEpoch: number
    }
  | { readonly kind: 'user' | 'tenant' | 'key'; readonly id: string; readonly issuedBefore: number }
  | { readonly kind: 'all'; readonly issuedBefore: number }

/**
 * A step of the feed. `start` opens each answer to a gateway: it repeats the gateway's nonce, what follows begins after
 * place `base`, and whoever has all up to `seq` has what the server has. `deny` goes up by one each time, over all
 * servers. `early` is a denial that is not durable yet, and so has no place. `beat` says that the server lives, and how
 * far it is.
 */
export type FeedEvent =
  | { readonly kind: 'start'; readonly nonce: string; readonly base: number; readonly seq: number }
  | ({ readonly kind: 'deny'; readonly seq: number } & Denial)
  | ({ readonly kind: 'early' } & Denial)
  | { readonly kind: 'beat'; readonly seq: number }

/** An event that was checked. Whether it is in its place, and no recording, is for whoever follows. */
export type HeardFeedEvent = FeedEvent & {
  /** When it was signed, by the server's clock. */
  readonly at: Milliseconds
}

/** What is denied, and until when anybody needs to remember it. */
export interface Denial {
  readonly deny: Deny
  /** Seconds: every token that it is about has expired by then. */
  readonly until: number
}

/** Signs an event. Its `iat` has fractions, so that gateways can measure clocks by it. */
export function signFeedEvent(
  event: FeedEvent,
  { issuer, kid, now }: { readonly issuer: string; readonly kid: string; readonly now: Milliseconds },
  sign: Sign,
): Promise<string> {
  return signCompact({ alg: 'ES256', typ: limits.typ, kid }, { iss: issuer, iat: now / 1000, ...event }, sign)
}

/** The key that a text says it is signed with; nothing is checked yet. @throws Fault `token-invalid` */
export function feedKeyOf(text: string): string {
  return textOf(decodeCompact(text, limits).header, 'kid')
}

/**
 * Checks an event.
 * @param text Attacker-controlled.
 * @throws Fault `token-invalid`
 */
export async function checkFeedEvent(
  text: string,
  expected: { readonly issuer: string; readonly keyOf: (kid: string) => KeyObject | undefined },
): Promise<HeardFeedEvent> {
  const decoded = decodeCompact(text, limits)
  if (textOf(decoded.claims, 'iss') !== expected.issuer) {
    throw new Fault('token-invalid', 'the event is of another issuer')
  }
  const event = read(decoded)
  await assertSigned(decoded, keyNamed(decoded, expected.keyOf))
  return event
}

function read({ claims }: Decoded): HeardFeedEvent {
  const at = momentOf(claims)
  const { kind } = claims
  switch (kind) {
    case 'start':
      return {
        kind,
        nonce: textOf(claims, 'nonce'),
        base: countOf(claims, 'base'),
        seq: countOf(claims, 'seq'),
        at,
      }
    case 'deny':
      return { kind, seq: countOf(claims, 'seq'), ...denialOf(claims), at }
    case 'early':
      return { kind, ...denialOf(claims), at }
    case 'beat':
      return { kind, seq: countOf(claims, 'seq'), at }
    default:
      throw new Fault('token-invalid', 'the event is of no known kind')
  }
}

function denialOf(claims: Members): Denial {
  return { deny: readDeny(objectOf(claims, 'deny')), until: countOf(claims, 'until') }
}

function momentOf({ iat }: Members): Milliseconds {
  if (typeof iat === 'number' && iat >= 0 && iat < 1e11) return Math.round(iat * 1000)
  throw new Fault('token-invalid', 'claim iat is missing or no time')
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
