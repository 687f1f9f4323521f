// T15: a grant that is used beyond what it was given for.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { openTrial, type ConsoleSession, type Trial } from '../../tools/trial.ts'

interface Entry {
  readonly index: number
  readonly event: Readonly<Record<string, unknown>>
}

interface Result {
  readonly status: string
  readonly code?: string
  readonly grants?: readonly { readonly id: string }[]
}

const rounds = 12
const readsAtOnce = 6

describe('T15: a grant that is used beyond what it was given for', () => {
  let trial: Trial
  let person: ConsoleSession
  let folder: string

  before(async () => {
    trial = await openTrial()
    person = await trial.console()
    folder = mkdtempSync(`${tmpdir()}/keyreeve-t15-`)
    writeFileSync(`${folder}/file.txt`, 'content\n')
  })

  after(async () => {
    await trial.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('T15: nothing leaves under a grant after its revocation, however the two fall together', async () => {
    const client = await trial.assistant('racer')
    const ask = async (name: string, args: Record<string, unknown>): Promise<Result> =>
      (await client.callTool({ name, arguments: args })).structuredContent as Result
    const ids: string[] = []
    void answerAll(person)
    for (let round = 0; round < rounds; round++) {
      const items = [{ path: folder, scope: 'folder-hour' }]
      const given = ask('request_access', { items, reason: 'work' })
      const id = (await given).grants?.[0]?.id ?? assert.fail('no grant')
      ids.push(id)
      const reads = Array.from({ length: readsAtOnce }, () =>
        ask('read_file', { path: `${folder}/file.txt` }),
      )
      await new Promise((resolve) => setTimeout(resolve, round))
      await person.post(`/api/grants/${id}/revoke`, {})
      const answers = await Promise.all(reads)
      for (const { status, code } of answers) {
        assert.ok(
          status === 'ok' || ['grant-revoked', 'consent-refused', 'embargoed'].includes(code ?? ''),
          `${code}`,
        )
      }
    }
    const { stdout } = await trial.run(['log', 'list', '--limit', '1000', '--json'])
    const { entries } = JSON.parse(stdout) as { entries: Entry[] }
    for (const id of ids) assert.deepEqual(deliveredAfterEnd(entries, id), [])
  })
})

/** Deliveries under a grant that stand in the log behind its revocation. */
function deliveredAfterEnd(entries: readonly Entry[], grant: string): readonly Entry[] {
  const end = entries.find(({ event }) => event['kind'] === 'revocation' && event['grant'] === grant)
  assert.ok(end !== undefined)
  const intents = entries.filter(({ event }) => {
    const why = event['why'] as { grant?: string } | undefined
    return event['kind'] === 'intent' && why?.grant === grant
  })
  const indexes = new Set(intents.map(({ index }) => index))
  return entries.filter(
    ({ index, event }) =>
      index > end.index && event['result'] === 'delivered' && indexes.has(Number(event['intent'])),
  )
}

/** Grants what is asked for, and denies single reads: so only what a grant lets through is released. */
async function answerAll(person: ConsoleSession): Promise<void> {
  for (;;) {
    const card = await person.nextCard()
    void person.decide(card, card.kind === 'access' ? 'allow' : 'deny').catch(() => {})
  }
}
