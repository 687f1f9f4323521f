// How long a revocation takes to reach a request that is under way: from the person's word to the assistant's denial.
import type { Client } from '@modelcontextprotocol/client'
import { ftruncateSync, mkdirSync, openSync, closeSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { ConsoleSession, Trial } from '../tools/trial.ts'

const batches = 4
/** Grants of one batch: what one card asks for. */
const perBatch = 20
/** A hash of so much takes long enough to be under way. */
const fileBytes = 384 * 2 ** 20
/** Milliseconds after which the request is in the reader. */
const underWay = 120

interface Answer {
  readonly status: string
  readonly code?: string
  readonly grants?: readonly { readonly id: string; readonly path: string }[]
}

/** Milliseconds in which the reader ends what nobody waits for any more. */
const restful = 600

/** Milliseconds of each revocation. @throws Error where a request was answered with anything but the denial. */
export async function measureRevocations(trial: Trial, folder: string): Promise<number[]> {
  const person = await trial.console()
  const client = await trial.assistant('revoked')
  const times: number[] = []
  for (let batch = 0; batch < batches; batch++) {
    const paths = Array.from({ length: perBatch }, (_, at) => plant(`${folder}/${batch}-${at}`))
    const { grants = [] } = await granted(client, person, paths)
    for (const grant of grants) {
      times.push(await revoke(client, person, grant))
      await wait(restful)
    }
  }
  person.close()
  return times
}

function plant(path: string): string {
  mkdirSync(path, { recursive: true })
  const fd = openSync(`${path}/file`, 'w')
  ftruncateSync(fd, fileBytes)
  closeSync(fd)
  return path
}

async function granted(client: Client, person: ConsoleSession, paths: readonly string[]): Promise<Answer> {
  const items = paths.map((path) => ({ path, scope: 'folder-hour' }))
  const given = ask(client, 'request_access', { items, reason: 'bench' })
  await person.decide(await person.nextCard(), 'allow')
  return given
}

async function revoke(
  client: Client,
  person: ConsoleSession,
  { id, path }: { id: string; path: string },
): Promise<number> {
  const answer = ask(client, 'read_file', { path: `${path}/file`, mode: 'hash' })
  await wait(underWay)
  const start = performance.now()
  const [{ status, code }] = await Promise.all([answer, person.post(`/api/grants/${id}/revoke`, {})])
  if (code !== 'grant-revoked') throw new Error(`the request under way was answered ${code ?? status}`)
  return performance.now() - start
}

async function ask(client: Client, name: string, args: Record<string, unknown>): Promise<Answer> {
  return (await client.callTool({ name, arguments: args })).structuredContent as Answer
}
