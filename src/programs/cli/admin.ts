// keyreeve admin user | device | key: speaks with the token server over its socket.
import { Fault, isFaultCode, shown, type ExitCode } from '#base'
import { placesOf } from '#wire'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import * as z from 'zod'
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

/** admin user invite USER. @throws Fault `usage` */
export async function user(call: Call): Promise<ExitCode> {
  const [verb, name] = call.arguments
  if (verb !== 'invite') throw new Fault('usage', 'say: admin user invite USER')
  const shape = z.object({ invitation: z.string(), expiresAt: z.number() })
  const given = shape.parse(await ask(call, '/admin/invite', { user: name }))
  call.terminal.data(given, [given.invitation])
  call.terminal.say(`good once, until ${moment(given.expiresAt)} UTC`)
  return 0
}

/** admin device list | approve ID | revoke ID | release ID. @throws Fault `usage`, `device-unknown` */
export async function device(call: Call): Promise<ExitCode> {
  const [verb = '', id] = call.arguments
  if (verb === 'list' && id === undefined) return listDevices(call)
  if (!['approve', 'revoke', 'release'].includes(verb) || id === undefined) {
    throw new Fault('usage', 'say: admin device list, or approve, revoke or release with the id of a device')
  }
  const changed = deviceShape.parse(await ask(call, `/admin/${verb}-device`, { deviceId: id }))
  call.terminal.data(changed, [`${shown(changed.id)} of ${shown(changed.user)} is ${changed.status}`])
  return 0
}

async function listDevices(call: Call): Promise<ExitCode> {
  const found = z.object({ devices: z.array(deviceShape) }).parse(await ask(call, '/admin/devices', {}))
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

/** admin key rotate. @throws Fault `usage` */
export async function key(call: Call): Promise<ExitCode> {
  if (call.arguments[0] !== 'rotate') throw new Fault('usage', 'say: admin key rotate')
  const shape = z.object({ denied: z.string(), current: z.string() })
  const { denied, current } = shape.parse(await ask(call, '/admin/rotate-key', {}))
  call.terminal.data({ denied, current }, [`${shown(denied)} is ended; ${shown(current)} signs now`])
  return 0
}

/** @throws Fault `not-running` where nobody listens; what the server refuses with */
async function ask({ machine, options }: Call, path: string, body: object): Promise<unknown> {
  const chosen = options['socket']
  const socketPath = typeof chosen === 'string' ? chosen : `${placesOf(machine).home}/server/admin.sock`
  const { status, document } = await post(socketPath, path, JSON.stringify(body))
  if (status === 200) return document
  const refusal = z.object({ error: z.string(), message: z.string().max(1000) }).safeParse(document)
  const code = refusal.success && isFaultCode(refusal.data.error) ? refusal.data.error : 'internal'
  throw new Fault(code, refusal.success ? shown(refusal.data.message, 1000) : `the server answered ${status}`)
}

function post(
  socketPath: string,
  path: string,
  body: string,
): Promise<{ status: number; document: unknown }> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void =>
      reject(new Fault('not-running', 'no token server listens there', { cause }))
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const sent = request({ socketPath, path, method: 'POST', headers }, (response) => {
      const read = async (): Promise<void> => {
        const document: unknown = JSON.parse(await text(response))
        resolve({ status: response.statusCode ?? 0, document })
      }
      read().catch(fail)
    })
    sent.on('error', fail)
    sent.end(body)
  })
}
