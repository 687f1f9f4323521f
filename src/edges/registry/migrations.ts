// Brings a database to the present schema: forward only, step by step, also where several processes start at once.
import type { Kysely, Transaction } from 'kysely'
import type { Milliseconds } from '#base'
import type { Store } from './store.ts'
import { slots, type Tables } from './tables.ts'

type Step = (db: Transaction<Tables>) => Promise<void>

/**
 * Steps only ever add, so that an older process goes on working while a newer one has migrated. One that has landed is
 * never changed. Each may be run again: some clusters commit definitions on their own.
 */
const steps: readonly Step[] = [
  async (db) => {
    for (const slot of slots)
      await table(db, slot)
        .addColumn('key', 'text', (key) => key.primaryKey())
        .execute()
    await table(db, 'counters')
      .addColumn('name', 'text', (name) => name.primaryKey())
      .addColumn('value', 'bigint', (value) => value.notNull())
      .execute()
  },
  addModels,
  addDevices,
  addAdministration,
  addSuspensions,
  addOutbox,
]

/**
 * Runs the steps that are missing. Who inserts the row of a step runs it in the same transaction; another that tries
 * waits for the row, then finds the step done. So no lock of the engine's own is needed.
 */
export async function migrate(store: Store, now: Milliseconds): Promise<void> {
  await store.transact(async (db) => {
    await table(db, 'schema_steps')
      .addColumn('step', 'integer', (step) => step.primaryKey())
      .addColumn('at', 'bigint', (at) => at.notNull())
      .execute()
  })
  const done = new Set(
    (await store.db.selectFrom('schema_steps').select('step').execute()).map(({ step }) => step),
  )
  for (const [step, run] of steps.entries()) {
    if (!done.has(step)) await store.transact((db) => runOnce(db, { step, at: now }, run))
  }
}

async function runOnce(db: Transaction<Tables>, row: Tables['schema_steps'], run: Step): Promise<void> {
  const mine = await db
    .insertInto('schema_steps')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returning('step')
    .executeTakeFirst()
  if (mine !== undefined) await run(db)
}

async function addModels(db: Transaction<Tables>): Promise<void> {
  await table(db, 'models')
    .addColumn('kind', 'text', (kind) => kind.notNull())
    .addColumn('id', 'text', (id) => id.notNull())
    .addColumn('grant_id', 'text')
    .addColumn('uid', 'text')
    .addColumn('user_code', 'text')
    .addColumn('payload', 'text', (payload) => payload.notNull())
    .addColumn('expires_at', 'bigint', (at) => at.notNull())
    .addColumn('consumed_at', 'bigint')
    .addPrimaryKeyConstraint('models_key', ['kind', 'id'])
    .execute()
  for (const column of ['grant_id', 'uid', 'user_code', 'expires_at'] as const) {
    await db.schema.createIndex(`models_${column}`).ifNotExists().on('models').column(column).execute()
  }
}

async function addDevices(db: Transaction<Tables>): Promise<void> {
  await table(db, 'device_keys')
    .addColumn('jkt', 'text', (jkt) => jkt.primaryKey())
    .addColumn('at', 'bigint', (at) => at.notNull())
    .execute()
  let devices = table(db, 'devices').addColumn('id', 'text', (id) => id.primaryKey())
  for (const name of ['tenant', 'user_id', 'jkt', 'x', 'y', 'status', 'scopes', 'label'] as const) {
    devices = devices.addColumn(name, 'text', (column) => column.notNull())
  }
  for (const name of ['join_state', 'join_previous'] as const) {
    devices = devices.addColumn(name, 'text', (column) => column.notNull().defaultTo(''))
  }
  for (const name of ['epoch', 'enrolled_at', 'seen_at'] as const) {
    devices = devices.addColumn(name, 'bigint', (column) => column.notNull())
  }
  await devices.execute()
  await db.schema.createIndex('devices_jkt').ifNotExists().unique().on('devices').column('jkt').execute()
  await db.schema
    .createIndex('devices_user')
    .ifNotExists()
    .on('devices')
    .columns(['tenant', 'user_id'])
    .execute()
}

async function addAdministration(db: Transaction<Tables>): Promise<void> {
  await table(db, 'revocations')
    .addColumn('seq', 'bigint', (seq) => seq.primaryKey())
    .addColumn('kind', 'text', (kind) => kind.notNull())
    .addColumn('id', 'text', (id) => id.notNull())
    .addColumn('bound', 'bigint', (bound) => bound.notNull())
    .addColumn('until', 'bigint', (until) => until.notNull())
    .execute()
  let keys = table(db, 'signing_keys').addColumn('kid', 'text', (kid) => kid.primaryKey())
  for (const name of ['wrapped', 'x', 'y', 'state'] as const)
    keys = keys.addColumn(name, 'text', (text) => text.notNull())
  for (const name of ['since', 'until'] as const)
    keys = keys.addColumn(name, 'bigint', (time) => time.notNull())
  await keys.execute()
  let approvals = table(db, 'approvals').addColumn('id', 'text', (id) => id.primaryKey())
  for (const name of ['action', 'target', 'asked_by'] as const) {
    approvals = approvals.addColumn(name, 'text', (text) => text.notNull())
  }
  for (const name of ['asked_at', 'until'] as const)
    approvals = approvals.addColumn(name, 'bigint', (time) => time.notNull())
  await approvals
    .addColumn('approved_by', 'text')
    .addColumn('approved_at', 'bigint')
    .addColumn('spent_at', 'bigint')
    .execute()
  let users = table(db, 'users').addColumn('id', 'text', (id) => id.primaryKey())
  for (const name of ['tenant', 'issuer', 'subject', 'label'] as const)
    users = users.addColumn(name, 'text', (text) => text.notNull())
  await users.addColumn('since', 'bigint', (since) => since.notNull()).execute()
  await db.schema
    .createIndex('users_subject')
    .ifNotExists()
    .unique()
    .on('users')
    .columns(['issuer', 'subject'])
    .execute()
}

async function addSuspensions(db: Transaction<Tables>): Promise<void> {
  await table(db, 'suspensions')
    .addColumn('kind', 'text', (kind) => kind.notNull())
    .addColumn('id', 'text', (id) => id.notNull())
    .addColumn('since', 'bigint', (since) => since.notNull())
    .addPrimaryKeyConstraint('suspensions_key', ['kind', 'id'])
    .execute()
}

async function addOutbox(db: Transaction<Tables>): Promise<void> {
  let outbox = table(db, 'outbox').addColumn('id', 'text', (id) => id.primaryKey())
  for (const name of ['receiver', 'payload'] as const)
    outbox = outbox.addColumn(name, 'text', (text) => text.notNull())
  for (const name of ['attempts', 'next_at', 'until'] as const)
    outbox = outbox.addColumn(name, 'bigint', (number) => number.notNull())
  await outbox.execute()
  await db.schema.createIndex('outbox_next_at').ifNotExists().on('outbox').column('next_at').execute()
}

function table(db: Kysely<Tables>, name: keyof Tables) {
  return db.schema.createTable(name).ifNotExists()
}
