// The console in a real browser: the real console process, real Chromium, and a broker played through the pipe.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { faultsOf, launchBrowser, overflowOf, signedIn, skip } from './browser.ts'
import { callerOf, playBroker, sha256, type PlayedBroker } from './played-broker.ts'

const bidi = String.fromCodePoint(0x202e)
const escape = String.fromCodePoint(0x1b)
const zeroWidth = String.fromCodePoint(0x200b)

const pagesWithPanels = ['Grants', 'Log', 'Review', 'Secrets', 'Models', 'Device', 'Assistants', 'Status']

// What runs inside the page is text here: this file knows no DOM.
const focused = 'document.activeElement?.textContent'
/** Waits until Allow changes, and tells whether it sleeps then. */
const nextSleep = `new Promise((resolve) => {
  const allow = document.querySelector('.allow')
  const watcher = new MutationObserver(() => resolve(allow.disabled))
  watcher.observe(allow, { attributes: true, attributeFilter: ['disabled'] })
})`

/** Waits until Allow is there, and tells whether it slept at that moment: a busy machine looks too late from outside. */
const firstSleep = `new Promise((resolve) => {
  const look = () => {
    const allow = document.querySelector('.allow')
    if (allow !== null) resolve(allow.disabled)
  }
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true })
  look()
})`

describe('the console in a browser', { skip }, () => {
  let browser: Browser
  let played: PlayedBroker
  before(async () => {
    played = await playBroker()
    browser = await launchBrowser()
  })
  after(async () => {
    await browser?.close()
    played?.process.kill()
  })
  beforeEach(() => played.reset())

  async function signIn(options: BrowserContextOptions = {}): Promise<Page> {
    return signedIn(browser, await played.link(), options)
  }

  test('a link signs in once; its code leaves the address, and a second use is refused', async () => {
    const link = await played.link()
    const page = await (await browser.newContext()).newPage()
    await page.goto(link)
    await page.getByText('Nothing waits for you').waitFor()
    assert.equal(page.url(), `http://console.localhost:${played.port}/`)
    assert.equal(await page.evaluate('history.length'), 2)
    const second = await (await browser.newContext()).newPage()
    await second.goto(link)
    await second.getByRole('heading', { name: 'This link no longer works' }).waitFor()
    assert.deepEqual(await offersOf(second), [])
    await page.context().close()
    await second.context().close()
  })

  test('the bearer is in no storage, and a reload ends the session', async () => {
    const page = await signIn()
    const kept = await page.evaluate(
      'Promise.all([sessionStorage.length, localStorage.length, document.cookie, indexedDB.databases(), caches.keys()])',
    )
    assert.deepEqual(kept, [0, 0, '', [], []])
    assert.deepEqual(await page.context().cookies(), [])
    await page.reload()
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
    await page.context().close()
  })

  test('a card shows exactly the text that leaves, who asks, and what is only claimed', async () => {
    const page = await signIn()
    const card = played.ask({ reason: 'to mend the test' })
    const dialog = page.getByRole('alertdialog', { name: 'claude-desktop wants to read a file' })
    await dialog.waitFor()
    const shownText = await dialog.getByRole('region', { name: 'The exact text that leaves' }).textContent()
    assert.equal(shownText, card.content?.text)
    assert.deepEqual(await dialog.locator('mark').allTextContents(), ['[stripe-secret-key:4f2a]'])
    assert.equal(await dialog.locator('img, script').count(), 0)
    const proved = (await dialog.locator('.proved').textContent()) ?? ''
    assert.match(
      proved,
      /Proved by the system.*\/opt\/Claude\/claude-desktop.*process 4211.*\/usr\/bin\/node/,
    )
    assert.doesNotMatch(proved, /claude-ai/)
    const claimed = (await dialog.locator('.claimed').textContent()) ?? ''
    assert.match(claimed, /not verified.*claude-ai 0\.11\.6.*to mend the test/)
    assert.equal(await dialog.locator('.card-title .path b').textContent(), '.env')
    assert.match(
      (await dialog.locator('.seal').textContent()) ?? '',
      new RegExp(`sha256 ${card.content?.sha256.slice(0, 8)}…`),
    )
    await page.context().close()
  })

  test('Allow sleeps until the card was in sight, then sends digest and scope', async () => {
    const page = await signIn()
    const slept = page.evaluate(firstSleep)
    await page.evaluate('true')
    const card = played.ask({ armedAfter: 700 })
    const allow = page.getByRole('button', { name: 'Allow' })
    assert.equal(await slept, true)
    // Playwright waits until the button takes a click.
    await page.getByLabel('This file, until the assistant disconnects').check()
    await allow.click()
    await page.getByText('Just answered').waitFor()
    const [answer] = played.decisions
    assert.deepEqual(answer, { id: card.id, digest: card.digest, decision: 'allow', scope: 'file-session' })
    await page.context().close()
  })

  test('Allow falls asleep again when another card comes', async () => {
    const page = await signIn()
    played.ask({ armedAfter: 50 })
    await page.locator('.allow:enabled').waitFor()
    const slept = page.evaluate(nextSleep)
    await page.evaluate('true')
    played.ask({ armedAfter: 50 })
    assert.equal(await slept, true)
    await page.locator('.allow:enabled').waitFor()
    await page.context().close()
  })

  test('Deny has the focus, so that one key answers; the next card takes its place', async () => {
    const page = await signIn()
    const first = played.ask({})
    const second = played.ask({ path: '/home/ada/notes.md', caller: callerOf('cursor') })
    await page.getByRole('heading', { name: 'Also waiting' }).waitFor()
    assert.equal(await page.evaluate(focused), 'Deny')
    await page.keyboard.press('Enter')
    await page.getByRole('alertdialog', { name: 'cursor wants to read a file' }).waitFor()
    assert.equal(await page.evaluate(focused), 'Deny')
    await page.keyboard.press('Space')
    await page.getByText('Nothing waits for you').waitFor()
    const sent = played.decisions.map(({ id, digest, decision }) => [id, digest, decision])
    assert.deepEqual(
      sent,
      [first, second].map(({ id, digest }) => [id, digest, 'deny']),
    )
    await page.context().close()
  })

  test('names with escape, bidi and zero-width characters are spelled out, and the end of a path stays', async () => {
    const page = await signIn()
    const text = `a${bidi}b${escape}[31mc\n`
    const content = { text, sha256: sha256(text), bytes: 12, redactions: [], size: 12 }
    const path = `/home/ada/${'deep/'.repeat(200)}${bidi}gpj${zeroWidth}.exe`
    const caller = { ...callerOf(`claude${escape}[2J`), claimed: { name: `real${bidi}eno`, version: '1' } }
    played.ask({ path, caller, content, reason: `${zeroWidth}<b>trust me</b>` })
    const dialog = page.getByRole('alertdialog')
    await dialog.waitFor()
    const said = (await dialog.textContent()) ?? ''
    for (const character of [bidi, escape, zeroWidth]) assert.ok(!said.includes(character))
    assert.equal(
      await dialog.locator('.card-title .path b').textContent(),
      String.raw`\u{202e}gpj\u{200b}.exe`,
    )
    assert.ok(said.includes(String.raw`claude\u{1b}[2J wants`))
    assert.ok(said.includes(String.raw`real\u{202e}eno 1`))
    assert.ok(said.includes(String.raw`\u{200b}<b>trust me</b>`))
    assert.deepEqual(await dialog.locator('mark').allTextContents(), [
      String.raw`\u{202e}`,
      String.raw`\u{1b}`,
    ])
    await page.context().close()
  })

  test('a card that two persons would have to allow can only be denied', async () => {
    const page = await signIn()
    played.ask({ tier: 3 })
    await page.getByText('Two persons would have to allow this').waitFor()
    assert.deepEqual(await page.getByRole('alertdialog').getByRole('button').allTextContents(), ['Deny'])
    await page.context().close()
  })

  test('a card that ended elsewhere goes away with its buttons', async () => {
    const page = await signIn()
    const { id } = played.ask({})
    await page.getByRole('alertdialog').waitFor()
    played.channel.tell('consent.ended', { id, outcome: 'timed-out' })
    await page.getByText('Timed out', { exact: true }).waitFor()
    assert.equal(await page.getByRole('alertdialog').count(), 0)
    await page.context().close()
  })

  test('grants are revoked one by one and all at once; log and status are shown', async () => {
    const page = await signIn()
    await page.getByRole('link', { name: 'Grants' }).click()
    await page.getByRole('button', { name: 'Revoke the grant of claude-desktop for /home/ada/acme' }).click()
    await page.getByRole('button', { name: 'Revoke all' }).click()
    await page.getByText('No grants').waitFor()
    assert.deepEqual(played.revoked, [{ id: 'g1' }, { all: true }])
    await page.getByRole('link', { name: 'Log' }).click()
    await page.getByText('allowed, you said yes').waitFor()
    const rows = await page.getByRole('row').allTextContents()
    assert.match(
      rows.find((row) => row.startsWith('7')) ?? '',
      /cursor asked to read.*\.ssh\/id_ed25519.*denied by policy/,
    )
    assert.match(rows.find((row) => row.startsWith('6')) ?? '', /deleted by retention; its proof stands/)
    await page.getByRole('link', { name: 'Status' }).click()
    await page.getByText('Key file beside the vault').waitFor()
    await page.getByText('Weak').waitFor()
    await page.context().close()
  })

  test('routes show what was used; a phantom is revoked, and every call stopped and let go on', async () => {
    const page = await signIn()
    await page.getByRole('link', { name: 'Models' }).click()
    await page.getByText('128 requests, 402,118 tokens in, 30,977 out, cost 1.3151').waitFor()
    await page
      .getByText('60 requests a minute, 4 at the same time, 2,000,000 tokens a day, 5 a day')
      .waitFor()
    await page.getByRole('button', { name: 'Revoke the phantom token of aider for openai' }).click()
    await page
      .getByRole('button', { name: 'Revoke the phantom token of aider for openai' })
      .waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Stop all calls' }).click()
    await page.getByText('All calls are stopped.').first().waitFor()
    assert.ok(played.routes.isStopped)
    assert.deepEqual(await faultsOf(page), [])
    await page.getByRole('button', { name: 'Let calls go on' }).click()
    await page.getByRole('button', { name: 'Stop all calls' }).waitFor()
    assert.ok(!played.routes.isStopped)
    await page.context().close()
  })

  test('the log is verified, looked through, exported, and gives the proof of an entry', async () => {
    const page = await signIn()
    await page.getByRole('link', { name: 'Log' }).click()
    await page.getByText('Verified', { exact: true }).waitFor()
    await page.getByText('All 10 entries on disk were checked').waitFor()
    await page.getByLabel('Outcome').selectOption('Denied')
    await page.getByRole('button', { name: 'Entry 8, details' }).waitFor({ state: 'detached' })
    const exported = await fileOf(page, () => page.getByRole('button', { name: 'Export these' }).click())
    assert.deepEqual(
      exported
        .trimEnd()
        .split('\n')
        .map((line) => Number(/"index":(\d+)/.exec(line)?.[1])),
      [7],
    )
    await page.getByLabel('Contains').fill('nothing like it')
    await page.getByText('Nothing like that in the log').waitFor()
    await page.getByLabel('Contains').fill('ID_ED25519')
    await page.getByRole('button', { name: 'Entry 7, details' }).click()
    await page.getByText('who assistant').waitFor()
    const proof = await fileOf(page, () => page.getByRole('button', { name: 'Download the proof' }).click())
    assert.match(proof, /^c2sp\.org\/tlog-proof@v1\nindex 7\n/)
    await page.context().close()
  })

  test('secrets are shown by name and age; assistants with what is proved and what is only claimed', async () => {
    const page = await signIn()
    await page.getByRole('link', { name: 'Secrets' }).click()
    await page.getByRole('row').nth(2).waitFor()
    const rows = await page.getByRole('row').allTextContents()
    assert.match(rows[1] ?? '', /stripe.*150 days/)
    assert.match(rows[2] ?? '', /300 days.*old/)
    await page.getByRole('link', { name: 'Assistants' }).click()
    const cursor = page.locator('.assistant', { has: page.getByRole('heading', { name: 'cursor' }) })
    await cursor.waitFor()
    assert.match((await cursor.locator('.proved').textContent()) ?? '', /\/opt\/Claude\/claude-desktop/)
    assert.match((await cursor.locator('.claimed').textContent()) ?? '', /not verified.*claude-ai 0\.11\.6/)
    assert.match((await cursor.textContent()) ?? '', /Connected.*0 allowed, 1 denied/)
    await page.context().close()
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe-core finds nothing on any page, ${colorScheme}`, async () => {
      const page = await signIn({ colorScheme })
      assert.deepEqual(await faultsOf(page), [])
      played.ask({ reason: 'to mend the test', classes: ['env-file'] })
      await page.locator('.allow').waitFor()
      assert.deepEqual(await faultsOf(page), [])
      await page.locator('.allow:enabled').waitFor()
      assert.deepEqual(await faultsOf(page), [])
      played.ask({ tier: 2, kind: 'list', content: null })
      await page.getByRole('button', { name: 'Show' }).click()
      await page.getByText('A click is not enough for this').waitFor()
      assert.deepEqual(await faultsOf(page), [])
      for (const name of pagesWithPanels) {
        await page.getByRole('link', { name, exact: true }).click()
        await page.getByRole('heading', { name, exact: true }).waitFor()
        await page.locator('main .panel, main table').first().waitFor()
        assert.deepEqual(await faultsOf(page), [], name)
      }
      await page.getByRole('link', { name: 'Log' }).click()
      await page.getByRole('button', { name: 'Entry 7, details' }).click()
      await page.getByText('What this means').click()
      assert.deepEqual(await faultsOf(page), [], 'an entry of the log')
      await page.reload()
      await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
      assert.deepEqual(await faultsOf(page), [])
      await page.context().close()
    })
  }

  test('a device is forgotten only after a second word, and the page then says how to enrol', async () => {
    const page = await signIn()
    await page.getByRole('link', { name: 'Device', exact: true }).click()
    await page.getByText('dev_9fK2mQ7xTd0a').waitFor()
    assert.match((await page.locator('main').textContent()) ?? '', /does not answer.*ends in 7 min/)
    await page.getByRole('button', { name: 'Forget this device' }).click()
    assert.equal(await page.evaluate(focused), 'Keep it')
    assert.notEqual(played.device.device, null)
    await page.getByRole('button', { name: 'Delete the key' }).click()
    await page.getByRole('heading', { name: 'This machine is no enrolled device' }).waitFor()
    assert.equal(played.device.device, null)
    assert.deepEqual(await faultsOf(page), [])
    await page.context().close()
  })

  test('nothing scrolls sideways on a phone, whatever the names are', async () => {
    const page = await signIn({ viewport: { width: 420, height: 900 } })
    const long = 'x'.repeat(300)
    const text = `${long}${long}\n`
    const content = { text, sha256: sha256(text), bytes: text.length, redactions: [], size: text.length }
    const caller = { ...callerOf('m'.repeat(128)), claimed: { name: 'n'.repeat(128), version: '1' } }
    played.ask({ path: `/home/${long}`, reason: long, caller, content, classes: ['c'.repeat(128)] })
    await page.getByRole('alertdialog').waitFor()
    assert.ok((await overflowOf(page)) <= 0)
    for (const name of pagesWithPanels) {
      await page.getByRole('link', { name, exact: true }).click()
      await page.getByRole('heading', { name, exact: true }).waitFor()
      await page.locator('main .panel, main table').first().waitFor()
      assert.ok((await overflowOf(page)) <= 0, name)
    }
    await page.context().close()
  })

  test('when the broker goes, the page says so and offers nothing, and the console ends', async () => {
    const own = await playBroker()
    const page = await (await browser.newContext()).newPage()
    await page.goto(await own.link())
    own.ask({})
    await page.getByRole('alertdialog').waitFor()
    const ended = new Promise((resolve) => own.process.once('exit', resolve))
    own.channel.close()
    await page.getByRole('heading', { name: 'Keyreeve does not answer' }).waitFor()
    assert.deepEqual(await offersOf(page), [])
    assert.equal(await ended, 0)
    await page.context().close()
  })
})

/** Whatever a person could press or follow. */
function offersOf(page: Page): Promise<string[]> {
  return page.locator('button, a, input, select').allTextContents()
}

/** What the page hands to the browser as a file. */
async function fileOf(page: Page, press: () => Promise<void>): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), press()])
  return readFileSync(await download.path(), 'utf8')
}
