// What a person agreed to: which device, for whom, for what. Whoever brings the token of it enrols that one device, once.
import type { Clock, Milliseconds } from '#base'
import type { ModelPayload, Registry } from '#registry'
import { deviceClient } from '#token'

/** The one scope that somebody who signs in can give: to enrol one device. */
export const enrolScope = 'device.enrol'

/** For whom a device is enrolled, and what it is called. */
export interface Warrant {
  readonly tenant: string
  readonly user: string
  readonly scopes: readonly string[]
  /** As the person saw it; undefined where nobody was asked. */
  readonly label: string | undefined
}

const kind = 'Warrant'
const life: Milliseconds = 900_000

interface Place {
  readonly registry: Pick<Registry, 'models'>
  readonly clock: Pick<Clock, 'now'>
}

/** Keeps what was agreed to, under the grant that tokens come of. */
export async function keepWarrant(
  { registry, clock }: Place,
  grant: string,
  warrant: Warrant,
): Promise<void> {
  const payload = { ...warrant, scopes: [...warrant.scopes] }
  await registry.models.put(kind, grant, { payload, expiresAt: clock.now() + life, grantId: grant })
}

/**
 * Takes what a token stands for. Of many who come with the same one, one gets it; the token and all of its grant end then.
 * @param token Attacker-controlled.
 * @param jkt The key that was proved; the token must be bound to it.
 */
export async function takeWarrant(
  { registry: { models } }: Place,
  { token, jkt }: { readonly token: string; readonly jkt: string },
): Promise<Warrant | null> {
  const found = await models.find('AccessToken', 'id', token)
  if (found === null || found.consumedAt !== null) return null
  const { jkt: bound, scope, clientId, grantId } = found.payload
  const fits = bound === jkt && scope === enrolScope && clientId === deviceClient
  if (!fits || typeof grantId !== 'string') return null
  const warrant = await models.find(kind, 'id', grantId)
  if (warrant === null || !(await models.consume('AccessToken', token))) return null
  await models.revokeByGrant(grantId)
  return warrantOf(warrant.payload)
}

function warrantOf({ tenant, user, scopes, label }: ModelPayload): Warrant | null {
  if (typeof tenant !== 'string' || typeof user !== 'string' || !Array.isArray(scopes)) return null
  return {
    tenant,
    user,
    scopes: scopes.filter((scope) => typeof scope === 'string'),
    label: typeof label === 'string' ? label : undefined,
  }
}
