// Requests answered in a real window: zenity on a display of the test's own, pressed by xdotool. And the doorbell.
import assert from 'node:assert/strict'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { commandOf, openTrial, type Trial } from '../../tools/trial.ts'

const missing = ['zenity', 'Xvfb', 'xdotool', 'script'].filter((name) => !existsSync(`/usr/bin/${name}`))
const skip = missing.length === 0 ? false : `no ${missing.join(', ')}`
const display = ':94'

interface Result {
  status: string
  code?: string
  text?: string
}

describe('windows', { skip }, () => {
  let home: string
  let folder: string
  let trial: Trial
  let screen: ChildProcess
  let terminal: ChildProcess
  let seen = ''

  before(async () => {
    screen = spawn('Xvfb', [display, '-screen', '0', '1024x768x24', '-nolisten', 'tcp'], { stdio: 'ignore' })
    folder = mkdtempSync(`${tmpdir()}/keyreeve-windows-`)
    home = `${folder}/home`
    writeFileSync(`${folder}/file.txt`, 'plain text\n')
    for (const name of ['notify-send', 'gdbus']) {
      writeFileSync(`${folder}/${name}`, `#!/bin/sh\nprintf '%s\\n' "$0" "$@" >> ${folder}/rung\n`)
      chmodSync(`${folder}/${name}`, 0o755)
    }
    // The broker finds these as it would find those of a person's session.
    const extra = { DISPLAY: display, PATH: `${folder}:${process.env['PATH'] ?? ''}` }
    trial = await openTrial({ home, extra })
    const args = ['-qfec', `${commandOf().join(' ')} watch --desktop`, '/dev/null']
    terminal = spawn('script', args, { env: trial.env, stdio: ['pipe', 'pipe', 'inherit'] })
    terminal.stdout!.on('data', (bytes: Buffer) => (seen += bytes.toString()))
    const [, code] = await sees(/Type (\d{6})/)
    terminal.stdin!.write(`${code}\r`)
    await sees(/Watching/)
  })

  after(async () => {
    terminal.stdin!.write('\u0003')
    await trial.close()
    terminal.kill()
    screen.kill()
    rmSync(folder, { recursive: true, force: true })
  })

  async function sees(pattern: RegExp): Promise<RegExpExecArray> {
    for (let i = 0; i < 200; i++) {
      const found = pattern.exec(seen)
      if (found !== null) return found
      await wait(50)
    }
    return assert.fail(`${pattern} never showed:\n${seen}`)
  }

  function xdotool(...words: string[]): string {
    const { stdout } = spawnSync('xdotool', words, { env: { ...process.env, DISPLAY: display } })
    return String(stdout).trim()
  }

  /** The window that stands on the screen, with the focus. */
  async function window(): Promise<string> {
    for (let i = 0; i < 200; i++) {
      const id = xdotool('search', '--onlyvisible', '--name', '^Keyreeve$').split('\n')[0] ?? ''
      if (id !== '') {
        xdotool('windowfocus', '--sync', id)
        return id
      }
      await wait(50)
    }
    return assert.fail('no window came')
  }

  async function ask(assistant: string, reason: string): Promise<Result> {
    const client = await trial.assistant(assistant)
    const path = `${folder}/file.txt`
    const answer = await client.callTool({ name: 'read_file', arguments: { path, reason } })
    return answer.structuredContent as Result
  }

  /** What the command of the window was given: no text of the request may be in it. */
  function argumentsOfZenity(): string {
    return spawnSync('ps', ['-eo', 'args'])
      .stdout.toString()
      .split('\n')
      .filter((line) => line.startsWith('zenity '))
      .join('\n')
  }

  test('Enter denies, and the arguments of the window tell other users nothing', async () => {
    const answer = ask('by-window', 'to \u001b[2J<b>see</b>')
    await window()
    assert.match(argumentsOfZenity(), /^zenity --text-info/)
    assert.ok(!argumentsOfZenity().includes('by-window'))
    await wait(300)
    xdotool('key', 'Return')
    assert.equal((await answer).code, 'consent-refused')
    await sees(/denied: by-window/)
  })

  test('Allow lets exactly this text out, once, on record as a window', async () => {
    const answer = ask('patient', 'to see')
    for (let i = 0; i < 10; i++) {
      await window()
      await wait(1500)
      // From the text backwards to the last button; Space presses it.
      xdotool('key', '--delay', '60', 'shift+Tab', 'space')
      const isAnswered = await Promise.race([answer.then(() => true), wait(3000, false)])
      if (isAnswered) break
    }
    const result = await answer
    assert.deepEqual([result.status, result.text], ['ok', 'plain text\n'])
    const { stdout } = await trial.run(['log', 'list', '--limit', '10', '--json'])
    assert.match(stdout, /"method":"window"/)
  })

  test('the doorbell rang with fixed words, and with nothing of the request', () => {
    const rung = readFileSync(`${folder}/rung`, 'utf8')
    assert.match(rung, /notify-send\n--app-name=Keyreeve/)
    for (const foreign of ['by-window', 'patient', 'file.txt']) assert.ok(!rung.includes(foreign), rung)
  })
})
