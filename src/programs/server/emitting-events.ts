// Tells configured receivers what was revoked here, as signed security events: kept until they took it.
import { asFault, base64url, type Clock, type Milliseconds, type Random } from '#base'
import type { FleetEvent } from '#journal'
import type { Outgoing, Registry, TakenOutgoing } from '#registry'
import { signCompact, signerOf } from '#token'
import { readFileSync } from 'node:fs'
import { send } from './outgoing.ts'
import { eventTypes, setType, type SetClaims, type SimpleSubject } from './security-event.ts'
import type { SigningKeys } from './signing-keys.ts'

/** Who is told. */
export interface Receiver {
  readonly url: string
  readonly audience: string
  /** File of what the header `authorization` is to hold. */
  readonly authorization?: string | undefined
}

/** What emitting is made of. */
export interface EmittingOptions {
  readonly issuer: string
  readonly receivers: readonly Receiver[]
  readonly registry: Pick<Registry, 'outbox'>
  readonly keys: Pick<SigningKeys, 'current'>
  readonly record: (event: FleetEvent) => Promise<void>
  readonly clock: Clock
  readonly random: Random
}

/** How long a receiver that is away is tried. */
const life: Milliseconds = 7 * 86_400_000
const pause = { first: 5000, most: 3_600_000 } as const
const atOnce = 64

/** Tells receivers. */
export class Emitting {
  readonly #options: EmittingOptions
  #sending: Promise<void> | null = null

  constructor(options: EmittingOptions) {
    this.#options = options
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await this.#sending?.catch(() => {})
  }

  /** Puts an event in everybody's box, if it is about a revocation of ours. Durable on return; sent in the background. */
  async note(event: FleetEvent): Promise<void> {
    const { receivers, registry } = this.#options
    const told = this.#claimsOf(event)
    if (told === null || receivers.length === 0) return
    const until = this.#options.clock.now() + life
    const items = receivers.map((receiver): Outgoing => {
      const id = base64url(this.#options.random(16))
      const claims = { ...told, jti: id, aud: receiver.audience }
      return { id, receiver: receiver.url, payload: JSON.stringify(claims), until }
    })
    await registry.outbox.put(items)
    void this.deliver().catch(() => {})
  }

  /** Sends what is due. To be called every few seconds. */
  deliver(): Promise<void> {
    this.#sending ??= this.#deliver().finally(() => {
      this.#sending = null
    })
    return this.#sending
  }

  async #deliver(): Promise<void> {
    const { outbox } = this.#options.registry
    const due = await outbox.takeDue(atOnce, putOff)
    await Promise.all(due.map((item) => this.#send(item)))
  }

  async #send(item: TakenOutgoing): Promise<void> {
    const { registry, receivers, record, clock } = this.#options
    const receiver = receivers.find(({ url }) => url === item.receiver)
    const outcome = receiver === undefined ? 'refused' : await this.#push(receiver, item.payload)
    const isOver = outcome !== 'away' || item.until <= clock.now()
    if (isOver) await registry.outbox.remove(item.id)
    if (!isOver && item.attempts > 0) return
    const what = outcome === 'taken' ? 'event-sent' : isOver ? 'event-given-up' : 'event-delayed'
    await record({ v: 1, kind: 'fleet', what, reason: `${item.id} ${item.receiver}`.slice(0, 500) })
  }

  /** A receiver that calls the token wrong would do so again. @see RFC 8935, section 2.3 */
  async #push({ url, authorization }: Receiver, payload: string): Promise<'taken' | 'refused' | 'away'> {
    try {
      const { kid, privateKey } = this.#options.keys.current()
      const claims: object = JSON.parse(payload)
      const body = await signCompact({ alg: 'ES256', typ: setType, kid }, claims, signerOf(privateKey))
      const shown =
        authorization === undefined ? {} : { authorization: readFileSync(authorization, 'utf8').trim() }
      const headers = { 'content-type': 'application/secevent+jwt', accept: 'application/json', ...shown }
      const { status } = await send(url, { method: 'POST', headers, body })
      if (status === 202 || status === 200) return 'taken'
      return status === 400 ? 'refused' : 'away'
    } catch (thrown) {
      asFault(thrown, 'a receiver could not be told')
      return 'away'
    }
  }

  /** Null for what nobody else need know, and for what somebody else told us: two servers must not echo each other. */
  #claimsOf(event: FleetEvent): Omit<SetClaims, 'jti' | 'aud'> | null {
    if (event.by?.startsWith('event:') === true) return null
    const iat = Math.floor(this.#options.clock.now() / 1000)
    const about = { initiating_entity: event.by === 'server' ? 'system' : 'admin', event_timestamp: iat }
    const subject = subjectOf(event)
    const of = { iss: this.#options.issuer, iat, sub_id: subject }
    switch (event.what) {
      case 'quarantine':
        return {
          ...of,
          events: {
            [eventTypes['device-compliance-change']]: {
              ...about,
              previous_status: 'compliant',
              current_status: 'not-compliant',
            },
          },
        }
      case 'revoke':
      case 'suspend':
      case 'deny':
        return event.device === undefined && event.user === undefined && event.tenant === undefined
          ? null
          : { ...of, events: { [eventTypes['session-revoked']]: about } }
      default:
        return null
    }
  }
}

function putOff(attempts: number): Milliseconds {
  return Math.min(pause.most, pause.first * 2 ** Math.min(attempts, 16))
}

function subjectOf({ user, tenant, device }: FleetEvent): NonNullable<SetClaims['sub_id']> {
  return { format: 'complex', user: named(user), device: named(device), tenant: named(tenant) }
}

function named(id: string | undefined): SimpleSubject | undefined {
  return id === undefined ? undefined : { format: 'opaque', id }
}
