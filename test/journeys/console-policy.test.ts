// Policy and review in a real browser, with the real console process and its policy engine behind them.
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { faultsOf, launchBrowser, overflowOf, signedIn, skip } from './browser.ts'
import { playBroker, type PlayedBroker } from './played-broker.ts'

const selected =
  'document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)'

describe('policy and review in a browser', { skip }, () => {
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

  test('a policy is checked while it is written, tried on the log, and saved', async () => {
    const page = await signIn()
    await page.getByRole('link', { name: 'Policy' }).click()
    const field = page.getByRole('textbox', { name: 'Text of own.cedar' })
    await field.fill(
      'permit (principal, action, resource);\nforbid (principal, action == Action::"reed", resource);',
    )
    await page.getByText('1 mistake', { exact: true }).waitFor()
    const save = page.getByRole('button', { name: 'Save', exact: true })
    assert.ok(await save.isDisabled())
    await page.getByRole('button', { name: 'Line 2, column 30' }).click()
    assert.equal(await page.evaluate(selected), 'Action::"reed", resource);')
    const text = 'forbid (principal == Assistant::"zed", action, resource);\n'
    await field.fill(text)
    await page.getByText('Valid', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Try on the last 30 days' }).click()
    await page
      .getByRole('heading', { name: 'Of 2 requests, 1 would have been decided differently' })
      .waitFor()
    const rows = await page.getByRole('row').allTextContents()
    assert.match(rows[1] ?? '', /zed asked to read\/home\/ada\/aasked → denied/)
    await page.getByRole('link', { name: 'Grants' }).click()
    await page.getByRole('link', { name: 'Policy' }).click()
    assert.equal(await field.inputValue(), text)
    await save.click()
    await page.getByText('saved and in force; grants that ended: 3').waitFor()
    assert.deepEqual(played.changes, [{ file: 'own.cedar', text, before: null }])
    await page.getByRole('button', { name: 'default.cedar' }).click()
    assert.equal(await page.getByRole('textbox', { name: 'Text of default.cedar' }).isEditable(), false)
    await page.context().close()
  })

  test('the review revokes what nobody used, and puts a suggestion into the editor without applying it', async () => {
    const page = await signIn()
    await page.getByRole('link', { name: 'Review' }).click()
    await page.getByRole('heading', { name: '5 questions' }).waitFor()
    await page.getByRole('button', { name: 'Revoke the grant of claude-desktop for /home/ada/acme' }).click()
    await page.getByText('Revoked one grant.').waitFor()
    assert.deepEqual(played.revoked, [{ id: 'g1' }])
    await page.getByText('You allowed claude-desktop 5 times in /home/ada/acme.').waitFor()
    await page.getByRole('button', { name: 'Open in the policy editor' }).click()
    const field = page.getByRole('textbox', { name: 'Text of own.cedar' })
    await field.waitFor()
    assert.match(
      await field.inputValue(),
      /^\/\/ Suggested by the review: allowed 5 times in 30 days\.\npermit \(principal == Assistant::"claude-desktop"/,
    )
    await page.getByText('Valid', { exact: true }).waitFor()
    await page.getByText('not saved: it changes nothing yet').waitFor()
    assert.deepEqual(played.changes, [])
    await page.context().close()
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe-core finds nothing on either page, ${colorScheme}`, async () => {
      const page = await signIn({ colorScheme })
      await page.getByRole('link', { name: 'Review' }).click()
      await page.getByRole('heading', { name: '5 questions' }).waitFor()
      assert.deepEqual(await faultsOf(page), [], 'the review')
      await tryPolicy(page)
      assert.deepEqual(await faultsOf(page), [], 'a policy that was tried')
      await page.getByRole('textbox').fill('permit (principal')
      await page.getByText('1 mistake', { exact: true }).waitFor()
      assert.deepEqual(await faultsOf(page), [], 'a policy with a mistake')
      await page.getByRole('button', { name: 'default.cedar' }).click()
      await page.getByText('Part of Keyreeve').waitFor()
      assert.deepEqual(await faultsOf(page), [], 'a built-in policy')
      await page.context().close()
    })
  }

  test('nothing scrolls sideways on a phone', async () => {
    const page = await signIn({ viewport: { width: 420, height: 900 } })
    await page.getByRole('link', { name: 'Review' }).click()
    await page.getByRole('heading', { name: '5 questions' }).waitFor()
    assert.ok((await overflowOf(page)) <= 0, 'the review')
    await tryPolicy(page)
    assert.ok((await overflowOf(page)) <= 0, 'a policy that was tried')
    await page.getByRole('textbox').fill(`permit (${'x'.repeat(300)}`)
    await page.getByText('1 mistake', { exact: true }).waitFor()
    assert.ok((await overflowOf(page)) <= 0, 'a policy with a mistake')
    await page.context().close()
  })
})

/** Opens the policies, and tries one that forbids something that was asked. */
async function tryPolicy(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Policy' }).click()
  await page.getByRole('textbox').fill('forbid (principal == Assistant::"zed", action, resource);\n')
  await page.getByRole('button', { name: 'Try on the last 30 days' }).click()
  await page.getByRole('heading', { name: 'would have been decided differently' }).waitFor()
}
