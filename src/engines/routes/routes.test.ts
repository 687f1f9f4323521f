// Phantoms look like the provider's keys, and nothing but what a rule takes leads beneath a route.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { scan } from '#redaction'
import { crc32 } from 'node:zlib'
import { checkedBase, checkedPath, isAllowed, makePhantom, providerOf, providers } from './index.ts'

const random = (length: number): Uint8Array<ArrayBuffer> => Uint8Array.from(randomBytes(length))

test('makePhantom() has the form of the provider’s keys', () => {
  for (const name of ['anthropic', 'openai', 'github', 'groq', 'openrouter', 'xai', 'gemini']) {
    const phantom = makePhantom(providerOf(name), random)
    const found = scan(phantom, { threshold: 'likely' }).map(({ detector }) => detector)
    assert.ok(found.length > 0, `${name}: the scanner takes it for no key`)
  }
  for (const { key } of Object.values(providers)) {
    const lengths = new Set(
      Array.from({ length: 8 }, () => makePhantom({ ...providers.openai, key }, random).length),
    )
    assert.equal(lengths.size, 1)
  }
})

test('makePhantom() ends a GitHub phantom with the checksum that gh looks at', () => {
  const phantom = makePhantom(providers.github, random)
  const drawn = phantom.slice('ghp_'.length, -6)
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  const sum = Array.from(phantom.slice(-6)).reduce((value, digit) => value * 62 + digits.indexOf(digit), 0)
  assert.equal(sum, crc32(drawn))
  assert.equal(phantom.length, 40)
})

test('makePhantom() never makes the same twice, and every letter is as likely', () => {
  const all = Array.from({ length: 400 }, () => makePhantom(null, random))
  assert.equal(new Set(all).size, all.length)
  const counts = new Map<string, number>()
  for (const letter of all.join('').replaceAll('krp_', '')) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  // 16,000 letters of 62: 258 each; six standard deviations are 96.
  for (const count of counts.values()) assert.ok(Math.abs(count - 258) < 110)
})

test('checkedBase() takes https, and http on loopback where the person says so', () => {
  assert.equal(checkedBase('https://api.example.com/v1', false).pathname, '/v1')
  assert.equal(checkedBase('http://127.0.0.1:11434', true).port, '11434')
  for (const [text, isPrivate] of [
    ['http://api.example.com', false],
    ['http://10.0.0.8', true],
    ['http://127.0.0.1:11434', false],
    ['https://user:word@api.example.com', false], // keyreeve:allow url-credential reason="made up"
    ['https://api.example.com?key=1', false],
    ['https://api.example.com/#x', false],
    ['file:///etc/passwd', true],
    ['not a url', true],
  ] as const) {
    assert.throws(() => checkedBase(text, isPrivate), { code: 'route-invalid' }, text)
  }
})

test('checkedPath() refuses what servers read in different ways', () => {
  assert.deepEqual(checkedPath('/v1/models?limit=3'), { path: '/v1/models', query: '?limit=3' })
  assert.deepEqual(checkedPath('/projects/a%2Fb/.well-known'), {
    path: '/projects/a%2Fb/.well-known',
    query: '',
  })
  for (const target of [
    '/..',
    '/v1/../admin',
    '/v1/%2e%2E/admin',
    '/v1/.%2e/x',
    '/a%2f..%2fb',
    '/v1/..;x/admin',
    '/v1\\..\\admin',
    '/v1/%5c..',
    '/v1/%00',
    '/v1/%0d%0aHost:x',
    '/v1/#fragment',
    '/v1/a b',
    '/v1/\u00e9',
    'v1',
    '',
    `/${'a'.repeat(9000)}`,
  ]) {
    assert.throws(() => checkedPath(target), { code: 'path-invalid' }, target.slice(0, 40))
  }
})

test('isAllowed() goes by method and segment', () => {
  const rules = [
    { method: 'GET', path: '/repos/*/issues' },
    { method: '*', path: '/v1/**' },
  ]
  assert.ok(isAllowed([], 'DELETE', '/anything'))
  assert.ok(isAllowed(rules, 'GET', '/repos/a%2Fb/issues'))
  assert.ok(isAllowed(rules, 'POST', '/v1/chat/completions'))
  assert.ok(!isAllowed(rules, 'POST', '/repos/a/issues'))
  assert.ok(!isAllowed(rules, 'GET', '/repos/a/b/issues'))
  assert.ok(!isAllowed(rules, 'GET', '/repos//issues'))
  assert.ok(!isAllowed(rules, 'GET', '/v1'))
  assert.ok(!isAllowed(rules, 'GET', '/V1/models'))
})
