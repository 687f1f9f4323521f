// Answers devices that have no network: enrols them by a request that was carried here, or tells them that they are revoked.
import { base64url, Fault } from '#base'
import type { Device } from '#registry'
import { readOfflineRequest, signAttestation, signerOf, signOfflineAnswer, type ProvedRequest } from '#token'
import * as z from 'zod'
import type { Caller } from './admin-callers.ts'
import { post, type AdminParts, type AdminRoute } from './admin-route.ts'
import { deviceStatus, id } from './admin-shapes.ts'
import { revocationOf } from './revocation-statement.ts'

const asked = z.strictObject({
  request: z.string().min(1).max(12_288),
  user: id,
  tenant: id.default('default'),
  /** SHA-256 over what goes along, base64url. */
  content: z.string().regex(/^[\w-]{43}$/),
})
const answered = z.object({ issuer: z.string(), device: id, status: deviceStatus, answer: z.string() })

/** The route. */
export const answering: readonly AdminRoute[] = [
  post(
    '/admin/answer',
    {
      summary:
        'Answers a device that has no network: enrols it with the usual scopes, attests it anew, or ends it.',
      input: asked,
      output: answered,
    },
    answer,
  ),
]

async function answer(parts: AdminParts, input: z.output<typeof asked>, { name: by }: Caller) {
  const { registry, issuer, clock } = parts
  const request = await readOfflineRequest(input.request, issuer)
  const known = await registry.devices.byThumbprint(request.jkt)
  const device = known ?? (await enrol(parts, request, { ...input, by }))
  if (device.user !== input.user) throw new Fault('device-not-listed', 'that device is somebody else’s')
  if (device.status !== 'active' && device.status !== 'revoked') {
    throw new Fault('device-not-listed', `that device is ${device.status}`)
  }
  await parts.record({ v: 1, kind: 'fleet', what: 'answer', device: device.id, user: device.user, by })
  const { kid, privateKey } = parts.keys.current()
  const claims = {
    iss: issuer,
    device: device.id,
    jkt: device.jkt,
    seq: clock.now(),
    keys: parts.keys.published().map(({ kty, crv, x, y }) => ({ kty, crv, x, y })),
    scope: device.scopes.join(' '),
    content: input.content,
    ...(await wordOn(parts, device)),
  }
  return {
    issuer,
    device: device.id,
    status: device.status,
    answer: await signOfflineAnswer(claims, kid, signerOf(privateKey)),
  }
}

/** Whoever is revoked is told so, and attested no more. */
async function wordOn(parts: AdminParts, device: Device) {
  if (device.status === 'revoked') return { revocation: await revocationOf(parts, device) }
  const { issuer, keys, clock } = parts
  const { kid, privateKey } = keys.current()
  const attested = { issuer, device: device.id, jwk: device.jwk }
  return { attestation: await signAttestation(attested, { now: clock.now(), kid }, signerOf(privateKey)) }
}

async function enrol(
  { registry, record, random, defaultScopes, isSuspended }: AdminParts,
  { jkt, jwk: { kty, crv, x, y }, label }: ProvedRequest,
  { user, tenant, by }: { readonly user: string; readonly tenant: string; readonly by: string },
): Promise<Device> {
  if (await isSuspended({ user, tenant })) throw new Fault('device-not-listed', 'that user is suspended')
  const device = `dev_${base64url(random(12))}`
  await record({ v: 1, kind: 'fleet', what: 'enrol', tenant, user, device, by, reason: 'active' })
  const owner = { tenant, user, scopes: defaultScopes, label, status: 'active' } as const
  return registry.devices.enrol({ ...owner, id: device, jkt, jwk: { kty, crv, x, y } })
}
