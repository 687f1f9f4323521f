// A person who answers in a terminal of their own: a real pseudo-terminal, with `script` in the person's place.
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { openTrial, type Trial } from '../../tools/trial.ts'

const root = new URL('../..', import.meta.url).pathname

/** `keyreeve watch` in a pseudo-terminal of its own. */
class Terminal {
  screen = ''
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>

  constructor(trial: Trial) {
    const args = ['-qfec', `${root}bin/keyreeve watch`, '/dev/null']
    this.#child = spawn('script', args, { env: trial.env, stdio: ['pipe', 'pipe', 'inherit'] })
    this.#ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.stdin!.on('error', () => {})
    this.#child.stdout!.on('data', (bytes: Buffer) => (this.screen += bytes.toString()))
  }

  type(keys: string): void {
    this.#child.stdin!.write(keys)
  }

  async sees(pattern: RegExp): Promise<RegExpExecArray> {
    for (let i = 0; i < 100; i++) {
      const found = pattern.exec(this.screen)
      if (found !== null) return found
      await wait(50)
    }
    return assert.fail(`${pattern} never showed on the screen:\n${this.screen}`)
  }

  /** Ctrl-C ends it; one that stays is killed. */
  async close(): Promise<void> {
    this.type('\u0003')
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 2000)
    await this.#ended
    clearTimeout(late)
  }
}

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
    const terminal = new Terminal(trial)
    const [, code] = await terminal.sees(/Type (\d{6})/)
    terminal.type(`${code}\r`)
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
    const terminal = new Terminal(trial)
    await terminal.sees(/Type \d{6}/)
    terminal.type('000000\r')
    await terminal.sees(/code-invalid/)
    await terminal.close()
  })
})
