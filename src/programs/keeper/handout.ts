// The keys of the product itself, handed to the broker at each unlock, and the passkeys that are enrolled.
import { Secret, utf8, type Clock, type Random } from '#base'
import { journalKeys, keyFor, type Vault } from '#vault'
import type { Enrolled, ReplyOf } from '#wire'

interface Sources {
  readonly clock: Clock
  readonly random: Random
}

/** What the broker needs to write the log, to prove its grants and to know its passkeys. */
export function handOut(
  vault: Vault,
  sources: Sources,
): Pick<ReplyOf<'keeper.unlock'>, 'journal' | 'grantsKey' | 'enrolled'> {
  const { days, ...journal } = journalKeys(vault, sources)
  return {
    journal: { ...journal, days: [...days] },
    grantsKey: keyFor('keyreeve/grants/v1', vault, sources.random),
    enrolled: enrolledIn(vault),
  }
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
