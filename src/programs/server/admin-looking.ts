// What administrators may look at.
import * as z from 'zod'
import { get, type AdminRoute } from './admin-route.ts'
import { deviceShape, deviceStatus, id, moment, pending, shownDevice, shownPending } from './admin-shapes.ts'

const deviceQuery = z.strictObject({
  tenant: z.optional(id),
  user: z.optional(id),
  status: z.optional(deviceStatus),
  after: z.optional(id),
})
const nothing = z.strictObject({})
const suspension = z.object({ kind: z.enum(['user', 'tenant']), id, since: moment })
const publicKey = z.object({
  kid: z.optional(z.string()),
  kty: z.string(),
  crv: z.string(),
  x: z.string(),
  y: z.string(),
})

/** The routes. */
export const looking: readonly AdminRoute[] = [
  get(
    '/admin/devices',
    {
      summary: 'Lists devices by id, 100 at a time.',
      input: deviceQuery,
      output: z.object({ devices: z.array(deviceShape) }),
    },
    async ({ registry }, query) => ({
      devices: (await registry.devices.list(given(query))).map(shownDevice),
    }),
  ),
  get(
    '/admin/keys',
    {
      summary: 'Lists the keys that are published, and which one signs.',
      input: nothing,
      output: z.object({ current: id, keys: z.array(publicKey) }),
    },
    async ({ keys }) => ({ current: keys.current().kid, keys: keys.published().map((key) => ({ ...key })) }),
  ),
  get(
    '/admin/suspended',
    {
      summary: 'Lists users and tenants who get no tokens.',
      input: nothing,
      output: z.object({ suspended: z.array(suspension) }),
    },
    async ({ registry }) => ({ suspended: await registry.suspensions.list() }),
  ),
  get(
    '/admin/pending',
    {
      summary: 'Lists what waits for a second person.',
      input: nothing,
      output: z.object({ pending: z.array(pending) }),
    },
    async ({ registry }) => ({ pending: (await registry.approvals.open()).map(shownPending) }),
  ),
]

function given({ tenant, user, status, after }: z.output<typeof deviceQuery>) {
  return {
    ...(tenant !== undefined && { tenant }),
    ...(user !== undefined && { user }),
    ...(status !== undefined && { status }),
    ...(after !== undefined && { after }),
  }
}
