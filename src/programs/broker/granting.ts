// Grants in use: made of approvals, held to their very objects, and ended, each with its event in the log.
import { Fault } from '#base'
import type { Approval } from '#consent'
import type { Grant, Identity } from '#wire'
import { openedOf, type House } from './house.ts'
import { append, flushOutcomes, recordGrant, type Asker } from './journalling.ts'

/** What a grant is made of: the object as the reader identified it. */
export interface GrantObject {
  readonly path: string
  readonly identity: Identity
}

/** Keeps what a person approved for longer than once. @throws Fault as `GrantStore.add` */
export function keepGrant(house: House, asker: Asker, wish: GrantObject & { approval: Approval }): Grant {
  const { caller, session } = asker
  const grant = openedOf(house).grants.add({ ...wish, caller, session, policy: house.policies.version })
  recordGrant(house, grant)
  return grant
}

/** Ends grants and records why. @returns How many were in force. @throws Fault as `GrantStore.end` */
export function endGrants(house: House, isOver: (grant: Grant) => boolean, reason: string): number {
  const ended = house.opened?.grants.end(isOver) ?? []
  // What left before stands in the log before.
  flushOutcomes(house)
  for (const { id } of ended) append(house, { v: 1, kind: 'revocation', grant: id, reason })
  return ended.length
}

/** A folder's grant is held to that very folder: the reader opens beneath it only if it is still the same one. */
export function rootOf(grant: Grant | null): GrantObject | null {
  return grant === null || grant.scope === 'file-session'
    ? null
    : { path: grant.path, identity: grant.identity }
}

/**
 * Does what rests on a grant, and not a moment longer than the grant is in force, however busy the reader is, nor longer
 * than somebody waits for it.
 * @param work Given the signal that ends it.
 * @throws Fault `grant-revoked` as soon as it ends, or if another folder stands where the granted one was.
 */
export async function underGrant<Result>(
  house: House,
  asker: Asker,
  grant: Grant | null,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  if (grant === null) return work(asker.signal)
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const stop = (): void => reject(revoked())
  const signal = openedOf(house).grants.whileInForce(grant.id)
  // Before the work hears of it: what the assistant is told is that the grant ended, not that the work was taken back.
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  try {
    return await Promise.race([ended, work(AbortSignal.any([signal, asker.signal]))])
  } catch (thrown) {
    throw isAnotherFolder(grant, thrown) ? forget(house, grant) : thrown
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** Uses a grant, which may have ended since the decision. A file's grant is held to that very file. */
export function useGrant(house: House, grant: Grant | null, { device, inode }: Identity): void {
  if (grant === null) return
  const { identity, scope } = grant
  const isSame = identity.device === device && identity.inode === inode
  if (scope === 'file-session' && !isSame) throw forget(house, grant)
  if (!openedOf(house).grants.touch(grant.id)) throw revoked()
}

/**
 * The last look before anything is handed out. What was revoked since the intent was written does not leave: from here
 * to the socket nothing else runs in between.
 */
export function requireInForce(house: House, grant: Grant | null): void {
  if (grant !== null && !openedOf(house).grants.isInForce(grant.id)) throw revoked()
}

function isAnotherFolder({ scope }: Grant, thrown: unknown): boolean {
  return scope !== 'file-session' && thrown instanceof Fault && thrown.code === 'path-outside-root'
}

/** Ends a grant whose object is gone. */
function forget(house: House, grant: Grant): Fault {
  endGrants(house, ({ id }) => id === grant.id, 'object-changed')
  return new Fault('grant-revoked', 'something else stands where the granted object was')
}

function revoked(): Fault {
  return new Fault('grant-revoked', 'the grant that this rested on has ended')
}
