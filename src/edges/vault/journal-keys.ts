// The keys of a log, kept in the vault: made when they are first needed, new for each opening where a nonce is counted.
import { base64url, concat, Secret, type Clock, type Random } from '#base'
import { hkdfSync } from 'node:crypto'
import type { Vault } from './vault.ts'

/** What new keys are made of, and what says which day it is. */
interface Sources {
  readonly clock: Clock
  readonly random: Random
}

/** The key of one day, counted from 1970-01-01 UTC; base64url of 32 bytes. */
export interface DayKey {
  readonly day: number
  readonly key: string
}

/** All that a log needs to be opened, as text, since it may travel to another program. */
export interface JournalKeys {
  readonly origin: string
  /** Ed25519 private key, PKCS #8, base64url. */
  readonly signingKey: string
  /** 16 bytes, base64url. */
  readonly session: string
  /** 32 bytes, base64url. */
  readonly ratchet: string
  /** Today's and tomorrow's. */
  readonly days: readonly DayKey[]
}

const dayLength = 86_400_000
const keyBytes = 32
const sessionBytes = 16

/** DER of an Ed25519 private key up to its 32-byte seed. @see RFC 8410, section 7 */
const pkcs8Prefix = Uint8Array.from([
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
])

/**
 * The keys of the vault's log. Each call begins a new session: nonces are counted within one, and one session in two
 * hands would mean the same nonce twice.
 */
export function journalKeys(vault: Vault, sources: Sources): JournalKeys {
  const { clock, random } = sources
  const session = random(sessionBytes)
  const today = Math.floor(clock.now() / dayLength)
  using signing = kept(vault, { kind: 'journal-key', name: 'signing' }, () =>
    concat(pkcs8Prefix, random(keyBytes)),
  )
  using audit = kept(vault, { kind: 'journal-key', name: 'audit' }, () => random(keyBytes))
  return {
    origin: `keyreeve/${vault.id.slice(0, 8)}`,
    signingKey: signing.lend(base64url),
    session: base64url(session),
    ratchet: derive(audit, session, 'keyreeve/journal/ratchet/v1'),
    days: dayKeys(vault, [today, today + 1], sources),
  }
}

/** Keys of the days asked for. Only today's and tomorrow's are made; a past day without one was shredded. */
export function dayKeys(vault: Vault, days: readonly number[], { clock, random }: Sources): DayKey[] {
  const today = Math.floor(clock.now() / dayLength)
  return days.flatMap((day) => {
    const place = { kind: 'journal-day', name: String(day) }
    const isDue = day === today || day === today + 1
    if (!isDue && !vault.has(place.kind, place.name)) return []
    using key = kept(vault, place, () => random(keyBytes))
    return [{ day, key: key.lend(base64url) }]
  })
}

/** A key for one purpose, base64url. From a record and not from the vault's own key, which a rekey replaces. */
export function keyFor(purpose: string, vault: Vault, random: Random): string {
  using root = kept(vault, { kind: 'internal', name: 'derivation' }, () => random(keyBytes))
  return derive(root, new Uint8Array(0), purpose)
}

interface Place {
  readonly kind: string
  readonly name: string
}

/** A value of the vault, made and put there if it is not yet. */
function kept(vault: Vault, { kind, name }: Place, make: () => Uint8Array): Secret {
  if (vault.has(kind, name)) return vault.get(kind, name)
  const value = Secret.own(make())
  vault.put({ kind, name, value })
  return value
}

/** @see RFC 5869 */
function derive(key: Secret, salt: Uint8Array, purpose: string): string {
  return key.lend((bytes) => base64url(new Uint8Array(hkdfSync('sha256', bytes, salt, purpose, keyBytes))))
}
