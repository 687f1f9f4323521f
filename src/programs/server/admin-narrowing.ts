// What one administrator may do alone: whatever takes rights away, or gives no more than everybody gets.
import { Fault } from '#base'
import * as z from 'zod'
import type { Caller } from './admin-callers.ts'
import { post, type AdminParts, type AdminRoute } from './admin-route.ts'
import { deviceShape, id, reason, shownDevice, told } from './admin-shapes.ts'
import type { Cause, Suspended } from './revoking.ts'

const oneDevice = z.strictObject({ deviceId: id, reason })
const ended = z.object({ ...deviceShape.shape, seq: z.int() })

/** The routes. */
export const narrowing: readonly AdminRoute[] = [
  post(
    '/admin/revoke-device',
    { summary: 'Ends a device for good; its key is never taken again.', input: oneDevice, output: ended },
    (parts, input, caller) =>
      endDevice(parts, input.deviceId, () => parts.revoking.device(input.deviceId, causeOf(input, caller))),
  ),
  post(
    '/admin/quarantine-device',
    { summary: 'Gives a device no token until two persons release it.', input: oneDevice, output: ended },
    (parts, input, caller) =>
      endDevice(parts, input.deviceId, () =>
        parts.revoking.quarantine(input.deviceId, causeOf(input, caller)),
      ),
  ),
  post(
    '/admin/revoke-user',
    {
      summary: 'Denies all tokens of a user, who gets none until two persons release them.',
      input: z.strictObject({ user: id, reason }),
      output: told,
    },
    (parts, input, caller) => suspend(parts, { kind: 'user', id: input.user }, causeOf(input, caller)),
  ),
  post(
    '/admin/revoke-tenant',
    {
      summary: 'Denies all tokens in a tenant, where nobody gets any until two persons release it.',
      input: z.strictObject({ tenant: id, reason }),
      output: told,
    },
    (parts, input, caller) => suspend(parts, { kind: 'tenant', id: input.tenant }, causeOf(input, caller)),
  ),
  post(
    '/admin/revoke-all',
    {
      summary: 'Denies all tokens that were issued until now. Devices mint anew.',
      input: z.strictObject({ reason: z.string().min(1).max(200) }),
      output: told,
    },
    async ({ revoking }, input, caller) => ({
      seq: await revoking.all({ kind: 'all' }, causeOf(input, caller)),
    }),
  ),
  post(
    '/admin/revoke-key',
    {
      summary: 'Ends a signing key, with all that it signed. Without an id the present one.',
      input: z.strictObject({ keyId: z.optional(id), reason }),
      output: z.object({ denied: id, current: id, seq: z.int() }),
    },
    async ({ keys, revoking }, input, caller) => {
      const denied = input.keyId ?? keys.current().kid
      const seq = await revoking.all({ kind: 'key', id: denied }, causeOf(input, caller))
      return { denied, current: keys.current().kid, seq }
    },
  ),
  post(
    '/admin/approve-device',
    { summary: 'Lets a device in that waits for approval.', input: oneDevice, output: deviceShape },
    async ({ registry, record }, { deviceId }, { name: by }) => {
      await record({ v: 1, kind: 'fleet', what: 'approve', device: deviceId, by })
      const device = await registry.devices.approve(deviceId)
      if (device === null) throw new Fault('device-not-listed', 'no device of that id waits for approval')
      return shownDevice(device)
    },
  ),
]

function causeOf(
  { reason = null }: { readonly reason?: string | null | undefined },
  { name }: Caller,
): Cause {
  return { by: name, reason }
}

async function endDevice(
  { registry }: AdminParts,
  deviceId: string,
  end: () => Promise<number>,
): Promise<z.input<typeof ended>> {
  const seq = await end()
  const device = await registry.devices.byId(deviceId)
  if (device === null) throw new Fault('device-not-listed', 'there is no such device')
  return { ...shownDevice(device), seq }
}

async function suspend(
  { revoking }: AdminParts,
  who: Suspended,
  cause: Cause,
): Promise<{ readonly seq: number }> {
  return { seq: await revoking.suspend(who, cause) }
}
