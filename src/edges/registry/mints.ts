// What one mint needs of the registry, in one commit for many: the proof is used up, the device is active, its join state moves on.
import type { Milliseconds } from '#base'
import { grouped } from './grouped.ts'
import { usedOf, type Used } from './once.ts'
import type { Engine, Store } from './store.ts'

/** A mint whose proof has been checked. */
export interface MintAttempt {
  /** Identifies the proof: thumbprint and `jti`. */
  readonly proofKey: string
  /**
   * A few characters that follow from the proof, and that proofs of one time have in common: they then lie side by side on
   * disk. Attacker-controlled.
   */
  readonly proofPlace: string
  /** From when on the proof is refused for its age; at most an hour ahead. */
  readonly staleAt: Milliseconds
  /** Id of the device that the proof's key belongs to. */
  readonly device: string
  /** What the device sends of its last mint; empty for its first. */
  readonly joinState: string
  /** What it is to send with the next; not empty. */
  readonly nextJoinState: string
}

/**
 * `minted`: go on. `replayed`: the proof was used or is stale. `diverged`: the join state is neither the present nor the one
 * before, so two hold the key; the device is quarantined. `refused`: no such device, or it is not active.
 */
export type MintOutcome = 'minted' | 'replayed' | 'diverged' | 'refused'

/** Mints of enrolled devices. */
export interface Mints {
  /**
   * Uses up a proof for a device.
   * @returns Exactly one `minted` for a proof, over all processes. Durable on return.
   * @throws Fault `usage` if `staleAt` is too far ahead, `database-…`, `disk-full`
   */
  take(attempt: MintAttempt): Promise<MintOutcome>
}

/** What an engine is asked: a proof's key and where it is remembered, and the device's states. */
export interface MintStep extends Used {
  readonly device: string
  readonly joinState: string
  readonly nextJoinState: string
}

const longestPlace = 16

/** Makes the register. */
export function makeMints({ now, mint }: Store): Mints {
  const take = grouped((steps: readonly MintStep[]) => takeFirsts(steps, mint, now()), 400)
  return {
    async take({ proofKey, proofPlace, staleAt, device, joinState, nextJoinState }) {
      const used = usedOf('mint', proofKey, { now: now(), staleAt })
      if (used === null) return 'replayed'
      const hash = `${proofPlace.slice(0, longestPlace)}${used.hash}`
      return take({ ...used, hash, device, joinState, nextJoinState })
    },
  }
}

/** Of many with one proof the first takes it, whatever comes of it; the others need not be asked about. */
async function takeFirsts(
  steps: readonly MintStep[],
  mint: Engine['mint'],
  now: Milliseconds,
): Promise<MintOutcome[]> {
  const firsts = new Map<string, MintStep>()
  for (const step of steps) if (!firsts.has(step.hash)) firsts.set(step.hash, step)
  const asked = [...firsts.values()]
  const given = await mint(asked, now)
  const outcomes = new Map(asked.map((step, at) => [step, given[at]!]))
  return steps.map((step) => outcomes.get(step) ?? 'replayed')
}
