import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { browserCookie } from './browser-cookie.ts'
import { documentOf, html, pageHeaders } from './pages.ts'
import { consentPage } from './sign-in-pages.ts'

test('html() lets no text out of where it stands', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), (text) => {
      const made = html`<a title="${text}">${text}</a>`.toString()
      assert.equal(made.split(/[<>"]/).length, '<a title="">x</a>'.split(/[<>"]/).length)
      assert.ok(!/&(?!amp;|lt;|gt;|quot;|#39;)/.test(made) && !made.includes("'"))
    }),
  )
})

test('documentOf() holds the one style that the headers allow, whatever else stands in the page', () => {
  const consent = {
    action: '/x',
    check: 'c',
    device: '</style><script>alert(1)</script>',
    user: 'ann',
    tenant: 't',
    scopes: ['<b>'],
    approval: true,
    isElsewhere: true,
  }
  const page = documentOf(consentPage(consent))
  const style = /<style>([^]*?)<\/style>/.exec(page)?.[1] ?? ''
  const hash = createHash('sha256').update(style).digest('base64')
  assert.ok(pageHeaders['content-security-policy'].includes(`'sha256-${hash}'`))
  assert.ok(!page.includes('<script') && !page.includes('<b>'))
  assert.match(page, /<html lang="en">.*<title>[^<]+<\/title>/s)
})

test('browserCookie() cannot be set by a neighbour where there is TLS', () => {
  const lines: string[] = []
  const response = { appendHeader: (_name: string, line: string) => lines.push(line) }
  const cookie = browserCookie({ isSecure: true, random: (length) => new Uint8Array(length).fill(7) })
  const request = (value?: string) => ({ headers: value === undefined ? {} : { cookie: value } })
  const hash = cookie.ensure(request() as never, response as never)
  assert.match(
    lines[0] ?? '',
    /^__Host-keyreeve_browser=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/,
  )
  const sent = lines[0]?.split(';')[0]
  assert.equal(cookie.hashOf(request(`a=b; ${sent}`) as never), hash)
  for (const other of [undefined, 'a=b', '__Host-keyreeve_browser=short', 'keyreeve_browser=x']) {
    assert.equal(cookie.hashOf(request(other) as never), undefined)
  }
})
