// T07: a secret that a redacted answer still shows.
import type { Card } from '#wire'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { everyByteBelow, openTrial, type ConsoleSession, type Trial } from '../../tools/trial.ts'

/** Built at run time; none is a real key. */
const planted = {
  github: `ghp_${'Zz9Yy8Xx'.repeat(5).slice(0, 36)}`,
  stripe: `sk_${'live'}_${'4eC39HqLyjWDarjtT1zdp7dc'.repeat(1)}`,
  slack: `xoxb-${'1234567890'}-${'1234567890123'}-${'AbCdEfGhIjKlMnOpQrStUvWx'}`,
  pem: Array.from({ length: 12 }, (_, i) => `MIIEow${'IBAAKCAQEA7bq3'.repeat(4)}${i}x`.slice(0, 64)),
}

describe('T07: a secret that a redacted answer still shows', () => {
  let trial: Trial
  let person: ConsoleSession
  let folder: string

  before(async () => {
    trial = await openTrial()
    person = await trial.console()
    folder = mkdtempSync(`${tmpdir()}/keyreeve-t07-`)
  })

  after(async () => {
    await trial.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function readAllowed(args: object): Promise<string> {
    const client = await trial.assistant('reader')
    const answer = client.callTool({ name: 'read_file', arguments: args as { path: string } })
    const first = await Promise.race([answer, person.nextCard()])
    if ('armedAfter' in first) await person.decide(first as Card, 'allow')
    return JSON.stringify(await answer)
  }

  test('T07: keys in many contexts are masked in text and structured content alike', async () => {
    const lines = [
      `export GITHUB_TOKEN=${planted.github}`,
      `{"stripe": "${planted.stripe}"}`,
      `curl -H "Authorization: Bearer ${planted.slack}" https://example.test`,
      `https://user:${planted.github}@example.test/repo.git`,
    ]
    writeFileSync(`${folder}/many.txt`, lines.join('\n'))
    const answer = await readAllowed({ path: `${folder}/many.txt` })
    for (const key of [planted.github, planted.stripe, planted.slack])
      assert.equal(answer.includes(key), false)
  })

  test('T07: a private key asked for in the middle is masked too', async () => {
    const kind = ['PRIVATE', 'KEY'].join(' ')
    // A file that begins with a key is one of the class `key`, and is not released for a click at all.
    const text = [
      '# Notes',
      '',
      `-----BEGIN ${kind}-----`,
      ...planted.pem,
      `-----END ${kind}-----`,
      'after',
      '',
    ].join('\n')
    writeFileSync(`${folder}/notes.md`, text)
    const answer = await readAllowed({ path: `${folder}/notes.md`, lines: [[6, 8]] })
    assert.match(answer, /"status":"ok"/)
    for (const line of planted.pem) assert.equal(answer.includes(line), false)
  })

  test('T07: no pattern finds a key, however little of it it asks for', async () => {
    writeFileSync(`${folder}/probe.txt`, `token: ${planted.github}\n`)
    const client = await trial.assistant('prober')
    for (const pattern of [planted.github.slice(0, 6), `${planted.github[4]}.{35}$`, '[A-Z][a-z]\\d[A-Z]']) {
      const answer = client.callTool({
        name: 'grep_file',
        arguments: { path: `${folder}/probe.txt`, pattern },
      })
      await person.decide(await person.nextCard(), 'allow')
      const { structuredContent } = (await answer) as { structuredContent: { matches: number; text: string } }
      assert.deepEqual([structuredContent.matches, structuredContent.text], [0, ''], pattern)
    }
  })

  test('T07: no key stands in the home afterwards: not in the log, not anywhere', () => {
    const bytes = everyByteBelow(trial.home)
    for (const key of [planted.github, planted.stripe, planted.slack, planted.pem[3]!]) {
      assert.equal(bytes.includes(key), false)
    }
  })

  test('T07: errors about a file do not quote it', async () => {
    writeFileSync(`${folder}/binary`, Buffer.concat([Buffer.from(planted.github), Buffer.alloc(64)]))
    const answer = await readAllowed({ path: `${folder}/binary` })
    assert.match(answer, /file-not-text/)
    assert.equal(answer.includes(planted.github), false)
  })
})
