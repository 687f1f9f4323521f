// keyreeve admin: speaks with the token server over its socket, or over the network.
import { Fault, shown, type ExitCode } from '#base'
import * as z from 'zod'
import { askServer } from './admin-line.ts'
import type { Call } from './machine.ts'
import { moment, table } from './terminal.ts'

const deviceShape = z.object({
  id: z.string(),
  user: z.string(),
  status: z.string(),
  label: z.string(),
  scopes: z.array(z.string()),
  seenAt: z.number(),
})
const pendingShape = z.object({
  id: z.string(),
  action: z.string(),
  target: z.record(z.string(), z.unknown()),
  askedBy: z.string(),
  until: z.number(),
})
const proposedShape = z.object({ pending: pendingShape })
const invitationShape = z.object({ invitation: z.string(), expiresAt: z.number() })
const toldShape = z.object({ seq: z.number() })

/** admin user invite | revoke | release USER. @throws Fault `usage` */
export async function user(call: Call): Promise<ExitCode> {
  const [verb, name] = call.arguments
  const { tenant } = call.options
  if (verb === 'invite') return invite(call, { user: name, tenant, scopes: scopesOf(call) })
  if (verb === 'revoke') return tell(call, '/admin/revoke-user', { user: name })
  if (verb === 'release') return propose(call, '/admin/release-user', { user: name })
  throw new Fault('usage', 'say: admin user invite, revoke or release with the name of a user')
}

/** admin tenant revoke | release TENANT. @throws Fault `usage` */
export async function tenant(call: Call): Promise<ExitCode> {
  const [verb, name] = call.arguments
  if (verb === 'revoke') return tell(call, '/admin/revoke-tenant', { tenant: name })
  if (verb === 'release') return propose(call, '/admin/release-tenant', { tenant: name })
  throw new Fault('usage', 'say: admin tenant revoke or release with the name of a tenant')
}

/** admin device list | approve | revoke | quarantine | release | widen. @throws Fault `usage`, `device-not-listed` */
export async function device(call: Call): Promise<ExitCode> {
  const [verb = '', deviceId] = call.arguments
  if (verb === 'list' && deviceId === undefined) return listDevices(call)
  if (deviceId === undefined) throw new Fault('usage', 'give the id of a device')
  if (verb === 'release') return propose(call, '/admin/release-device', { deviceId })
  if (verb === 'widen') return propose(call, '/admin/widen-device', { deviceId, scopes: scopesOf(call) })
  if (!['approve', 'revoke', 'quarantine'].includes(verb)) {
    throw new Fault('usage', 'say: admin device list, approve, revoke, quarantine, release or widen')
  }
  const changed = deviceShape.parse(await change(call, `/admin/${verb}-device`, { deviceId }))
  call.terminal.data(changed, [deviceLine(changed)])
  return 0
}

/** admin key list | rotate | revoke KEY. @throws Fault `usage`, `key-invalid` */
export async function key(call: Call): Promise<ExitCode> {
  const [verb, keyId] = call.arguments
  if (verb === 'list' && keyId === undefined) return listKeys(call)
  if (!(verb === 'rotate' && keyId === undefined) && !(verb === 'revoke' && keyId !== undefined)) {
    throw new Fault('usage', 'say: admin key list, admin key rotate, or admin key revoke with its id')
  }
  const shape = z.object({ denied: z.string(), current: z.string() })
  const { denied, current } = shape.parse(await change(call, '/admin/revoke-key', { keyId }))
  call.terminal.data({ denied, current }, [`${shown(denied)} is ended; ${shown(current)} signs now`])
  return 0
}

/** admin all revoke: all tokens that were issued until now. @throws Fault `usage` without --reason */
export async function all(call: Call): Promise<ExitCode> {
  if (call.arguments[0] !== 'revoke' || typeof call.options['reason'] !== 'string') {
    throw new Fault('usage', 'say: admin all revoke --reason TEXT')
  }
  return tell(call, '/admin/revoke-all', {})
}

/** admin suspended: users and tenants who get no tokens. */
export async function suspended(call: Call): Promise<ExitCode> {
  const shape = z.object({
    suspended: z.array(z.object({ kind: z.string(), id: z.string(), since: z.number() })),
  })
  const found = shape.parse(await askServer(call, { path: '/admin/suspended' }))
  const rows = found.suspended.map(({ kind, id, since }) => [kind, shown(id), moment(since)])
  call.terminal.data(found, table(['who', 'name', 'since'], rows))
  return 0
}

/** admin pending: what waits for a second person. */
export async function pending(call: Call): Promise<ExitCode> {
  const shape = z.object({ pending: z.array(pendingShape) })
  const found = shape.parse(await askServer(call, { path: '/admin/pending' }))
  const rows = found.pending.map(({ id, action, target, askedBy, until }) => [
    shown(id),
    shown(action),
    shown(JSON.stringify(target)),
    shown(askedBy),
    moment(until),
  ])
  call.terminal.data(found, table(['id', 'what', 'to what', 'proposed by', 'until'], rows))
  return 0
}

/** admin confirm ID: does what another administrator proposed. @throws Fault `second-person-needed`, `pending-unknown` */
export async function confirm(call: Call): Promise<ExitCode> {
  const [pendingId] = call.arguments
  const shape = z.object({ action: z.string(), done: z.looseObject({}) })
  const { action, done } = shape.parse(await askServer(call, { path: '/admin/confirm', body: { pendingId } }))
  const given = invitationShape.safeParse(done)
  if (given.success) return showInvitation(call, given.data)
  const changed = deviceShape.safeParse(done)
  call.terminal.data({ action, done }, [
    changed.success ? deviceLine(changed.data) : `done: ${shown(action)}`,
  ])
  return 0
}

async function listDevices(call: Call): Promise<ExitCode> {
  const query = new URLSearchParams()
  for (const name of ['user', 'tenant', 'status', 'after']) {
    const value = call.options[name]
    if (typeof value === 'string') query.set(name, value)
  }
  const found = z
    .object({ devices: z.array(deviceShape) })
    .parse(await askServer(call, { path: `/admin/devices?${query.toString()}` }))
  const rows = found.devices.map(({ id, user: owner, status, label, scopes, seenAt }) => [
    shown(id),
    shown(owner),
    status,
    shown(label),
    shown(scopes.join(' ')),
    moment(seenAt),
  ])
  call.terminal.data(found, table(['device', 'user', 'state', 'label', 'scopes', 'seen'], rows))
  return 0
}

async function listKeys(call: Call): Promise<ExitCode> {
  const shape = z.object({ current: z.string(), keys: z.array(z.object({ kid: z.string() })) })
  const found = shape.parse(await askServer(call, { path: '/admin/keys' }))
  const rows = found.keys.map(({ kid }) => [shown(kid), kid === found.current ? 'signs' : 'published'])
  call.terminal.data(found, table(['key', 'state'], rows))
  return 0
}

async function invite(call: Call, body: object): Promise<ExitCode> {
  const answer = await askServer(call, { path: '/admin/invite', body })
  const given = invitationShape.safeParse(answer)
  return given.success ? showInvitation(call, given.data) : showProposal(call, answer)
}

function showInvitation(call: Call, given: z.output<typeof invitationShape>): ExitCode {
  call.terminal.data(given, [given.invitation])
  call.terminal.say(`good once, until ${moment(given.expiresAt)} UTC`)
  return 0
}

async function tell(call: Call, path: string, body: object): Promise<ExitCode> {
  const { seq } = toldShape.parse(await change(call, path, body))
  call.terminal.data({ seq }, [`denied from now on; number ${seq} in the feed`])
  return 0
}

async function propose(call: Call, path: string, body: object): Promise<ExitCode> {
  return showProposal(call, await change(call, path, body))
}

/** Exit code 4: it is not done yet. */
function showProposal(call: Call, answer: unknown): ExitCode {
  const proposed = proposedShape.parse(answer)
  const { id, until } = proposed.pending
  call.terminal.data(proposed, [`proposed as ${shown(id)}`])
  call.terminal.say(
    `another administrator must run "keyreeve admin confirm ${shown(id)}" by ${moment(until)} UTC`,
  )
  return 4
}

function change(call: Call, path: string, body: object): Promise<unknown> {
  const { reason } = call.options
  return askServer(call, { path, body: { ...body, ...(reason !== undefined && { reason }) } })
}

function scopesOf({ options }: Call): readonly string[] | undefined {
  const { scope } = options
  return typeof scope === 'string' ? scope.split(/[ ,]+/).filter((one) => one !== '') : undefined
}

function deviceLine({ id, user: owner, status }: z.output<typeof deviceShape>): string {
  return `${shown(id)} of ${shown(owner)} is ${status}`
}
