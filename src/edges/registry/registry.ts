// The register of a token server: what was used, who is enrolled, what is denied. In a folder, or in PostgreSQL.
import { Fault, type Milliseconds } from '#base'
import { makeApprovals, type Approvals } from './approvals.ts'
import { makeDevices, type Devices } from './devices.ts'
import { migrate } from './migrations.ts'
import { makeMints, type Mints } from './mints.ts'
import { forgetExpired, makeModels, type Models } from './models.ts'
import { forgetOld, makeOnce, type Once } from './once.ts'
import { makeOutbox, type Outbox } from './outbox.ts'
import { openPostgres } from './postgres.ts'
import { forgetPast, makeRevocations, type Revocations } from './revocations.ts'
import { makeSigningKeys, type SigningKeyRecords } from './signing-keys.ts'
import { openSqlite } from './sqlite.ts'
import { storeOf } from './store.ts'
import { makeSuspensions, type Suspensions } from './suspensions.ts'
import { makeUsers, type Users } from './users.ts'

/** Where the register lies: a folder of this machine, or a database that several servers share. */
export type RegistryPlace = { readonly embedded: string } | { readonly postgres: string }

/** What a token server keeps, over all its processes. */
export interface Registry {
  readonly once: Once
  readonly mints: Mints
  readonly models: Models
  readonly devices: Devices
  readonly revocations: Revocations
  readonly signingKeys: SigningKeyRecords
  readonly approvals: Approvals
  readonly users: Users
  readonly suspensions: Suspensions
  readonly outbox: Outbox
  /** Removes what has expired. To be called every few minutes; any number of processes may. */
  tidy(): Promise<void>
  /** Waits for what is under way. */
  close(): Promise<void>
}

/**
 * Opens the register and brings it to the present schema, also where several processes start at once.
 * @param clock The server's. Servers that share a database may differ by two minutes.
 * @throws Fault `database-unavailable`, `database-failed`, `disk-full`, `usage`
 */
export async function openRegistry(place: RegistryPlace, clock: { now(): Milliseconds }): Promise<Registry> {
  const now = (): Milliseconds => clock.now()
  const store = storeOf(
    'embedded' in place ? openSqlite(place.embedded, now) : openPostgres(checked(place.postgres)),
    now,
  )
  try {
    await migrate(store, now())
  } catch (thrown) {
    await store.db.destroy()
    throw thrown
  }
  return {
    once: makeOnce(store),
    mints: makeMints(store),
    models: makeModels(store),
    devices: makeDevices(store),
    revocations: makeRevocations(store),
    signingKeys: makeSigningKeys(store),
    approvals: makeApprovals(store),
    users: makeUsers(store),
    suspensions: makeSuspensions(store),
    outbox: makeOutbox(store),
    async tidy() {
      for (const forget of [forgetOld, forgetExpired, forgetPast]) await forget(store)
    },
    close: () => store.db.destroy(),
  }
}

function checked(url: string): string {
  if (!/^postgres(ql)?:\/\//.test(url)) throw new Fault('usage', 'a database is named as postgres://…')
  return url
}
