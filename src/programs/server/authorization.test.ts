// Tests of enrolling through the authorization server: the client that devices have, a real identity provider, a browser.
import { Fault } from '#base'
import { enrolByCode, enrolInBrowser, type EnrolmentOptions } from '#tokenclient'
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Browser, clock, Device, random, startIssuer, type Issuer } from './sign-in-fixture.test.ts'

/** Pauses between two questions are cut short. */
const hasty = {
  ...clock,
  after: (delay: number, act: () => void) => clock.after(delay > 60_000 ? delay : 5, act),
}

function optionsOf(issuer: Issuer, label = 'Ann’s laptop'): EnrolmentOptions {
  const { jwk, sign } = new Device(issuer.url)
  return { issuer: issuer.url, label, jwk, sign, clock: hasty, random }
}

async function askedOf(
  options: EnrolmentOptions,
  person: string,
): Promise<{ browser: Browser; done: Promise<unknown>; cancel: () => void }> {
  const { url, done, cancel } = await enrolInBrowser(options)
  done.catch(() => {})
  const browser = await new Browser().open(url ?? '')
  return { browser: await browser.signInAs(person), done, cancel }
}

async function comeBack({ sentTo }: Browser): Promise<void> {
  assert.ok(sentTo !== null, 'nobody was sent back')
  await fetch(sentTo)
}

function coded(code: string): (thrown: unknown) => boolean {
  return (thrown) => thrown instanceof Fault && thrown.code === code
}

describe('openAuthorization()', () => {
  let issuer: Issuer
  before(async () => void (issuer = await startIssuer()))
  after(async () => await issuer.close())

  test('openAuthorization() enrols a device whose owner signs in and agrees', async () => {
    const { url, done } = await enrolInBrowser(optionsOf(issuer))
    const browser = await new Browser().open(url ?? '')
    assert.ok(browser.url.startsWith(issuer.idp.url), browser.html)
    await browser.signInAs('alice')
    for (const told of ['Ann’s laptop', 'alice@org.example', 'eng', 'llm.infer:read', 'files:read']) {
      assert.ok(browser.html.includes(told), told)
    }
    await comeBack(await browser.submit({ answer: 'allow' }))
    const { scope, device } = await done
    assert.equal(scope, 'llm.infer:read files:read')
    const { devices } = (await issuer.admin('/admin/devices')) as { devices: Record<string, unknown>[] }
    const found = devices.find(({ id }) => id === device)
    assert.deepEqual(
      [found?.['label'], found?.['tenant'], found?.['status']],
      ['Ann’s laptop', 'eng', 'active'],
    )
    assert.match(String(found?.['user']), /^usr_[\w-]{22}$/)
  })

  test('openAuthorization() enrols a device without a browser, by a code that is typed elsewhere', async () => {
    const { url, userCode, done } = await enrolByCode(optionsOf(issuer, '<b onclick="x">&'))
    const browser = await new Browser().open(`${url}?user_code=${userCode}`)
    assert.ok(browser.html.includes(`value="${userCode}"`), 'a link fills the code in, and sends nothing')
    await browser.submit({ user_code: userCode?.toLowerCase() ?? '' })
    assert.ok(browser.html.includes('&lt;b onclick=&quot;x&quot;&gt;&amp;'), browser.html)
    await browser.submit({ confirm: 'yes' })
    await browser.signInAs('bob')
    assert.ok(!browser.html.includes('<b '), browser.html)
    await browser.submit({ answer: 'allow' })
    assert.match(browser.html, /The device is connected/)
    assert.equal((await done).scope, 'files:read')
  })

  test('openAuthorization() gives nothing where the person says no', async () => {
    const { browser, done } = await askedOf(optionsOf(issuer), 'alice')
    await comeBack(await browser.submit({ answer: 'deny' }))
    assert.equal(browser.sentTo?.searchParams.get('error'), 'access_denied')
    await assert.rejects(done, coded('enrolment-failed'))

    const { url, userCode, done: typed } = await enrolByCode(optionsOf(issuer))
    typed.catch(() => {})
    const other = await new Browser().open(url ?? '')
    await other.submit({ user_code: userCode ?? '' })
    assert.match((await other.submit({ abort: 'yes' })).html, /Nothing was allowed/)
    await assert.rejects(typed, coded('enrolment-failed'))
  })

  test('openAuthorization() lets nobody in who is not of the organisation, or whose address nobody verified', async () => {
    for (const stranger of ['eve', 'mallory']) {
      const { browser, done } = await askedOf(optionsOf(issuer), stranger)
      assert.deepEqual([browser.status, /not let in/.test(browser.html)], [403, true])
      const back = /class="act" href="([^"]*)"/.exec(browser.html)?.[1] ?? ''
      await comeBack(await browser.open(back))
      await assert.rejects(done, coded('enrolment-failed'))
    }
  })

  test('openAuthorization() takes back from the identity provider only the browser that it sent', async (t) => {
    const { url, done, cancel } = await enrolInBrowser(optionsOf(issuer))
    t.after(cancel)
    done.catch(() => {})
    const [attacker, victim] = [new Browser(), new Browser()]
    await attacker.open(url ?? '')
    await attacker.submit({ login: 'eve', password: 'x' })
    await attacker.stopBefore('/signin/callback').submit({})
    await victim.open(attacker.stoppedAt ?? '')
    assert.deepEqual([victim.status, /did not begin here/.test(victim.html)], [400, true])
    const bent = new URL(attacker.stoppedAt ?? '')
    bent.searchParams.set('iss', 'https://evil.example')
    assert.equal((await attacker.stopBefore(null).open(bent.href)).status, 502)
    assert.equal((await attacker.open(attacker.stoppedAt ?? '')).status, 400, 'a sign-in is taken once')
  })

  test('openAuthorization() takes an answer only from the page that it showed', async (t) => {
    const { browser, cancel } = await askedOf(optionsOf(issuer), 'alice')
    t.after(cancel)
    const post = async (check: string, more: Record<string, string> = {}): Promise<number> => {
      const headers = { cookie: browser.cookiesFor(new URL(browser.url)), ...more }
      const body = new URLSearchParams({ answer: 'allow', check })
      return (await fetch(browser.url, { method: 'POST', body, headers, redirect: 'manual' })).status
    }
    const check = /name="check" value="([^"]*)"/.exec(browser.html)?.[1] ?? ''
    assert.equal(await post(''), 403)
    assert.equal(await post(check.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))), 403)
    assert.equal(await post(check, { 'sec-fetch-site': 'cross-site' }), 403)
    assert.equal(await post(check, { cookie: '' }), 400)
    assert.equal(await post(check), 200)
  })

  test('openAuthorization() sends its pages without script or frame, whatever Host says', async () => {
    const page = await new Browser().open(`${issuer.url}/device`)
    const policy = page.headers.get('content-security-policy') ?? ''
    assert.match(
      policy,
      /default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'.*frame-ancestors 'none'/,
    )
    assert.ok(!/<script|style=| on[a-z]+=/.test(page.html))
    assert.ok(page.html.includes(`action="${issuer.url}/device"`))
    const forged = await fetch(`${issuer.url}/device`, {
      headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
    })
    assert.ok(!(await forged.text()).includes('evil.example'))
  })

  test('openAuthorization() says in its metadata what it does', async () => {
    const found = (await (
      await fetch(`${issuer.url}/.well-known/oauth-authorization-server`)
    ).json()) as Record<string, unknown>
    const {
      response_types_supported,
      require_pushed_authorization_requests,
      code_challenge_methods_supported,
    } = found
    assert.deepEqual(
      [response_types_supported, require_pushed_authorization_requests, code_challenge_methods_supported],
      [['code'], true, ['S256']],
    )
    assert.equal(found['keyreeve_enrolment_endpoint'], `${issuer.url}/enrol`)
  })
})

test('openAuthorization() lets an administrator have the last word, where the settings say so', async () => {
  const issuer = await startIssuer({ approval: true })
  const { browser, done } = await askedOf(optionsOf(issuer), 'alice')
  assert.match(browser.html, /An administrator must approve/)
  await comeBack(await browser.submit({ answer: 'allow' }))
  const waiting = async (): Promise<string> => {
    const { devices } = (await issuer.admin('/admin/devices')) as {
      devices: { id: string; status: string }[]
    }
    const [device] = devices
    if (device === undefined) return waiting()
    assert.equal(device.status, 'pending')
    return device.id
  }
  await issuer.admin('/admin/approve-device', { deviceId: await waiting() })
  await done
  await issuer.close()
})

test('openAuthorization() turns away whoever tries one code after the other', async () => {
  const issuer = await startIssuer()
  const browser = await new Browser().open(`${issuer.url}/device`)
  for (let tries = 0; tries < 20; tries++) {
    assert.equal((await browser.submit({ user_code: 'BBBB-BBBB' })).status, 200)
    assert.match(browser.html, /role="alert"/)
  }
  assert.equal((await browser.submit({ user_code: 'BBBB-BBBB' })).status, 429)
  await issuer.close()
})

test('openAuthorization() works below a path, behind a proxy that takes it away', async () => {
  const issuer = await startIssuer({ prefix: '/tokens' })
  const { url, done } = await enrolInBrowser(optionsOf(issuer))
  assert.ok(url?.startsWith(`${issuer.url}/authorize?`))
  const browser = await new Browser().open(url ?? '')
  await browser.signInAs('alice')
  assert.ok(browser.url.startsWith(`${issuer.url}/interaction/`))
  await comeBack(await browser.submit({ answer: 'allow' }))
  assert.equal((await done).tokenEndpoint, `${issuer.url}/token`)
  await issuer.close()
})
