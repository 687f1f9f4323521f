// `POST /events`: what the organisation's identity provider tells of its people and devices. An event only ever narrows.
import { asFault, assertNever, type Clock } from '#base'
import type { FleetEvent } from '#journal'
import type { Registry } from '#registry'
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { EventReader, type Flaw, type Transmitter } from './event-reading.ts'
import { defaultRates, Limit, type SourceOf } from './limits.ts'
import { readBody } from './reading.ts'
import type { Cause, Revoking } from './revoking.ts'
import { sendJson, type Handler } from './routes.ts'
import { kindOf, type EventKind, type SetClaims, type SimpleSubject, type Subject } from './security-event.ts'
import { accountOf } from './accounts.ts'

/** From whom events are taken, and after which their user gets no new token either. */
interface EventSource extends Transmitter {
  readonly suspendOn: readonly EventKind[]
}

/** What receiving is made of. */
export interface ReceivingOptions {
  /** What the tokens must be for. */
  readonly issuer: string
  readonly transmitters: readonly EventSource[]
  readonly registry: Pick<Registry, 'models'>
  readonly revoking: Pick<Revoking, 'all' | 'suspend' | 'quarantine'>
  readonly sourceOf: SourceOf
  readonly record: (event: FleetEvent) => Promise<void>
  readonly clock: Clock
}

const kind = 'SecurityEvent'
/** As long as the same token could be taken again. */
const memory = 31 * 86_400_000

const flaws = {
  invalid_request: 'the token is malformed, or its time is over',
  invalid_key: 'the token is not signed by a key of its issuer',
  invalid_issuer: 'no events are taken from that issuer',
  invalid_audience: 'the token is not for this server',
} as const satisfies Record<Flaw, string>

/** Makes the route. @see RFC 8935, section 2 */
export function receivingEvents(options: ReceivingOptions): Handler {
  const reader = new EventReader(options.transmitters, { audience: options.issuer, clock: options.clock })
  const limit = new Limit(defaultRates.source, options.clock)
  return async (request, response) => {
    const source = options.sourceOf(request)
    const wait = limit.waitOf(source)
    if (wait > 0) {
      response.setHeader('retry-after', String(Math.ceil(wait / 1000)))
      return sendJson(response, 429, { err: 'access_denied' })
    }
    const flaw = await take(options, reader, request)
    if (flaw !== null) limit.take(source)
    answer(response, flaw)
  }
}

function answer(response: ServerResponse, flaw: Flaw | null): void {
  if (flaw === null) response.writeHead(202, { 'content-length': 0 }).end()
  else sendJson(response, 400, { err: flaw, description: flaws[flaw] })
}

async function take(
  options: ReceivingOptions,
  reader: EventReader<EventSource>,
  request: IncomingMessage,
): Promise<Flaw | null> {
  const isSet = /^application\/secevent\+jwt *(;|$)/i.test(request.headers['content-type'] ?? '')
  const body = await readBody(request)
  if (request.method !== 'POST' || !isSet || body === null) return 'invalid_request'
  const read = await reader.read(body)
  if (typeof read === 'string') return read
  await actOnce(options, read.claims, read.from)
  return null
}

/** Known only once it is done: who was not answered sends it again. */
async function actOnce(options: ReceivingOptions, claims: SetClaims, from: EventSource): Promise<void> {
  const { models } = options.registry
  const id = createHash('sha256')
    .update(JSON.stringify([claims.iss, claims.jti]))
    .digest('base64url')
  if ((await models.find(kind, 'id', id)) !== null) return
  for (const [type, event] of Object.entries(claims.events)) {
    const of = kindOf(type)
    const subject = claims.sub_id ?? event.subject
    if (of !== undefined && subject !== undefined)
      await act(options, { kind: of, event, subject, claims, from })
  }
  await models.put(kind, id, { payload: {}, expiresAt: options.clock.now() + memory })
}

interface Told {
  readonly kind: EventKind
  readonly event: Readonly<Record<string, unknown>>
  readonly subject: Subject
  readonly claims: SetClaims
  readonly from: EventSource
}

async function act(options: ReceivingOptions, told: Told): Promise<void> {
  const { claims, kind } = told
  const cause: Cause = { by: `event:${claims.iss}`, reason: `${kind} ${claims.jti}`.slice(0, 200) }
  const owners = ownersOf(told)
  await options.record({ v: 1, kind: 'fleet', what: 'event', ...defined(owners), by: cause.by, reason: kind })
  const { current_status: status } = told.event
  if (kind === 'device-compliance-change' && status !== 'not-compliant') return
  const { device } = owners
  const isDevice = kind === 'device-compliance-change' || (owners.user ?? owners.tenant) === undefined
  if (isDevice && device !== undefined) return orUnknown(options.revoking.quarantine(device, cause))
  await denyOwner(options, told, cause)
}

async function denyOwner({ revoking }: ReceivingOptions, told: Told, cause: Cause): Promise<void> {
  const { user, tenant } = ownersOf(told)
  const who =
    user === undefined ? ({ kind: 'tenant', id: tenant } as const) : ({ kind: 'user', id: user } as const)
  const { id } = who
  if (id === undefined) return
  const isSuspended = told.from.suspendOn.includes(told.kind)
  await (isSuspended ? revoking.suspend({ ...who, id }, cause) : revoking.all({ ...who, id }, cause))
}

/** Providers know devices that are not ours. */
async function orUnknown(done: Promise<number>): Promise<void> {
  try {
    await done
  } catch (thrown) {
    const fault = asFault(thrown, 'a device could not be held up')
    if (fault.code !== 'device-not-listed') throw fault
  }
}

interface Owners {
  readonly user?: string | undefined
  readonly tenant?: string | undefined
  readonly device?: string | undefined
}

function defined({ user, tenant, device }: Owners): Pick<FleetEvent, 'user' | 'tenant' | 'device'> {
  return {
    ...(user !== undefined && { user }),
    ...(tenant !== undefined && { tenant }),
    ...(device !== undefined && { device }),
  }
}

function ownersOf({ kind, subject }: Told): Owners {
  if (subject.format === 'complex') {
    const { user, tenant, device } = subject
    return { user: user && nameOf(user), tenant: tenant && nameOf(tenant), device: device && nameOf(device) }
  }
  return kind === 'device-compliance-change' ? { device: nameOf(subject) } : { user: nameOf(subject) }
}

/** A person who signed in has the id that their provider and its name for them give. */
function nameOf(subject: SimpleSubject): string {
  switch (subject.format) {
    case 'iss_sub':
      return accountOf({ issuer: subject.iss, subject: subject.sub })
    case 'opaque':
      return subject.id
    case 'email':
      return subject.email
    default:
      return assertNever(subject)
  }
}
