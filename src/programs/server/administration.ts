// What an administrator may do, over a socket that only the server's own user opens.
import { Fault, type Clock, type Random } from '#base'
import type { FleetEvent } from '#journal'
import type { Device, Registry } from '#registry'
import { invite } from './enrolling.ts'
import { feedScope } from './feed-route.ts'
import { readJson } from './reading.ts'
import type { Revoking } from './revoking.ts'
import { sendJson, type Handler, type Routes } from './routes.ts'
import type { SigningKeys } from './signing-keys.ts'

/** What administration is made of. */
export interface AdministrationOptions {
  readonly registry: Pick<Registry, 'models' | 'devices'>
  readonly revoking: Pick<Revoking, 'device' | 'all'>
  readonly keys: SigningKeys
  /** Scopes that exist anywhere. */
  readonly scopes: readonly string[]
  readonly record: (event: FleetEvent) => Promise<void>
  readonly clock: Clock
  readonly random: Random
}

type Body = Readonly<Record<string, unknown>>
type Act = (options: AdministrationOptions, body: Body) => Promise<object>

const acts: Readonly<Record<string, Act>> = {
  '/admin/invite': inviteUser,
  '/admin/approve-device': approveDevice,
  '/admin/revoke-device': revokeDevice,
  '/admin/release-device': releaseDevice,
  '/admin/rotate-key': rotateKey,
  '/admin/devices': listDevices,
}

/** The routes: each takes a JSON object by POST and gives one. */
export function administration(options: AdministrationOptions, otherwise: Handler): Routes {
  const routes = Object.entries(acts).map(([path, act]) => [path, handlerOf(options, act)] as const)
  return { exact: new Map(routes), otherwise }
}

function handlerOf(options: AdministrationOptions, act: Act): Handler {
  return async (request, response) => {
    if (request.method !== 'POST') throw new Fault('message-invalid', 'POST a JSON object')
    const body = await readJson(request)
    try {
      sendJson(response, 200, await act(options, body))
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown
      const { code, message, next, http } = thrown
      sendJson(response, http, { error: code, message, next })
    }
  }
}

async function inviteUser(options: AdministrationOptions, body: Body): Promise<object> {
  const user = textOf(body, 'user')
  const tenant = body['tenant'] === undefined ? 'default' : textOf(body, 'tenant')
  const scopes = scopesOf(options, body['scopes'])
  await options.record({ v: 1, kind: 'fleet', what: 'invite', tenant, user, reason: scopes.join(' ') })
  return invite(options, { tenant, user, scopes })
}

/** Without a wish all that there are, but for the feed's: that is for gateways. */
function scopesOf({ scopes }: AdministrationOptions, asked: unknown): readonly string[] {
  if (asked === undefined) return scopes
  if (Array.isArray(asked)) {
    const known = asked.filter((scope) => scope === feedScope || scopes.includes(scope))
    if (known.length > 0 && known.length === asked.length) return known
  }
  throw new Fault('scope-invalid', 'name scopes that an audience of server.toml has')
}

async function approveDevice(options: AdministrationOptions, body: Body): Promise<object> {
  const id = textOf(body, 'deviceId')
  return changeDevice(options, { what: 'approve', id }, () => options.registry.devices.approve(id))
}

/** Ends the device for good: no new token, and none that it holds is taken by whoever follows the feed. */
async function revokeDevice({ registry, revoking }: AdministrationOptions, body: Body): Promise<object> {
  const id = textOf(body, 'deviceId')
  const seq = await revoking.device(id, causeOf(body))
  const device = await registry.devices.byId(id)
  return { ...(device === null ? {} : shownOf(device)), seq }
}

function causeOf(body: Body): { readonly by: string; readonly reason: string | null } {
  return { by: 'socket', reason: body['reason'] === undefined ? null : textOf(body, 'reason') }
}

async function releaseDevice(options: AdministrationOptions, body: Body): Promise<object> {
  const id = textOf(body, 'deviceId')
  return changeDevice(options, { what: 'release', id }, () => options.registry.devices.release(id))
}

/** The record comes first. @throws Fault `device-unknown` for one that is not in a state for it */
async function changeDevice(
  options: AdministrationOptions,
  { what, id }: { readonly what: string; readonly id: string },
  change: () => Promise<Device | null>,
): Promise<Shown> {
  await options.record({ v: 1, kind: 'fleet', what, device: id, by: 'socket' })
  const device = await change()
  if (device === null) throw new Fault('device-unknown', `no device of that id can be changed so (${what})`)
  return shownOf(device)
}

/** Ends the present signing key, or a named one, at once: nothing that it signed is taken any more. */
async function rotateKey({ keys, revoking }: AdministrationOptions, body: Body): Promise<object> {
  const id = body['kid'] === undefined ? keys.current().kid : textOf(body, 'kid')
  const seq = await revoking.all({ kind: 'key', id }, causeOf(body))
  return { denied: id, current: keys.current().kid, seq }
}

async function listDevices({ registry }: AdministrationOptions, body: Body): Promise<object> {
  const after = body['after'] === undefined ? {} : { after: textOf(body, 'after') }
  const user = body['user'] === undefined ? {} : { user: textOf(body, 'user') }
  const devices = await registry.devices.list({ limit: 100, ...after, ...user })
  return { devices: devices.map(shownOf) }
}

type Shown = ReturnType<typeof shownOf>

function shownOf({ id, tenant, user, status, epoch, scopes, label, enrolledAt, seenAt, jkt }: Device) {
  return { id, tenant, user, status, epoch, scopes, label, enrolledAt, seenAt, jkt }
}

function textOf(body: Body, name: string): string {
  const value = body[name]
  if (typeof value === 'string' && value !== '' && value.length <= 256) return value
  throw new Fault('message-invalid', `"${name}" must be a text of at most 256 characters`)
}
