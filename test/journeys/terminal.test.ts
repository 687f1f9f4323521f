// A person who answers in a terminal of their own: a real pseudo-terminal, with `script` in the person's place.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { PersonTerminal } from '../../tools/pty.ts'
import { openTrial, type Trial } from '../../tools/trial.ts'

describe('terminal', () => {
  let trial: Trial
  let folder: string

  before(async () => {
    trial = await openTrial()
    folder = mkdtempSync(`${tmpdir()}/keyreeve-terminal-`)
    writeFileSync(`${folder}/file.txt`, 'line one\nline two\n')
  })

  after(async () => {
    await trial.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('watch shows the exact text after the code was typed, and its answer counts', async () => {
    const terminal = new PersonTerminal(trial, 'watch')
    await terminal.prove()
    await terminal.sees(/Watching/)
    const client = await trial.assistant('terminal')
    const answer = client.callTool({
      name: 'read_file',
      arguments: { path: `${folder}/file.txt`, reason: 'to \u001b[2Jsee' },
    })
    await terminal.sees(/line two/)
    assert.equal(
      terminal.screen.includes('\u001b[2Jsee'),
      false,
      'an escape sequence of the assistant reached the terminal',
    )
    await wait(900)
    terminal.type('a')
    const result = (await answer).structuredContent as { status: string; text: string }
    assert.deepEqual([result.status, result.text], ['ok', 'line one\nline two\n'])
    const { stdout } = await trial.run(['log', 'list', '--limit', '10', '--json'])
    assert.match(stdout, /"method":"terminal"/)
    await terminal.close()
  })

  test('watch with a wrong code answers nothing', async () => {
    const terminal = new PersonTerminal(trial, 'watch')
    await terminal.sees(/Type \d{6}/)
    terminal.type('000000\r')
    await terminal.sees(/code-invalid/)
    await terminal.close()
  })
})
