// Devices: a key that never leaves its machine, whose it is, what it may ask for, and whether it still may.
import { Fault, type Milliseconds } from '#base'
import type { Store } from './store.ts'
import type { DeviceRow } from './tables.ts'

/** `pending` waits for an administrator; `quarantined` had two holders of its key; `revoked` is final. */
export type DeviceStatus = DeviceRow['status']

/** A device as it is enrolled now. */
export interface Device {
  readonly id: string
  readonly tenant: string
  readonly user: string
  /** Thumbprint of the key. @see RFC 7638 */
  readonly jkt: string
  readonly jwk: { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string }
  /** Tokens of an earlier epoch are dead. */
  readonly epoch: number
  readonly status: DeviceStatus
  readonly scopes: readonly string[]
  /** By its owner: what a person calls it. */
  readonly label: string
  readonly enrolledAt: Milliseconds
  readonly seenAt: Milliseconds
  /** What it is to send with its next mint; empty before its first. */
  readonly joinState: string
}

/** A device as it is enrolled. */
export type NewDevice = Pick<Device, 'id' | 'tenant' | 'user' | 'jkt' | 'jwk' | 'scopes' | 'label'> & {
  readonly status: 'pending' | 'active'
}

/** Which devices are listed: all conditions hold. */
export interface DeviceQuery {
  readonly tenant?: string
  readonly user?: string
  readonly status?: DeviceStatus
  /** Id of the last device of the page before. */
  readonly after?: string
  /** By default 100. */
  readonly limit?: number
}

/** The enrolled devices. Ids, labels and thumbprints may be any text. */
export interface Devices {
  /** @throws Fault `device-key-known` if the key was ever enrolled: it is burned for ever, also after revocation. */
  enrol(device: NewDevice): Promise<Device>
  byThumbprint(jkt: string): Promise<Device | null>
  byId(id: string): Promise<Device | null>
  /** Devices by id. */
  list(query: DeviceQuery): Promise<Device[]>
  /** From `pending` to `active`. Null if it is not pending. */
  approve(id: string): Promise<Device | null>
  /** From `active` to `quarantined`. Null if it is not active. */
  quarantine(id: string): Promise<Device | null>
  /** From `quarantined` to `active`, in a new epoch and with its join state begun anew. Null if it is not quarantined. */
  release(id: string): Promise<Device | null>
  /** Adds scopes to those of an active device. Null if it is not active. */
  widen(id: string, scopes: readonly string[]): Promise<Device | null>
  /** Ends the device in a new epoch. Again if it is revoked: who asks cannot know whether the first time was told. */
  revoke(id: string): Promise<Device | null>
  /** Removes what is known of a revoked device; its key stays burned. False if there is none, or it is not revoked. */
  forget(id: string): Promise<boolean>
}

/** Makes the register. Each function throws Fault `database-…` or `disk-full`. */
export function makeDevices(store: Store): Devices {
  const { db } = store
  const one = async (column: 'id' | 'jkt', value: string): Promise<Device | null> =>
    read(await db.selectFrom('devices').selectAll().where(column, '=', value).executeTakeFirst())
  const move = async (id: string, from: DeviceStatus, to: DeviceStatus): Promise<Device | null> =>
    read(
      await db
        .updateTable('devices')
        .set({ status: to })
        .where('id', '=', id)
        .where('status', '=', from)
        .returningAll()
        .executeTakeFirst(),
    )
  return {
    enrol: (device) => enrol(store, device),
    byThumbprint: (jkt) => one('jkt', jkt),
    byId: (id) => one('id', id),
    list: (query) => list(store, query),
    approve: (id) => move(id, 'pending', 'active'),
    quarantine: (id) => move(id, 'active', 'quarantined'),
    release: (id) => release(store, id),
    widen: (id, scopes) => widen(store, id, scopes),
    async revoke(id) {
      const change = db
        .updateTable('devices')
        .set((row) => ({ status: 'revoked', epoch: row('epoch', '+', 1) }))
      return read(await change.where('id', '=', id).returningAll().executeTakeFirst())
    },
    async forget(id) {
      const gone = db
        .deleteFrom('devices')
        .where('id', '=', id)
        .where('status', '=', 'revoked')
        .returning('id')
      return (await gone.executeTakeFirst()) !== undefined
    },
  }
}

function enrol({ transact, now }: Store, device: NewDevice): Promise<Device> {
  const row = rowOf(device, now())
  return transact(async (db) => {
    const fresh = await db
      .insertInto('device_keys')
      .values({ jkt: row.jkt, at: row.enrolled_at })
      .onConflict((conflict) => conflict.doNothing())
      .returning('jkt')
      .executeTakeFirst()
    if (fresh === undefined) throw new Fault('device-key-known', 'this key was enrolled before')
    await db.insertInto('devices').values(row).execute()
    return deviceOf(row)
  })
}

async function list({ db }: Store, query: DeviceQuery): Promise<Device[]> {
  let rows = db
    .selectFrom('devices')
    .selectAll()
    .orderBy('id')
    .limit(query.limit ?? 100)
  if (query.tenant !== undefined) rows = rows.where('tenant', '=', query.tenant)
  if (query.user !== undefined) rows = rows.where('user_id', '=', query.user)
  if (query.status !== undefined) rows = rows.where('status', '=', query.status)
  if (query.after !== undefined) rows = rows.where('id', '>', query.after)
  return (await rows.execute()).map(deviceOf)
}

async function release({ db }: Store, id: string): Promise<Device | null> {
  const change = db
    .updateTable('devices')
    .set((row) => ({ status: 'active', epoch: row('epoch', '+', 1), join_state: '', join_previous: '' }))
  return read(
    await change.where('id', '=', id).where('status', '=', 'quarantined').returningAll().executeTakeFirst(),
  )
}

/** Two at once both count: who finds that another was faster looks again. */
async function widen({ db }: Store, id: string, scopes: readonly string[]): Promise<Device | null> {
  for (;;) {
    const found = db
      .selectFrom('devices')
      .select('scopes')
      .where('id', '=', id)
      .where('status', '=', 'active')
    const present = (await found.executeTakeFirst())?.scopes
    if (present === undefined) return null
    const all = new Set([...present.split(' '), ...scopes].filter((scope) => scope !== ''))
    const change = db
      .updateTable('devices')
      .set({ scopes: [...all].join(' ') })
      .where('id', '=', id)
      .where('status', '=', 'active')
      .where('scopes', '=', present)
    const row = await change.returningAll().executeTakeFirst()
    if (row !== undefined) return deviceOf(row)
  }
}

function rowOf(device: NewDevice, now: Milliseconds): DeviceRow {
  return {
    id: device.id,
    tenant: device.tenant,
    user_id: device.user,
    jkt: device.jkt,
    x: device.jwk.x,
    y: device.jwk.y,
    epoch: 1,
    status: device.status,
    scopes: device.scopes.join(' '),
    label: device.label,
    enrolled_at: now,
    seen_at: now,
    join_state: '',
    join_previous: '',
  }
}

function read(row: DeviceRow | undefined): Device | null {
  return row === undefined ? null : deviceOf(row)
}

function deviceOf(row: DeviceRow): Device {
  return {
    id: row.id,
    tenant: row.tenant,
    user: row.user_id,
    jkt: row.jkt,
    jwk: { kty: 'EC', crv: 'P-256', x: row.x, y: row.y },
    epoch: row.epoch,
    status: row.status,
    scopes: row.scopes.split(' ').filter((scope) => scope !== ''),
    label: row.label,
    enrolledAt: row.enrolled_at,
    seenAt: row.seen_at,
    joinState: row.join_state,
  }
}
