// Passkeys for real: a real broker, a real terminal, and Chromium with its virtual authenticator.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { ticketOf } from '../../tools/passkeys.ts'
import { openTrial, type Trial } from '../../tools/trial.ts'
import { Authenticator, faultsOf, filesHolding, noBrowser, openProfile } from '../../tools/browser.ts'

describe('passkeys in a browser', { skip: noBrowser }, () => {
  let trial: Trial
  let folder: string
  let profile: BrowserContext
  let page: Page
  let authenticator: Authenticator
  let origin: string
  let bearer = ''

  before(async () => {
    folder = mkdtempSync(`${tmpdir()}/keyreeve-passkeys-`)
    writeFileSync(`${folder}/server.key`, 'secret by its name\n')
    trial = await openTrial()
    profile = await openProfile(`${folder}/profile`, ['--host-resolver-rules=MAP evil.example 127.0.0.1'])
    page = await newPage()
    page.on('request', (request) => {
      bearer = request.headers()['authorization']?.slice('Bearer '.length) ?? bearer
    })
    authenticator = await Authenticator.plugIn(page)
  })

  after(async () => {
    if (profile?.browser()?.isConnected() === true) await profile.close()
    await trial.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function newPage(): Promise<Page> {
    const fresh = await profile.newPage()
    fresh.setDefaultTimeout(30_000)
    fresh.on('pageerror', (error) => assert.fail(error.message))
    return fresh
  }

  async function asking() {
    const client = await trial.assistant('reader')
    const answer = client.callTool({ name: 'read_file', arguments: { path: `${folder}/server.key` } })
    await page.getByText('A click is not enough for this').waitFor()
    return answer
  }

  const allow = () => page.getByRole('button', { name: 'Allow with passkey' })

  test('a person enrols from a terminal, in the browser; the code is shown in the terminal alone', async () => {
    const { terminal, ticket, port } = await ticketOf(trial, 'add "laptop of Ada"')
    origin = `http://console.localhost:${port}`
    await page.goto(`${origin}/#ticket=${ticket}`)
    const make = page.getByRole('button', { name: 'Make the passkey' })
    await make.waitFor()
    assert.equal(page.url(), `${origin}/`)
    assert.match((await page.textContent('main')) ?? '', /laptop of Ada/)
    assert.deepEqual(await faultsOf(page), [])
    await make.click()
    await page.getByRole('heading', { name: 'The passkey is enrolled' }).waitFor()
    assert.deepEqual(await faultsOf(page), [])
    const [, code = ''] = await terminal.sees(/Recovery code: ([0-9a-z-]{29})/)
    assert.ok(!(await page.content()).includes(code))
    await terminal.ended
  })

  test('a passkey signs in where `keyreeve ui` leads, and again after a reload', async () => {
    const { url } = JSON.parse((await trial.run(['ui', '--json', '--no-open'])).stdout) as { url: string }
    assert.equal(url, `${origin}/`)
    await page.goto(url)
    for (let round = 0; round < 2; round++) {
      await page.getByRole('button', { name: 'Sign in with your passkey' }).waitFor()
      if (round === 0) assert.deepEqual(await faultsOf(page), [])
      await page.getByRole('button', { name: 'Sign in with your passkey' }).click()
      await page.getByText('Nothing waits for you').waitFor()
      if (round === 0) await page.reload()
    }
  })

  test('a passkey allows what a click may not, and exactly that leaves', async () => {
    const answer = asking()
    await page.getByText('A click is not enough for this').waitFor()
    assert.deepEqual(await faultsOf(page), [])
    await allow().click()
    const { structuredContent } = await answer
    assert.equal((structuredContent as { text: string }).text, 'secret by its name\n')
    await page.getByRole('link', { name: 'Log' }).click()
    await page.getByText('allowed, signed with a passkey').waitFor()
    await page.getByRole('link', { name: 'Status' }).click()
    await page.getByText('laptop of Ada').waitFor()
    assert.deepEqual(await faultsOf(page), [])
    await page.getByRole('link', { name: 'Requests' }).click()
    const verified = JSON.parse((await trial.run(['log', 'verify', '--json'])).stdout) as object
    assert.deepEqual(Object.assign({}, verified, { root: '', size: 0, passkeys: [] }), {
      v: 1,
      ok: true,
      size: 0,
      root: '',
      anchoredThrough: null,
      anchors: [],
      receipts: 1,
      passkeys: [],
      problems: [],
    })
  })

  test('without user verification nothing is signed, and the card stays', async () => {
    const answer = asking()
    await authenticator.verifies(false)
    await allow().click()
    await page.getByText('The passkey was not used').waitFor()
    assert.deepEqual(await faultsOf(page), [])
    await authenticator.verifies(true)
    await allow().click()
    assert.equal(((await answer).structuredContent as { status: string }).status, 'ok')
  })

  test('a page on another port gets an assertion out of the same passkey, and nothing for it', async () => {
    const answer = asking()
    await allow().waitFor()
    const other = await servePage()
    try {
      const foreign = await newPage()
      const plugged = await Authenticator.plugIn(foreign)
      await plugged.share(authenticator)
      await foreign.goto(`http://console.localhost:${other.port}/`)
      const pending = (await page.evaluate(pendingCard(bearer))) as { id: string; digest: string }
      const { challenge, credentials } = (await page.evaluate(
        post(bearer, `/api/consent/${pending.id}/challenge`, { digest: pending.digest, scope: 'once' }),
      )) as { challenge: string; credentials: string[] }
      const assertion = await foreign.evaluate(assertionBy(challenge, credentials[0] ?? ''))
      const body = { digest: pending.digest, decision: 'allow', scope: 'once', assertion }
      const refused = (await page.evaluate(post(bearer, `/api/consent/${pending.id}`, body))) as {
        code: string
        message: string
      }
      assert.deepEqual(
        [refused.code, refused.message],
        ['passkey-invalid', 'what the passkey signed does not fit: origin'],
      )
      await foreign.close()
    } finally {
      other.server.closeAllConnections()
      other.server.close()
    }
    await page.getByRole('button', { name: 'Deny' }).click()
    assert.equal(((await answer).structuredContent as { code: string }).code, 'consent-refused')
  })

  test('another name for this machine gets no page, and a foreign page gets no answer, form or frame', async () => {
    const { port } = new URL(origin)
    const foreign = await newPage()
    assert.equal((await foreign.goto(`http://evil.example:${port}/`))?.status(), 421)
    const other = await servePage()
    for (const host of ['localhost', 'other.localhost', 'evil.example']) {
      await foreign.goto(`http://${host}:${other.port}/`)
      const heard = await foreign.evaluate(reachFor(origin, bearer))
      assert.deepEqual(heard, ['blocked', 'blocked', 'blocked'], host)
      const [answered] = await Promise.all([
        foreign.waitForNavigation(),
        foreign.evaluate(postForm(`${origin}/api/grants/revoke-all`)),
      ])
      assert.equal(answered?.status(), 403, host)
      await foreign.goto(`http://${host}:${other.port}/`)
      await foreign.evaluate(
        `document.body.append(Object.assign(document.createElement('iframe'), { src: '${origin}/' }))`,
      )
      await foreign.waitForFunction('frames.length === 1')
      await foreign.waitForTimeout(300)
      assert.equal(await foreign.frames()[1]?.locator('main').count(), 0, host)
    }
    await foreign.close()
    other.server.closeAllConnections()
    other.server.close()
  })

  test('the page takes no markup and runs no text', async () => {
    for (const wrong of [
      'document.body.innerHTML = "<b>x</b>"',
      'document.createElement("script").text = "1"',
    ]) {
      assert.match(
        await page.evaluate(`(() => { try { ${wrong} } catch (e) { return e.name } })()`),
        /TypeError/,
      )
    }
  })

  test('the bearer is nowhere in the profile of the browser', async () => {
    assert.equal(bearer.length, 43)
    await page.waitForTimeout(2000)
    await profile.close()
    assert.deepEqual(filesHolding(`${folder}/profile`, [bearer]), [])
  })
})

/** A page of somebody else's on this machine. */
async function servePage(): Promise<{ server: Server; port: number }> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>other</title><body></body>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as AddressInfo).port }
}

// What runs inside a page is text here: this file knows no DOM.

function post(bearer: string, path: string, body: object): string {
  const headers = { 'x-keyreeve': '1', authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
  const options = JSON.stringify({ method: 'POST', headers, body: JSON.stringify(body) })
  return `fetch('${path}', ${options}).then((response) => response.json())`
}

/** The first card on the stream of events, as whoever stole a bearer would read it. */
function pendingCard(bearer: string): string {
  const headers = JSON.stringify({ 'x-keyreeve': '1', authorization: `Bearer ${bearer}` })
  return `(async () => {
    const { body } = await fetch('/api/events', { headers: ${headers} })
    const reader = body.pipeThrough(new TextDecoderStream()).getReader()
    for (let text = ''; ; ) {
      text += (await reader.read()).value
      const line = text.split('\\n\\n').find((block) => block.includes('"name":"card"'))
      if (line !== undefined && text.endsWith('\\n\\n')) {
        void reader.cancel()
        return JSON.parse(line.slice(6)).data
      }
    }
  })()`
}

function assertionBy(challenge: string, id: string): string {
  return `(async () => {
    const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
    const text = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
    const { id, response } = await navigator.credentials.get({ publicKey: {
      challenge: bytes('${challenge}'), rpId: 'console.localhost', userVerification: 'required',
      allowCredentials: [{ type: 'public-key', id: bytes('${id}') }],
    } })
    return { id, authenticatorData: text(response.authenticatorData), clientData: text(response.clientDataJSON), signature: text(response.signature) }
  })()`
}

/** With the bearer and our header; without either; and blind. */
function reachFor(origin: string, bearer: string): string {
  const headers = JSON.stringify({ 'x-keyreeve': '1', authorization: `Bearer ${bearer}` })
  return `Promise.all([
    fetch('${origin}/api/status', { headers: ${headers} }),
    fetch('${origin}/'),
    fetch('${origin}/api/grants/revoke-all', { method: 'POST', mode: 'no-cors', body: '{}' }),
  ].map((sent) => sent.then((response) => response.type, () => 'blocked')))`
}

function postForm(action: string): string {
  return `(() => {
    const form = Object.assign(document.createElement('form'), { method: 'post', action: '${action}', enctype: 'text/plain' })
    document.body.append(form)
    form.submit()
  })()`
}
