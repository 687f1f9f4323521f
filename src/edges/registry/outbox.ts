// What is to be sent to others, until it is sent: kept over restarts, and sent by whichever process comes first.
import type { Milliseconds } from '#base'
import type { Store } from './store.ts'

/** What is to be sent. */
export interface Outgoing {
  /** Unique for ever. */
  readonly id: string
  /** To whom; any text. */
  readonly receiver: string
  readonly payload: string
  /** When to give up. */
  readonly until: Milliseconds
}

/** The same as it is taken to be sent. */
export interface TakenOutgoing extends Outgoing {
  /** How often it was taken before. */
  readonly attempts: number
}

/** What waits to be sent. */
export interface Outbox {
  /** Durable on return. */
  put(items: readonly Outgoing[]): Promise<void>
  /**
   * Takes what is due, and puts it off in case that it cannot be sent. Over all processes one takes it.
   * @param pause How long to put it off after so many attempts.
   */
  takeDue(limit: number, pause: (attempts: number) => Milliseconds): Promise<TakenOutgoing[]>
  /** It was sent, or given up. */
  remove(id: string): Promise<void>
}

/** Makes the register. Each function throws Fault `database-…` or `disk-full`. */
export function makeOutbox({ db, now }: Store): Outbox {
  return {
    async put(items) {
      if (items.length === 0) return
      const rows = items.map((item) => ({ ...item, attempts: 0, next_at: now() }))
      await db.insertInto('outbox').values(rows).execute()
    },
    async takeDue(limit, pause) {
      const due = db.selectFrom('outbox').selectAll().where('next_at', '<=', now())
      const found = await due.orderBy('next_at').orderBy('id').limit(limit).execute()
      const taken: TakenOutgoing[] = []
      for (const { next_at: seen, ...item } of found) {
        const putOff = { attempts: item.attempts + 1, next_at: now() + pause(item.attempts) }
        const mine = db
          .updateTable('outbox')
          .set(putOff)
          .where('id', '=', item.id)
          .where('next_at', '=', seen)
        if ((await mine.returning('id').executeTakeFirst()) !== undefined) taken.push(item)
      }
      return taken
    },
    async remove(id) {
      await db.deleteFrom('outbox').where('id', '=', id).execute()
    },
  }
}
