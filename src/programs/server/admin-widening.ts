// What gives back or adds rights: one administrator proposes it, another one confirms it within a day.
import { base64url, Fault, type Milliseconds } from '#base'
import * as z from 'zod'
import type { Caller } from './admin-callers.ts'
import { post, type AdminParts, type AdminRoute } from './admin-route.ts'
import {
  deviceShape,
  id,
  invitation,
  proposed,
  reason,
  scopes,
  shownDevice,
  shownPending,
} from './admin-shapes.ts'
import { invite } from './enrolling.ts'
import { feedScope } from './feed-route.ts'

/** How long a proposal waits for the second person. */
const proposalLife: Milliseconds = 86_400_000

const oneDevice = z.strictObject({ deviceId: id, reason })
const oneUser = z.strictObject({ user: id, reason })
const oneTenant = z.strictObject({ tenant: id, reason })
const wider = z.strictObject({ deviceId: id, scopes, reason })
const inviting = z.strictObject({ user: id, tenant: id.default('default'), scopes: z.optional(scopes) })

const done = z.union([deviceShape, invitation, z.object({ released: id })])

/** Does what two persons want. @param by Both. */
type Effect = (parts: AdminParts, target: unknown, by: string) => Promise<z.input<typeof done>>

const effects: Readonly<Record<string, Effect>> = {
  'release-device': (parts, target, by) => releaseDevice(parts, oneDevice.parse(target), by),
  'release-user': (parts, target, by) => {
    const { user, reason = null } = oneUser.parse(target)
    return release(parts, { kind: 'user', id: user }, { by, reason })
  },
  'release-tenant': (parts, target, by) => {
    const { tenant, reason = null } = oneTenant.parse(target)
    return release(parts, { kind: 'tenant', id: tenant }, { by, reason })
  },
  'widen-device': (parts, target, by) => widenDevice(parts, wider.parse(target), by),
  invite: (parts, target, by) => inviteNow(parts, inviting.parse(target), by),
}

/** The routes. */
export const widening: readonly AdminRoute[] = [
  post(
    '/admin/release-device',
    { summary: 'Proposes that a device leave quarantine.', input: oneDevice, output: proposed },
    (parts, input, caller) => propose(parts, { action: 'release-device', target: input }, caller),
  ),
  post(
    '/admin/release-user',
    { summary: 'Proposes that a user get tokens again.', input: oneUser, output: proposed },
    (parts, input, caller) => propose(parts, { action: 'release-user', target: input }, caller),
  ),
  post(
    '/admin/release-tenant',
    { summary: 'Proposes that a tenant get tokens again.', input: oneTenant, output: proposed },
    (parts, input, caller) => propose(parts, { action: 'release-tenant', target: input }, caller),
  ),
  post(
    '/admin/widen-device',
    { summary: 'Proposes more scopes for a device.', input: wider, output: proposed },
    (parts, input, caller) => {
      requireKnown(parts, input.scopes)
      return propose(parts, { action: 'widen-device', target: input }, caller)
    },
  ),
  post(
    '/admin/invite',
    {
      summary:
        'Makes an invitation, good once for a day; proposes it where its scopes go beyond the usual ones.',
      input: inviting,
      output: z.union([invitation, proposed]),
    },
    (parts, input, caller) => {
      const wanted = input.scopes ?? parts.defaultScopes
      requireKnown(parts, wanted)
      const target = { ...input, scopes: [...wanted] }
      const isUsual = wanted.every((scope) => parts.defaultScopes.includes(scope))
      return isUsual
        ? inviteNow(parts, target, caller.name)
        : propose(parts, { action: 'invite', target }, caller)
    },
  ),
  post(
    '/admin/confirm',
    {
      summary: 'Confirms what another administrator proposed, and does it.',
      input: z.strictObject({ pendingId: id }),
      output: z.object({ action: z.string(), done }),
    },
    (parts, { pendingId }, caller) => confirm(parts, pendingId, caller),
  ),
]

interface Proposal {
  readonly action: string
  readonly target: object
}

async function propose(
  { registry, record, clock, random }: AdminParts,
  { action, target }: Proposal,
  caller: Caller,
) {
  requireIdentified(caller)
  const until = clock.now() + proposalLife
  const request = {
    id: base64url(random(9)),
    action,
    target: JSON.stringify(target),
    askedBy: caller.name,
    until,
  }
  const reason = `${request.id} ${request.target}`.slice(0, 1000)
  await record({ v: 1, kind: 'fleet', what: 'propose', by: caller.name, reason: `${action} ${reason}` })
  return { pending: shownPending(await registry.approvals.ask(request)) }
}

async function confirm(parts: AdminParts, pendingId: string, caller: Caller) {
  requireIdentified(caller)
  const { registry } = parts
  const open = (await registry.approvals.open()).find((one) => one.id === pendingId)
  if (open?.askedBy === caller.name) {
    throw new Fault('second-person-needed', 'who proposed it cannot confirm it')
  }
  const approved = await registry.approvals.approve(pendingId, caller.name)
  const spent = approved === null ? null : await registry.approvals.spend(pendingId)
  const effect = effects[spent?.action ?? '']
  if (spent === null || effect === undefined)
    throw new Fault('pending-unknown', 'nothing waits under that id')
  const done = await effect(parts, JSON.parse(spent.target), `${spent.askedBy} and ${caller.name}`)
  return { action: spent.action, done }
}

function requireIdentified({ isIdentified }: Caller): void {
  if (!isIdentified)
    throw new Fault('peer-unknown', 'the system does not tell who you are, and this takes two persons')
}

function requireKnown({ scopes }: AdminParts, wanted: readonly string[]): void {
  if (wanted.every((scope) => scope === feedScope || scopes.includes(scope))) return
  throw new Fault('scope-invalid', 'name scopes that an audience of server.toml has')
}

async function releaseDevice(
  { registry, record }: AdminParts,
  { deviceId }: z.output<typeof oneDevice>,
  by: string,
) {
  await record({ v: 1, kind: 'fleet', what: 'release', device: deviceId, by })
  const device = await registry.devices.release(deviceId)
  if (device === null) throw new Fault('device-not-listed', 'no device of that id is in quarantine')
  return shownDevice(device)
}

async function release(
  { revoking }: AdminParts,
  ...[who, cause]: Parameters<AdminParts['revoking']['resume']>
) {
  await revoking.resume(who, cause)
  return { released: who.id }
}

async function widenDevice({ registry, record }: AdminParts, target: z.output<typeof wider>, by: string) {
  const { deviceId, scopes } = target
  await record({ v: 1, kind: 'fleet', what: 'widen', device: deviceId, by, reason: scopes.join(' ') })
  const device = await registry.devices.widen(deviceId, scopes)
  if (device === null) throw new Fault('device-not-listed', 'no device of that id is active')
  return shownDevice(device)
}

async function inviteNow(
  parts: AdminParts,
  { user, tenant, scopes = [] }: z.output<typeof inviting>,
  by: string,
) {
  await parts.record({ v: 1, kind: 'fleet', what: 'invite', tenant, user, by, reason: scopes.join(' ') })
  return invite(parts, { tenant, user, scopes })
}
