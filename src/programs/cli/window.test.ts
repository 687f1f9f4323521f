// Tests of windows: what goes to the command, and what counts as an answer.
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, test } from 'node:test'
import * as fc from 'fast-check'
import { osascript } from './window-osascript.ts'
import { zenity } from './window-zenity.ts'
import { askInWindow, windowMaker } from './window.ts'

const folder = mkdtempSync(`${tmpdir()}/keyreeve-window-`)
after(() => rmSync(folder, { recursive: true }))

const shown = { text: 'claude asks "to read" \\ <b>x</b>', seconds: 42, canAllow: true }

function never(): AbortSignal {
  return new AbortController().signal
}

/** A zenity of the test's own: notes what it got, and answers as told. */
function played(script: string): Record<string, string> {
  const bin = mkdtempSync(`${folder}/bin-`)
  writeFileSync(`${bin}/zenity`, `#!/bin/sh\n${script}\n`)
  chmodSync(`${bin}/zenity`, 0o755)
  return { PATH: `${bin}:/usr/bin:/bin` }
}

test('zenity() has the text in its input and nowhere in its arguments, and Deny on Enter and Escape', () => {
  const { arguments: words, input, answer } = zenity(shown)
  assert.equal(input, shown.text)
  assert.ok(!words.some((word) => word.includes('claude')))
  assert.ok(words.includes('--ok-label=Deny') && words.includes('--timeout=42'))
  assert.equal(answer('Allow once\n', 1), 'allow')
  for (const [stdout, exit] of [
    ['', 0],
    ['', 1],
    ['', 5],
    ['', null],
    ['Allow', 1],
  ] as const)
    assert.equal(answer(stdout, exit), 'deny')
  assert.ok(!zenity({ ...shown, canAllow: false }).arguments.some((word) => word.includes('Allow')))
})

test('osascript() lets no text out of its string literal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const { input } = osascript({ ...shown, text })
      const literal = /^display dialog "((?:[^"\\]|\\["\\])*)" with title "Keyreeve" buttons /su.exec(
        input,
      )?.[1]
      assert.equal(literal?.replaceAll(/\\(["\\])/g, '$1'), text)
    }),
  )
  const { answer } = osascript(shown)
  assert.equal(answer('button returned:Allow once, gave up:false\n', 0), 'allow')
  assert.equal(answer('button returned:, gave up:true\n', 0), 'deny')
  assert.equal(answer('', 1), 'deny')
})

test('askInWindow() takes the answer of the command, with hardly any environment', async () => {
  const env = { ...played('env; cat; echo "Allow once"'), SECRET_TOKEN: 'x' }
  let stdout = ''
  const command = zenity(shown)
  const answer = (text: string) => {
    stdout = text
    return 'deny' as const
  }
  assert.equal(await askInWindow({ ...command, answer }, env, never()), 'deny')
  assert.ok(stdout.includes(shown.text) && !stdout.includes('SECRET_TOKEN'))
  assert.equal(await askInWindow(command, played('echo "Allow once"; exit 1'), never()), 'allow')
  assert.equal(await askInWindow(command, played('exit 5'), never()), 'deny')
})

test('askInWindow() takes the window away when the request ended', async () => {
  const end = new AbortController()
  const asked = askInWindow(zenity(shown), played('exec sleep 60'), end.signal)
  end.abort('timed-out')
  assert.equal(await asked, null)
})

test('askInWindow() and windowMaker() say so where there is no window to be had', async () => {
  const fault = { code: 'unsupported-here' }
  await assert.rejects(askInWindow(zenity(shown), { PATH: folder }, never()), fault)
  assert.throws(() => windowMaker({ env: {}, platform: 'linux' }), fault)
  assert.throws(() => windowMaker({ env: { DISPLAY: ':0' }, platform: 'win32' }), fault)
  assert.equal(windowMaker({ env: { DISPLAY: ':0' }, platform: 'linux' }), zenity)
  assert.equal(windowMaker({ env: {}, platform: 'darwin' }), osascript)
})
