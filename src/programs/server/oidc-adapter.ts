// Where oidc-provider keeps its records. What may be used once is taken by one statement: its own way is to look, then write.
import { Fault, type Clock, type Milliseconds } from '#base'
import type { FoundModel, ModelName, Registry } from '#registry'
import { errors, type Adapter, type AdapterFactory, type AdapterPayload } from 'oidc-provider'

/** What the adapter needs. */
export interface AdapterOptions {
  readonly registry: Pick<Registry, 'once' | 'models'>
  readonly clock: Pick<Clock, 'now'>
}

/** Seconds. A proof dated 300 s ahead is accepted for 600 s, and the clocks of two servers differ. */
const shortestMemory = 660
/** Seconds that a record without an end is kept. */
const longestLife = 366 * 86_400
/** Kinds that come of a grant and end with it. */
const ofGrant = new Set([
  'AccessToken',
  'AuthorizationCode',
  'RefreshToken',
  'DeviceCode',
  'PushedAuthorizationRequest',
])

/**
 * Makes the adapter that oidc-provider is configured with. Its functions throw `InvalidGrant` for whoever comes second, and
 * the registry's faults.
 */
export function oidcAdapter(options: AdapterOptions): AdapterFactory {
  return (kind) => (kind === 'ReplayDetection' ? replayAdapter(options) : modelAdapter(kind, options))
}

function modelAdapter(kind: string, { registry: { models }, clock }: AdapterOptions): Adapter {
  const find = async (name: ModelName, value: string): Promise<AdapterPayload | undefined> =>
    payloadOf(await models.find(kind, name, value))
  return {
    async upsert(id, payload, expiresIn = longestLife) {
      await models.put(kind, id, {
        payload: { ...payload },
        expiresAt: clock.now() + seconds(expiresIn),
        grantId: ofGrant.has(kind) ? payload.grantId : undefined,
        uid: payload.uid,
        userCode: payload.userCode,
      })
    },
    find: (id) => find('id', id),
    findByUid: (uid) => find('uid', uid),
    findByUserCode: (userCode) => find('user_code', userCode),
    async consume(id) {
      if (!(await models.consume(kind, id))) throw new errors.InvalidGrant('already used')
    },
    destroy: (id) => models.destroy(kind, id),
    revokeByGrantId: (grantId) => models.revokeByGrant(grantId),
  }
}

/** Finds nothing, so that oidc-provider goes on to write; the write tells whether it was the first. */
function replayAdapter({ registry: { once }, clock }: AdapterOptions): Adapter {
  return {
    async upsert(id, _payload, expiresIn = shortestMemory) {
      const staleAt = clock.now() + seconds(Math.max(expiresIn, shortestMemory))
      if (!(await take(id, staleAt))) throw new errors.InvalidGrant('already used')
    },
    find: none,
    findByUid: none,
    findByUserCode: none,
    consume: none,
    destroy: none,
    revokeByGrantId: none,
  }

  /** What is good for longer than it can be remembered is refused. */
  async function take(id: string, staleAt: Milliseconds): Promise<boolean> {
    try {
      return await once.take('oidc', id, staleAt)
    } catch (thrown) {
      if (thrown instanceof Fault && thrown.code === 'usage') return false
      throw thrown
    }
  }
}

async function none(): Promise<undefined> {
  return undefined
}

function payloadOf(found: FoundModel | null): AdapterPayload | undefined {
  if (found === null) return undefined
  const consumed = found.consumedAt === null ? {} : { consumed: Math.floor(found.consumedAt / 1000) }
  return { ...found.payload, ...consumed }
}

function seconds(count: number): Milliseconds {
  return count * 1000
}
