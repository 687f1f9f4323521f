// The keys of the product itself: records of the vault, made when first needed, handed to the broker at each unlock.
import { base64url, concat, Secret, utf8, type Clock, type Random } from '#base'
import type { Vault } from '#vault'
import type { Enrolled, ReplyOf } from '#wire'
import { hkdfSync } from 'node:crypto'

interface Sources {
  readonly clock: Clock
  readonly random: Random
}

type DayKey = ReplyOf<'keeper.days'>['days'][number]

const dayLength = 86_400_000
const keyBytes = 32
const sessionBytes = 16

/** DER of an Ed25519 private key up to its 32-byte seed. @see RFC 8410, section 7 */
const pkcs8Prefix = Uint8Array.from([
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
])

/**
 * What the broker needs to write the log and to prove its grants. Each call begins a new session: nonces are counted
 * within one, and one session in two hands would mean the same nonce twice.
 */
export function handOut(
  vault: Vault,
  sources: Sources,
): Pick<ReplyOf<'keeper.unlock'>, 'journal' | 'grantsKey' | 'enrolled'> {
  const { clock, random } = sources
  const session = random(sessionBytes)
  const today = Math.floor(clock.now() / dayLength)
  using signing = kept(vault, { kind: 'journal-key', name: 'signing' }, () =>
    concat(pkcs8Prefix, random(keyBytes)),
  )
  using audit = kept(vault, { kind: 'journal-key', name: 'audit' }, () => random(keyBytes))
  return {
    journal: {
      origin: `keyreeve/${vault.id.slice(0, 8)}`,
      signingKey: text(signing),
      session: base64url(session),
      ratchet: derive(audit, session, 'keyreeve/journal/ratchet/v1'),
      days: dayKeys(vault, [today, today + 1], sources),
    },
    grantsKey: keyFor('keyreeve/grants/v1', vault, random),
    enrolled: enrolledIn(vault),
  }
}

/** A key of the device for one purpose. From a record and not from the vault's own key, which a rekey replaces. */
export function keyFor(purpose: string, vault: Vault, random: Random): string {
  using root = kept(vault, { kind: 'internal', name: 'derivation' }, () => random(keyBytes))
  return derive(root, new Uint8Array(0), purpose)
}

/** Keys of the days asked for. Only today's and tomorrow's are made; a past day without one was shredded. */
export function dayKeys(vault: Vault, days: readonly number[], { clock, random }: Sources): DayKey[] {
  const today = Math.floor(clock.now() / dayLength)
  return days.flatMap((day) => {
    const place = { kind: 'journal-day', name: String(day) }
    const isDue = day === today || day === today + 1
    if (!isDue && !vault.has(place.kind, place.name)) return []
    using key = kept(vault, place, () => random(keyBytes))
    return [{ day, key: text(key) }]
  })
}

const enrolment = { kind: 'internal', name: 'passkeys' } as const

/** Passkeys lie in the vault, where nobody swaps one, takes one away or puts an older list back unseen. */
function enrolledIn(vault: Vault): Enrolled {
  if (!vault.has(enrolment.kind, enrolment.name)) return { passkeys: [], recovery: null }
  using kept = vault.get(enrolment.kind, enrolment.name)
  const enrolled: Enrolled = kept.lend((bytes) => JSON.parse(new TextDecoder().decode(bytes)))
  return enrolled
}

/** Keeps what is enrolled, in place of what was. */
export function enrol(vault: Vault, enrolled: Enrolled): void {
  using value = Secret.own(utf8(JSON.stringify(enrolled)))
  vault.put({ ...enrolment, value })
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

function text(secret: Secret): string {
  return secret.lend(base64url)
}
