// Nothing that hides, moves or reorders text reaches a person's eyes unspelled.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { shown, shownBlock } from './shown.ts'

const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u
const anyText = fc
  .array(fc.integer({ min: 0, max: 0x10ffff }))
  .map((points) => String.fromCodePoint(...points))

const cases: readonly (readonly [what: string, text: string, expected: string])[] = [
  ['plain text', '/home/me/notes — Übersicht.txt', '/home/me/notes — Übersicht.txt'],
  ['other scripts and emoji', '日本語 עברית 😀', '日本語 עברית 😀'],
  ['a colour code', 'a\u001b[31mb', String.raw`a\u{1b}[31mb`],
  ['a terminal title', '\u001b]0;x\u0007', String.raw`\u{1b}]0;x\u{7}`],
  ['a C1 control', 'a\u009b2Jb', String.raw`a\u{9b}2Jb`],
  ['a carriage return', 'safe\rrm', String.raw`safe\u{d}rm`],
  ['a line feed', 'a\nb', String.raw`a\u{a}b`],
  ['a right-to-left override', 'txt.\u202eexe', String.raw`txt.\u{202e}exe`],
  ['isolates', '\u2066a\u2069', String.raw`\u{2066}a\u{2069}`],
  ['a zero-width space', 'a\u200bb', String.raw`a\u{200b}b`],
  ['tags', 'a\u{e0041}', String.raw`a\u{e0041}`],
  ['a variation selector', 'a\ufe0f', String.raw`a\u{fe0f}`],
  ['a lone surrogate', 'a\ud83d', String.raw`a\u{d83d}`],
  ['private use', '\ue000\u{10fffd}', String.raw`\u{e000}\u{10fffd}`],
  ['a byte order mark', '\ufeffa', String.raw`\u{feff}a`],
  ['a soft hyphen', 'pass\u00adword', String.raw`pass\u{ad}word`],
]

for (const [what, text, expected] of cases) {
  test(`shown() gives ${what} as ${expected}`, () => assert.equal(shown(text), expected))
}

test('shown() spells every code point that Unicode calls control, format, surrogate, private or ignorable', () => {
  const missed: string[] = []
  for (let point = 0; point <= 0x10ffff; point++) {
    const char = String.fromCodePoint(point)
    if (hidden.test(char) && shown(char) === char) missed.push(point.toString(16))
  }
  assert.deepEqual(missed, [])
})

test('shown() gives one line without hidden characters, no longer than its limit', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 16, max: 600 }), (text, limit) => {
      const line = shown(text, limit)
      assert.doesNotMatch(line, hidden)
      assert.ok(Array.from(line).length <= limit)
    }),
  )
})

test('shown() keeps the beginning and the end of what is too long, the end above all', () => {
  const line = shown(`/home/${'x'.repeat(100_000)}/id_rsa`, 32)
  assert.match(line, /^\/home\/x+…x+\/id_rsa$/)
  assert.equal(line.length, 32)
})

test('shown() cuts no character in two', () => {
  assert.match(shown('😀'.repeat(100_000), 17), /^😀+…😀+$/u)
})

test('shownBlock() keeps line feeds and tabs, cuts nothing, and shows the rest spelled', () => {
  const text = `${'x'.repeat(100_000)}\n\tb\r\u001b`
  assert.equal(shownBlock(text), `${'x'.repeat(100_000)}\n\tb${String.raw`\u{d}\u{1b}`}`)
})

test('shownBlock() gives no other hidden character', () => {
  fc.assert(
    fc.property(anyText, (text) => assert.doesNotMatch(shownBlock(text).replaceAll(/[\n\t]/g, ''), hidden)),
  )
})
