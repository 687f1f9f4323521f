// What a person may ask of the broker, by command line or console alike.
import { Fault } from '#base'
import type { Handlers, ReplyOf, RequestOf } from '#wire'
import { listEdits, undoEdit } from './editing.ts'
import { examine, statusOf } from './health.ts'
import { endGrants } from './granting.ts'
import { openedOf, type House } from './house.ts'
import { routeHandlers } from './routes.ts'
import { showPolicies } from './policy-change.ts'
import { lock } from './unlocking.ts'

/** The handlers that command line and console share. */
export function personHandlers(house: House) {
  return {
    ...routeHandlers(house),
    status: () => statusOf(house),
    doctor: async () => ({ checks: await examine(house) }),
    'vault.status': () => vaultStatus(house),
    'vault.lock': async () => {
      await lock(house)
      return {}
    },
    'passkey.list': () => ({ passkeys: [...house.passkeys.list] }),
    'secret.list': () => house.programs.ask('keeper', 'secret.list', {}),
    'grant.list': () => ({ grants: openedOf(house).grants.list() }),
    'grant.revoke': (request) => revoke(house, request),
    'edit.list': () => listEdits(house),
    'edit.undo': (request) => undoEdit(house, request),
    'policy.show': () => showPolicies(house),
    'log.list': (request) => listLog(house, request),
    'log.show': ({ index }) => openedOf(house).log.read(index),
  } satisfies Handlers
}

async function vaultStatus(house: House): Promise<ReplyOf<'vault.status'>> {
  const { exists, unlocked, assurance, slots, secrets } = await house.programs.ask(
    'keeper',
    'keeper.status',
    {},
  )
  return { exists, unlocked, assurance, slots, secrets }
}

/** Ends grants at once: the policies that rest on them are gone before this answers. */
function revoke(house: House, request: RequestOf<'grant.revoke'>): ReplyOf<'grant.revoke'> {
  const revoked = endGrants(house, ({ id }) => 'all' in request || id === request.id, 'person')
  if (revoked === 0 && 'id' in request) throw new Fault('grant-unknown', 'no such grant is in force')
  return { revoked }
}

async function listLog(house: House, { before, limit }: RequestOf<'log.list'>): Promise<ReplyOf<'log.list'>> {
  const { log } = openedOf(house)
  const entries = await log.list({ limit, ...(before !== undefined && { before }) })
  return { size: log.size, entries }
}
