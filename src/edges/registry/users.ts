// People, by who says who they are.
import type { Store } from './store.ts'
import type { UserRow } from './tables.ts'

/** A person who has signed in. */
export interface User {
  readonly id: string
  readonly tenant: string
  /** The identity provider that knows the person, and its name for them: together they are unique. */
  readonly issuer: string
  readonly subject: string
  readonly label: string
}

/** Persons, found by what their identity provider calls them. */
export interface Users {
  byId(id: string): Promise<User | null>
  /** Gives the user whom the issuer calls so, or makes it of what is given. Two at once get the same. */
  findOrAdd(user: User): Promise<User>
}

/** Makes the register. Each function throws Fault `database-…` or `disk-full`. */
export function makeUsers({ db, now }: Store): Users {
  return {
    async byId(id) {
      return (
        (await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst().then(read)) ?? null
      )
    },
    async findOrAdd(user) {
      await db
        .insertInto('users')
        .values({ ...user, since: now() })
        .onConflict((conflict) => conflict.columns(['issuer', 'subject']).doNothing())
        .execute()
      const found = db
        .selectFrom('users')
        .selectAll()
        .where('issuer', '=', user.issuer)
        .where('subject', '=', user.subject)
      return (await found.executeTakeFirst().then(read)) ?? user
    },
  }
}

function read(row: UserRow | undefined): User | undefined {
  if (row === undefined) return undefined
  const { since: _since, ...user } = row
  return user
}
