// The redaction lab in a real browser, served by the real console process.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { playBroker, type PlayedBroker } from './played-broker.ts'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
)
const skip =
  executablePath === undefined && process.env['CI'] !== 'true' ? 'there is no Chromium here' : false
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const token = `ghp_${'A1b2'.repeat(9)}`
const text = `# settings\né token=${token} jane@example.com\npassword = hunter22x!\nplain`

const output = '[aria-label="The exact text that would leave"]'
const rows = '.lab-findings tbody tr'

describe('the redaction lab in a browser', { skip }, () => {
  let browser: Browser
  let played: PlayedBroker
  before(async () => {
    played = await playBroker()
    browser = await chromium.launch({
      executablePath: executablePath ?? 'chromium',
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run'],
    })
  })
  after(async () => {
    await browser?.close()
    played?.process.kill()
  })

  /** The lab in a profile of its own; fails the test for anything that the browser complains about. */
  async function openLab(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1180, height: 860 }, ...options })
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    page.on('pageerror', (error) => assert.fail(error.message))
    page.on('console', (message) => assert.notEqual(message.type(), 'error', message.text()))
    await page.goto(await played.link())
    await page.getByRole('link', { name: 'Lab' }).click()
    await page.getByRole('heading', { name: 'Redaction lab' }).waitFor()
    return page
  }

  /** Waits until the number of findings is shown, and gives the output. */
  async function outputWith(page: Page, findings: string): Promise<string> {
    await page.getByRole('heading', { name: findings, exact: true }).waitFor()
    return (await page.locator(output).textContent()) ?? ''
  }

  test('the first load is small, and the engine comes only with the lab', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const loaded: string[] = []
    page.on('response', (response) => loaded.push(new URL(response.url()).pathname))
    await page.goto(await played.link())
    await page.getByText('Nothing waits for you').waitFor()
    assert.ok(!loaded.includes('/lab-engine.js'))
    const sizeOf = (name: string): number =>
      gzipSync(readFileSync(new URL(`../../web/dist/${name}`, import.meta.url))).length
    assert.ok(sizeOf('app.js') <= 25_000, `${sizeOf('app.js')} bytes of code`)
    assert.ok(sizeOf('app.css') <= 5000, `${sizeOf('app.css')} bytes of style`)
    await page.getByRole('link', { name: 'Lab' }).click()
    await page.waitForResponse((response) => response.url().endsWith('/lab-engine.js'))
    await context.close()
  })

  test('what is typed is masked at once, listed by line and column, and sent nowhere', async () => {
    const page = await openLab()
    await page.getByRole('textbox', { name: 'Your text' }).fill('plain')
    await page.getByText('Nothing had to be masked', { exact: true }).waitFor()
    const requests: string[] = []
    page.on('request', (request) => requests.push(request.url()))
    await page.getByRole('textbox', { name: 'Your text' }).fill(text)
    const shown = await outputWith(page, '2 findings')
    assert.match(shown, /é token=\[github-token:[0-9a-f]{4}\] jane@example\.com\npassword = \[password\]\n/)
    assert.deepEqual(await page.locator(rows).allTextContents(), [
      '2:9github-tokenlikely',
      '3:12passwordlikely',
    ])
    assert.deepEqual(await page.locator('mark').count(), 2)
    assert.deepEqual(requests, [])
    await page.context().close()
  })

  test('threshold and personal data change what is masked', async () => {
    const page = await openLab()
    await page.getByRole('textbox', { name: 'Your text' }).fill(text)
    await outputWith(page, '2 findings')
    await page.getByLabel('Personal data, too').check()
    assert.match(await outputWith(page, '3 findings'), /\] \[email\]\n/)
    await page.getByLabel('Certain:').check()
    // keyreeve:allow password reason="made up, for the page to find"
    assert.match(await outputWith(page, '1 finding'), /token=ghp_A1b2.* \[email\]\npassword = hunter22x!/)
    await page.getByRole('button', { name: 'Clear' }).click()
    await page.getByText('The masked text shows up here').waitFor()
    assert.equal(await page.locator(rows).count(), 0)
    await page.context().close()
  })

  test('a finding leads to its place in the text, by keyboard as well', async () => {
    const page = await openLab()
    await page.getByRole('textbox', { name: 'Your text' }).fill(text)
    await outputWith(page, '2 findings')
    await page.getByRole('button', { name: '3:12, show password in the text' }).focus()
    await page.keyboard.press('Enter')
    assert.equal(await page.evaluate('document.activeElement?.textContent'), '[password]')
    await page.context().close()
  })

  test('a large file is read in slices while the page goes on, and its output can be saved', async () => {
    const page = await openLab()
    const line = 'a plain line of a log without anything in it\n'
    const buffer = Buffer.from(`${line.repeat(150_000)}token=${token}\n`)
    const watched = page.evaluate(`new Promise((resolve) => {
      const seen = new Set()
      new MutationObserver(() => {
        const bar = document.querySelector('.lab progress')
        if (bar !== null) seen.add(bar.value)
        else if (seen.size > 0) resolve(seen.size)
      }).observe(document.body, { subtree: true, childList: true, attributes: true })
    })`)
    await page.locator('input[type=file]').setInputFiles({ name: 'big.log', mimeType: 'text/plain', buffer })
    assert.match(await outputWith(page, '1 finding'), /^a plain line/)
    assert.ok(Number(await watched) > 5)
    assert.deepEqual(await page.locator(rows).allTextContents(), ['150001:7github-tokenlikely'])
    await page.getByText('Only the beginning is shown here.').waitFor()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save' }).click()
    const saved = readFileSync(await (await download).path(), 'utf8')
    assert.equal((await download).suggestedFilename(), 'redacted-big.log')
    assert.match(saved, /token=\[github-token:[0-9a-f]{4}\]\n$/)
    assert.equal(saved.slice(0, line.length * 150_000), line.repeat(150_000))
    await page.context().close()
  })

  test('files in UTF-16 and files that are no text are read, chosen or dropped', async () => {
    const page = await openLab()
    // keyreeve:allow password reason="made up, for the page to find"
    const wide = Buffer.from(`\ufeffpassword = hunter22x!\nné ${token}\n`, 'utf16le')
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'wide.txt', mimeType: 'text/plain', buffer: wide })
    assert.match(await outputWith(page, '2 findings'), /password = \[password\]\nné \[github-token:/)
    await page.getByText('text in UTF-16').waitFor()
    const bytes = [...Buffer.from([0, 255, 254, 0, 7]), ...Buffer.from(` ${token}\n`)]
    await page.evaluate(`{
      const data = new DataTransfer()
      data.items.add(new File([new Uint8Array(${JSON.stringify(bytes)})], 'odd.bin'))
      dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
    }`)
    assert.match(await outputWith(page, '1 finding'), /\\u\{0\}.* \[github-token:[0-9a-f]{4}\]/)
    await page.getByText('not only text').waitFor()
    await page.context().close()
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe-core finds nothing in the lab, ${colorScheme}, and nothing scrolls sideways on a phone`, async () => {
      for (const viewport of [
        { width: 1180, height: 860 },
        { width: 420, height: 900 },
      ]) {
        const page = await openLab({ colorScheme, viewport })
        assert.deepEqual(await faultsOf(page), [])
        await page.getByRole('textbox', { name: 'Your text' }).fill(`${'x'.repeat(900)} ${text}`)
        await outputWith(page, '2 findings')
        assert.deepEqual(await faultsOf(page), [])
        assert.ok(Number(await page.evaluate(overflow)) <= 0)
        await page.context().close()
      }
    })
  }
})

const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'

/** What axe-core finds: rule and place of each fault. */
async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  return page.evaluate(
    'axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`)))',
  )
}
