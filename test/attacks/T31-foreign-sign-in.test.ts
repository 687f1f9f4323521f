// T31: a sign-in that somebody else began or answers.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { enrolByCode, enrolInBrowser, type Enrolling } from '#tokenclient'
import {
  Browser,
  clock,
  Device,
  random,
  startIssuer,
  type Issuer,
} from '../../src/programs/server/sign-in-fixture.test.ts'

let issuer: Issuer
before(async () => void (issuer = await startIssuer()))
after(async () => await issuer.close())

function optionsOf(label: string) {
  const { jwk, sign } = new Device(issuer.url)
  return { issuer: issuer.url, label, jwk, sign, clock, random }
}

/** A stranger begins to enrol a device of their own. */
async function begun(t: { after: (act: () => void) => void }, label = 'a stranger’s'): Promise<Enrolling> {
  const enrolling = await enrolInBrowser(optionsOf(label))
  enrolling.done.catch(() => {})
  t.after(enrolling.cancel)
  return enrolling
}

test('a victim who is led to the end of a stranger’s sign-in is not taken for the stranger', async (t) => {
  const { url } = await begun(t)
  const stranger = await new Browser().open(url ?? '')
  await stranger.submit({ login: 'bob', password: 'x' })
  await stranger.stopBefore('/signin/callback').submit({})
  const victim = await new Browser().open(stranger.stoppedAt ?? '')
  assert.deepEqual([victim.status, /did not begin here/.test(victim.html)], [400, true])
})

test('a victim who is led to a stranger’s interaction sees nothing of it', async (t) => {
  const { url } = await begun(t)
  const stranger = await new Browser().open(url ?? '')
  await stranger.signInAs('bob')
  const victim = await new Browser().open(stranger.url)
  assert.equal(victim.status, 400)
  assert.ok(!victim.html.includes('bob@org.example'))
})

test('another site can neither answer for a person, nor frame or script the page', async (t) => {
  const name = '"><script>alert(1)</script><form action="https://evil.example">'
  const { url } = await begun(t, name)
  const person = await new Browser().open(url ?? '')
  await person.signInAs('alice')
  assert.ok(!/<script|evil\.example">/.test(person.html), person.html)
  const policy = person.headers.get('content-security-policy') ?? ''
  for (const rule of [
    "default-src 'none'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]) {
    assert.ok(policy.includes(rule), rule)
  }
  const cookie = person.cookiesFor(new URL(person.url))
  const answers = [{ answer: 'allow' }, { answer: 'allow', check: 'x' }]
  for (const answer of answers) {
    const sent = await fetch(person.url, {
      method: 'POST',
      body: new URLSearchParams(answer),
      headers: { cookie },
    })
    assert.equal(sent.status, 403)
  }
  const check = /name="check" value="([^"]*)"/.exec(person.html)?.[1] ?? ''
  const headers = { cookie, 'sec-fetch-site': 'cross-site' }
  const body = new URLSearchParams({ answer: 'allow', check })
  assert.equal((await fetch(person.url, { method: 'POST', body, headers })).status, 403)
  const { devices } = await issuer.admin('/admin/devices')
  assert.deepEqual(devices, [])
})

test('a link with a code in it sends nothing by itself, and codes are not guessed', async (t) => {
  const { url, userCode, done, cancel } = await enrolByCode(optionsOf('a stranger’s'))
  done.catch(() => {})
  t.after(cancel)
  const victim = await new Browser().open(`${url}?user_code=${userCode}`)
  assert.ok(victim.url.startsWith(issuer.url) && !/refresh|<script/.test(victim.html))
  let tries = 0
  while ((await victim.submit({ user_code: 'BBBB-BBBB' })).status === 200) tries++
  assert.deepEqual([victim.status, tries], [429, 20])
})
