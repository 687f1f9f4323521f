import { Fault } from '#base'
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { applyPatch } from './apply.ts'
import { parsePatch } from './parse.ts'

const base = mkdtempSync(`${tmpdir()}/keyreeve-patch-`)
after(() => rmSync(base, { recursive: true }))

const secret = 'the-very-secret'
const placeholder = '[token:4f2a]'

function plain(text: string, patch: string): string {
  return applyPatch({ original: text, masked: text, masks: [] }, parsePatch(patch)).text
}

function withSecret(text: string, patch: string) {
  const masked = text.replaceAll(secret, placeholder)
  return applyPatch({ original: text, masked, masks: [{ placeholder, secret }] }, parsePatch(patch))
}

function codeOf(act: () => unknown): string {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.code
    throw thrown
  }
  return 'nothing was refused'
}

test('applyPatch() changes what the hunks say, wherever their lines have moved to', () => {
  assert.equal(plain('a\nb\nc\n', '@@ -2,1 +2,2 @@\n-b\n+B\n+b2\n'), 'a\nB\nb2\nc\n')
  assert.equal(plain('new\na\nb\nc\n', '--- x\n+++ x\n@@ -1,3 +1,2 @@\n a\n-b\n c\n'), 'new\na\nc\n')
  assert.equal(plain('', '@@ -0,0 +1,1 @@\n+first\n'), 'first\n')
  assert.equal(plain('a\n', '@@ -1,1 +0,0 @@\n-a\n'), '')
  assert.equal(plain('a\r\nb\r\n', '@@ -2,1 +2,1 @@\n-b\n+c\n'), 'a\r\nc\r\n')
  assert.equal(plain('a\nb', '@@ -1,2 +1,2 @@\n-a\n+A\n b\n'), 'A\nb')
  assert.equal(plain('a\nb\n', '@@ -2,1 +2,1 @@\n-b\n+c\n\\ No newline at end of file\n'), 'a\nc')
})

test('applyPatch() says what it did, with the places where it did it', () => {
  const { diff } = withSecret(`x\nkey = ${secret}\nb\n`, `@@ -1,2 +1,2 @@\n key = ${placeholder}\n-b\n+c\n`)
  assert.equal(diff, `@@ -2,2 +2,2 @@\n key = ${placeholder}\n-b\n+c\n`)
})

test('applyPatch() keeps the secrets of lines that stay, and of a line that only changes around one', () => {
  const text = `key = ${secret}\nb\n`
  assert.equal(
    withSecret(text, `@@ -1,2 +1,2 @@\n key = ${placeholder}\n-b\n+c\n`).text,
    `key = ${secret}\nc\n`,
  )
  const moved = withSecret(text, `@@ -1,1 +1,1 @@\n-key = ${placeholder}\n+token: ${placeholder} # new\n`)
  assert.equal(moved.text, `token: ${secret} # new\nb\n`)
  assert.ok(!moved.diff.includes(secret))
})

test('applyPatch() writes no placeholder where nobody can tell what it stands for', () => {
  const text = `key = ${secret}\nb\n`
  const refused = 'patch-placeholder'
  const patchOf = (line: string): string => `@@ -2,1 +2,1 @@\n-b\n+${line}\n`
  assert.equal(
    codeOf(() => withSecret(text, patchOf(`copy = ${placeholder}`))),
    refused,
  )
  assert.equal(
    codeOf(() => withSecret(text, patchOf('other = [token:0000]'))),
    refused,
  )
  const twice = `@@ -1,1 +1,1 @@\n-key = ${placeholder}\n+k = ${placeholder}\n`
  const masks = [
    { placeholder, secret },
    { placeholder, secret: 'another' },
  ]
  assert.equal(
    codeOf(() =>
      applyPatch({ original: text, masked: text.replace(secret, placeholder), masks }, parsePatch(twice)),
    ),
    refused,
  )
  assert.equal(
    codeOf(() => withSecret(`${text}see ${placeholder}\n`, twice)),
    refused,
  )
  assert.equal(plain('see [docs:one]\nb\n', patchOf('see [docs:one]')), 'see [docs:one]\nsee [docs:one]\n')
})

test('applyPatch() refuses what fits nowhere, or in more than one place', () => {
  assert.equal(
    codeOf(() => plain('a\nb\n', '@@ -1,1 +1,1 @@\n-z\n+y\n')),
    'patch-conflict',
  )
  assert.equal(
    codeOf(() => plain('a\nb\na\n', '@@ -2,1 +2,1 @@\n-a\n+y\n')),
    'patch-conflict',
  )
  assert.equal(
    codeOf(() => plain('a\nb\n', '@@ -2,1 +2,1 @@\n-b\n+y\n@@ -1,1 +1,1 @@\n-a\n+y\n')),
    'patch-conflict',
  )
})

test('parsePatch() refuses what does not add up', () => {
  for (const patch of [
    '',
    'hello',
    '@@ -1 +1 @@\n',
    '@@ -1,2 +1,1 @@\n-a\n+b\n',
    '@@ -1,1 +1,1 @@\n a\n',
    '@@ nonsense @@\n-a\n',
    '@@ -1,1 +1,1 @@\n-a\n*b\n',
    'rm -rf\n@@ -1,1 +1,1 @@\n-a\n+b\n',
    '@@ -1,0 +1,1 @@\n+\ud800\n',
    `@@ -1,0 +1,1 @@\n+${'x'.repeat(300_000)}\n`,
  ]) {
    assert.equal(
      codeOf(() => parsePatch(patch)),
      'patch-invalid',
      patch.slice(0, 40),
    )
  }
})

test('applyPatch() does what patch does with what diff writes', () => {
  const line = fc.constantFrom('a', 'b', 'c', '', ' d', '-e', '+f', '@@ g')
  const text = fc
    .tuple(fc.array(line, { maxLength: 12 }), fc.boolean())
    .map(([lines, isClosed]) => lines.join('\n') + (isClosed && lines.length > 0 ? '\n' : ''))
  const property = fc.property(text, text, fc.integer({ min: 0, max: 3 }), (before, later, context) => {
    fc.pre(before !== later)
    writeFileSync(`${base}/a`, before)
    writeFileSync(`${base}/b`, later)
    const { stdout } = spawnSync('diff', [`-U${context}`, `${base}/a`, `${base}/b`], { encoding: 'utf8' })
    assert.equal(plain(before, stdout), later, stdout)
  })
  fc.assert(property, { numRuns: 40 })
})
