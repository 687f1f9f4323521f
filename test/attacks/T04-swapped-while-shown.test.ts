// T04: a file swapped while the card is up.
import assert from 'node:assert/strict'
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { openTrial, type ConsoleSession, type Trial } from '../../tools/trial.ts'

describe('T04: a file swapped while the card is up', () => {
  let trial: Trial
  let person: ConsoleSession
  let folder: string

  before(async () => {
    trial = await openTrial()
    person = await trial.console()
    folder = mkdtempSync(`${tmpdir()}/keyreeve-t04-`)
  })

  after(async () => {
    await trial.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const swaps: Record<string, (path: string) => void> = {
    'by another file': (path) => {
      writeFileSync(`${folder}/other`, 'the other content\n')
      renameSync(`${folder}/other`, path)
    },
    'by a link to a file outside': (path) => {
      unlinkSync(path)
      writeFileSync(`${folder}/outside`, 'outside\n')
      symlinkSync(`${folder}/outside`, path)
    },
    'by writing into it': (path) => writeFileSync(path, 'the other content, in place\n'),
    'by nothing at all': (path) => unlinkSync(path),
  }

  for (const [how, swap] of Object.entries(swaps)) {
    test(`T04: swapped ${how}, the shown bytes are sent`, async () => {
      // A name of its own for each: a link left by one case must not be written through by the next.
      const path = `${folder}/shown ${how}.txt`
      writeFileSync(path, 'what the person saw\n')
      const client = await trial.assistant('swapper')
      const answer = client.callTool({ name: 'read_file', arguments: { path } })
      const card = await person.nextCard()
      assert.equal(card.content?.text, 'what the person saw\n')
      swap(path)
      await person.decide(card, 'allow')
      const result = (await answer).structuredContent as { status: string; text: string; sha256: string }
      assert.equal(result.text, 'what the person saw\n')
      assert.equal(result.sha256, card.content.sha256)
    })
  }

  for (const [how, swap] of Object.entries(swaps)) {
    test(`T04: swapped ${how}, an edit that was shown is not written`, async () => {
      const path = `${folder}/edited ${how}.txt`
      writeFileSync(path, 'one\n')
      const client = await trial.assistant('editor')
      const patch = '@@ -1,1 +1,1 @@\n-one\n+two\n'
      const answer = client.callTool({ name: 'propose_edit', arguments: { path, patch, reason: 'test' } })
      const card = await person.nextCard()
      assert.equal(card.content?.text, patch)
      swap(path)
      const before = contentOf(path)
      await person.decide(card, 'allow')
      assert.equal(((await answer).structuredContent as { status: string }).status, 'denied')
      assert.equal(contentOf(path), before)
    })
  }
})

function contentOf(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}
