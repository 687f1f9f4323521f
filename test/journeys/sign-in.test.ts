// A machine becomes a device because its owner signs in: the token server, an identity provider, the broker's programs and
// Chromium, all real; and the same for a machine without a browser.
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { decodeJwt } from 'jose'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { commandOf, mainOf, openTrial, type Trial } from '../../tools/trial.ts'
import {
  audience,
  Browser,
  settings,
  startIdentityProvider,
  type Running,
} from '../../src/programs/server/sign-in-fixture.test.ts'
import { faultsOf, launchBrowser, overflowOf, skip } from './browser.ts'

interface Enrolled {
  readonly device: string
  readonly scope: string
}

describe('signing in', () => {
  let trial: Trial
  let server: ChildProcess
  let provider: Running
  let folder: string
  let issuer: string

  before(async () => {
    const home = mkdtempSync(join(tmpdir(), 'keyreeve-sign-in-home-'))
    writeFileSync(join(home, 'config.toml'), `[device]\naudiences = ["${audience}"]\n`)
    trial = await openTrial({ home })
    folder = mkdtempSync(join(tmpdir(), 'keyreeve-sign-in-'))
    issuer = `http://127.0.0.1:${await freePort()}`
    provider = await startIdentityProvider(() => [`${issuer}/signin/callback`])
    const config = settings(folder, { url: issuer, idp: provider.url, approval: false })
    const state = join(folder, 'state')
    const main = [mainOf('server'), '--config', config, '--state', state]
    server = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...main], { stdio: 'ignore' })
    await untilReady()
  })

  after(async () => {
    const ended = once(server, 'exit')
    server.kill('SIGTERM')
    await ended
    await provider.close()
    await trial.close()
    for (const one of [folder, trial.home]) rmSync(one, { recursive: true, force: true })
  })

  async function untilReady(): Promise<void> {
    for (let tries = 0; tries < 300; tries++) {
      const response = await fetch(`${issuer}/readyz`).catch(() => null)
      if (response?.status === 200) return
      await wait(100)
    }
    assert.fail('the token server is not ready')
  }

  /** Starts `keyreeve device enroll`: it says where to go, and once somebody was there what came of it. */
  async function enroll(
    ...options: string[]
  ): Promise<{ url: string; userCode: string; done: Promise<Enrolled> }> {
    const [command, ...first] = commandOf()
    const args = [...first, 'device', 'enroll', '--issuer', issuer, '--json', ...options]
    const cli = spawn(command, args, { env: trial.env, stdio: ['ignore', 'pipe', 'inherit'] })
    const lines = createInterface(cli.stdout)[Symbol.asyncIterator]()
    const next = async () => JSON.parse((await lines.next()).value ?? 'null')
    return { ...(await next()), done: next() }
  }

  async function tokenOf(scope: string): Promise<Record<string, unknown>> {
    const { stdout, code } = await trial.run(['token', 'print', '--audience', audience, '--scope', scope])
    assert.equal(code, 0)
    return decodeJwt(stdout.trim())
  }

  test(
    'the owner signs in in the browser, sees what the device may do, and allows it',
    { skip },
    async () => {
      const chromium = await launchBrowser()
      try {
        const { url, done } = await enroll('--no-open', '--label', 'Ann’s <laptop>')
        const context = await chromium.newContext({
          viewport: { width: 390, height: 800 },
          colorScheme: 'dark',
        })
        const page = await context.newPage()
        const complaints: string[] = []
        page.on('console', (message) => complaints.push(message.text()))
        await page.goto(url)
        await page.waitForURL(`${provider.url}/**`)
        await page.locator('[name=login]').fill('alice')
        await page.locator('[name=password]').fill('x')
        await page.getByRole('button', { name: 'Sign-in' }).click()
        await page.getByRole('button', { name: 'Continue' }).click()
        await page.getByRole('heading', { name: 'Allow this device?' }).waitFor()
        const shown = await page.locator('main').innerText()
        for (const part of ['Ann’s <laptop>', 'alice@org.example', 'eng', 'llm.infer:read'])
          assert.ok(shown.includes(part), shown)
        complaints.length = 0
        assert.deepEqual([await overflowOf(page), await faultsOf(page)], [0, []])
        await page.emulateMedia({ colorScheme: 'light' })
        assert.deepEqual(await faultsOf(page), [])
        await page.getByRole('button', { name: 'Allow' }).click()
        await page.getByText('You can close this page').waitFor()
        assert.deepEqual(complaints, [])
        const { device, scope } = await done
        assert.equal(scope, 'llm.infer:read files:read')
        const claims = await tokenOf('llm.infer:read')
        assert.deepEqual([claims['device'], claims['tenant']], [device, 'eng'])
        assert.match(String(claims['sub']), /^usr_/)
        assert.equal((await trial.run(['device', 'forget'])).code, 0)
      } finally {
        await chromium.close()
      }
    },
  )

  test('a machine without a browser waits until its code was typed elsewhere', async () => {
    const { url, userCode, done } = await enroll('--headless')
    const browser = await new Browser().open(url)
    await browser.submit({ user_code: userCode })
    await browser.submit({ confirm: 'yes' })
    await browser.signInAs('bob')
    await browser.submit({ answer: 'allow' })
    assert.match(browser.html, /The device is connected/)
    assert.equal((await done).scope, 'files:read')
    assert.equal((await tokenOf('files:read'))['tenant'], 'org')
  })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  await new Promise((resolve) => server.close(resolve))
  return bound !== null && typeof bound === 'object' ? bound.port : assert.fail('no port')
}
