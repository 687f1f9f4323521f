// The console in real Chromium: how long until an ask is in sight, what the page weighs, and what it leaves on disk.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { filesHolding, openProfile } from '../tools/browser.ts'
import { openTrial, type Trial } from '../tools/trial.ts'
import { bar, median, percentile, type BenchResult } from './bench.ts'

const asks = 40
/** An assistant may raise 30 cards within ten minutes. */
const asksOfOne = 20
const loads = 9
/** Seconds after which a browser has written whatever it writes. */
const settled = Number(process.env['KEYREEVE_BENCH_SECONDS'] ?? 30)

export default async function bench(): Promise<BenchResult> {
  const folder = mkdtempSync(`${tmpdir()}/keyreeve-bench-console-`)
  const trial = await openTrial({ isCompiled: true })
  const profile = await openProfile(`${folder}/profile`)
  try {
    const page = await profile.newPage()
    const { firstPaintMs, emptyPageMs } = await firstPaints(page, await linkOf(trial))
    const weight = await weighed(page, await linkOf(trial))
    const bearer = await signedIn(page, await linkOf(trial))
    const seen = await askAndSee(trial, page, folder)
    await wait(settled * 1000)
    await profile.close()
    const filesWithBearer = filesHolding(`${folder}/profile`, [bearer]).length
    const [p50Ms, p95Ms] = [median(seen), percentile(seen, 95)]
    return {
      name: 'console',
      figures: {
        askToVisibleP50Ms: p50Ms,
        askToVisibleP95Ms: p95Ms,
        firstPaintMs,
        ...weight,
        filesWithBearer,
      },
      peers: { 'one line of text': { firstPaintMs: emptyPageMs } },
      ratios: { 'firstPaint to one line of text': firstPaintMs / emptyPageMs },
      bars: [
        bar('askToVisibleP95Ms', p95Ms, '<=', 150),
        bar('firstPaintMs', firstPaintMs, '<=', 300),
        bar('jsGzipKB', weight.jsGzipKB, '<=', 25),
        bar('cssGzipKB', weight.cssGzipKB, '<=', 5),
        bar('filesWithBearer', filesWithBearer, '<=', 0),
      ],
    }
  } finally {
    if (profile.browser()?.isConnected() === true) await profile.close()
    await trial.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function linkOf(trial: Trial): Promise<string> {
  const { stdout } = await trial.run(['ui', '--json', '--no-open'])
  const { url } = JSON.parse(stdout) as { url: string }
  return url
}

/** Turn by turn, so that whatever else the machine does hits both alike. */
async function firstPaints(page: Page, link: string): Promise<{ firstPaintMs: number; emptyPageMs: number }> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>one line</title>one line of text')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const times = { ours: [] as number[], empty: [] as number[] }
  for (let i = -1; i < loads; i++) {
    const ours = await firstPaint(page, new URL('/', link).href)
    const empty = await firstPaint(page, `http://empty.localhost:${port}/`)
    if (i < 0) continue
    times.ours.push(ours)
    times.empty.push(empty)
  }
  server.closeAllConnections()
  server.close()
  return { firstPaintMs: median(times.ours), emptyPageMs: median(times.empty) }
}

/** From the start of the navigation to the first text or shape, as the browser itself says. */
async function firstPaint(page: Page, url: string): Promise<number> {
  await page.goto('about:blank')
  await page.goto(url)
  return page.evaluate(`new Promise((resolve) =>
    new PerformanceObserver((list) => {
      const paint = list.getEntriesByName('first-contentful-paint')[0]
      if (paint !== undefined) resolve(paint.startTime)
    }).observe({ type: 'paint', buffered: true }))`)
}

/** What the page loads by itself, as gzip -9 would send it; the redaction lab's engine comes only with the lab. */
async function weighed(page: Page, link: string): Promise<{ jsGzipKB: number; cssGzipKB: number }> {
  const loaded: { type: string; body: Promise<Buffer> }[] = []
  page.on('response', (response) => {
    loaded.push({
      type: response.request().resourceType(),
      body: response.body().catch(() => Buffer.alloc(0)),
    })
  })
  await page.goto('about:blank')
  await page.goto(new URL('/', link).href, { waitUntil: 'networkidle' })
  page.removeAllListeners('response')
  const kilobytes = async (type: string): Promise<number> => {
    const bodies = await Promise.all(loaded.filter((one) => one.type === type).map(({ body }) => body))
    return bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0) / 1000
  }
  return { jsGzipKB: await kilobytes('script'), cssGzipKB: await kilobytes('stylesheet') }
}

/** Signs in by a link and gives the bearer that the page then uses. */
async function signedIn(page: Page, link: string): Promise<string> {
  const asked = page.waitForRequest((request) => request.url().endsWith('/api/events'))
  await page.goto('about:blank')
  await page.goto(link)
  const { authorization = '' } = (await asked).headers()
  await page.getByText('Nothing waits for you', { exact: true }).waitFor()
  return authorization.replace('Bearer ', '')
}

/** Milliseconds from an assistant's call to the frame after the card came up. Both clocks count from the same epoch. */
async function askAndSee(trial: Trial, page: Page, folder: string): Promise<number[]> {
  const times: number[] = []
  let client = await trial.assistant('bench-first')
  for (let i = 0; i < asks; i++) {
    if (i % asksOfOne === 0) client = await trial.assistant(`bench-${i}`)
    const path = `${folder}/file-${i}.txt`
    writeFileSync(path, readFileSync(import.meta.filename))
    const seen = page.evaluate(cardInSight) as Promise<number>
    await page.evaluate('0')
    const asked = performance.timeOrigin + performance.now()
    const answer = client.callTool({ name: 'read_file', arguments: { path } })
    times.push((await seen) - asked)
    await page.getByRole('button', { name: 'Deny' }).click()
    await answer
    await page.getByText('Nothing waits for you', { exact: true }).waitFor()
  }
  return times.slice(2)
}

const cardInSight = `new Promise((resolve) => {
  const watcher = new MutationObserver(() => {
    if (document.querySelector('[role=alertdialog]') === null) return
    watcher.disconnect()
    requestAnimationFrame(() => setTimeout(() => resolve(performance.timeOrigin + performance.now())))
  })
  watcher.observe(document.body, { childList: true, subtree: true })
})`
