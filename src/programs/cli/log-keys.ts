// keyreeve log keys: what an auditor needs beside the folder to open the log's events.
import { Fault, fromBase64url, Secret, type ExitCode } from '#base'
import { placesOf, type ReplyOf } from '#wire'
import { readdirSync, readFileSync } from 'node:fs'
import * as z from 'zod'
import { withBroker } from './connection.ts'
import type { Call, Machine } from './machine.ts'

type Keys = ReplyOf<'log.keys'>

const shape = z.object({
  days: z.array(z.object({ day: z.int().min(0), key: z.string().regex(/^[\w-]{43}$/) })),
})

/** Prints the keys of every day that the log has. Whoever has them can read those days. */
export async function keys({ machine, terminal }: Call): Promise<ExitCode> {
  const found = await askKeys(machine)
  terminal.data(
    found,
    found.days.map(({ day, key }) => `${new Date(day * 86_400_000).toISOString().slice(0, 10)}  ${key}`),
  )
  terminal.say('Whoever has these keys can read those days of the log.')
  return 0
}

/** Day keys from a file that `log keys --json` wrote. @throws Fault `usage` for any other file */
export function keysIn(file: string): (day: number) => Promise<Secret | null> {
  try {
    return keysOf(shape.parse(JSON.parse(readFileSync(file, 'utf8'))))
  } catch (cause) {
    throw new Fault('usage', 'the file of keys is none that "keyreeve log keys --json" wrote', { cause })
  }
}

/** Day keys of this home's own log from its broker; null where none runs or the vault is locked. */
export async function ownKeys(machine: Machine): Promise<((day: number) => Promise<Secret | null>) | null> {
  try {
    return keysOf(await askKeys(machine))
  } catch (thrown) {
    if (thrown instanceof Fault) return null
    throw thrown
  }
}

function askKeys(machine: Machine): Promise<Keys> {
  const days = readdirSync(`${placesOf(machine).journal}/sealed`)
    .map(Number)
    .filter(Number.isSafeInteger)
  return withBroker(machine, (broker) => broker.ask('log.keys', { days }))
}

function keysOf({ days }: Keys): (day: number) => Promise<Secret | null> {
  const byDay = new Map(days.map(({ day, key }) => [day, key]))
  return async (day) => {
    const key = byDay.get(day)
    return key === undefined ? null : Secret.own(fromBase64url(key))
  }
}
