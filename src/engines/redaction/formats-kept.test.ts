// What is masked stays what it was: YAML keeps its keys and lines, dotenv its names, and shells can read both.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseEnv } from 'node:util'
import * as fc from 'fast-check'
import { redact } from './redact.ts'

const key = new Uint8Array(32)
const github = `ghp_${'A1b2'.repeat(9)}`
const values = fc.constantFrom(
  github,
  'hunter2',
  'q8Zk2LmW0vXr',
  `postgres://u:${github}@h/db`,
  'plain',
  '12345678',
  'two words',
  "it's",
  'a#b',
  'é',
)
const names = fc.constantFrom('PASSWORD', 'API_KEY', 'token', 'DB_URL', 'NAME', 'db_password', 'COUNT')

/** A placeholder, or a list of one in YAML: what stands where a value was. */
const placeholder = /\[[a-z0-9-]+(?::[0-9a-f]{4})?\]/

test('redact() keeps dotenv readable, name by name, and changes values only', () => {
  const quotes = fc.constantFrom('', '"', "'", '`')
  const entry = fc.tuple(names, values, quotes, fc.constantFrom('', 'export '))
  fc.assert(
    fc.property(fc.uniqueArray(entry, { selector: ([name]) => name }), (entries) => {
      const file = entries
        .filter(([, value, quote]) => quote !== "'" || !value.includes("'"))
        .map(([name, value, quote, lead]) => `${lead}${name}=${quote}${value}${quote}\n`)
        .join('')
      const [before, after] = [parseEnv(file), parseEnv(redact(file, { key }).text)]
      assert.deepEqual(Object.keys(after), Object.keys(before))
      for (const [name, value] of Object.entries(after)) {
        if (value !== before[name]) assert.match(value ?? '', placeholder)
      }
    }),
    { numRuns: 300 },
  )
})

test('redact() keeps of YAML every line, its indentation, its key, and its quotes', () => {
  const quotes = fc.constantFrom('', '"', "'")
  const entry = fc.tuple(
    names,
    values,
    quotes,
    fc.constantFrom('', '  ', '- ', '    '),
    fc.constantFrom('', ' # note'),
  )
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1 }), (entries) => {
      const lines = entries
        .filter(([, value, quote]) => quote !== "'" || !value.includes("'"))
        .map(([name, value, quote, indent, note]) => `${indent}${name}: ${quote}${value}${quote}${note}`)
      const masked = redact(lines.join('\n'), { key }).text.split('\n')
      assert.equal(masked.length, Math.max(1, lines.length))
      for (const [at, line] of lines.entries())
        assert.ok(isSameEntry(line, masked[at] ?? ''), `${line} | ${masked[at]}`)
    }),
    { numRuns: 300 },
  )
})

/**
 * Tells whether a line of YAML is the same but for a placeholder in its value: the same key, in the same quotes, and the
 * same comment. Without quotes a placeholder alone is a list of one text, or of one pair, which every parser takes.
 */
function isSameEntry(line: string, masked: string): boolean {
  const [before, after] = [line, masked].map((text) =>
    /^([ -]*)([\w]+): (["']?)(.*?)\3( # note)?$/.exec(text),
  )
  if (!before || !after) return false
  const isSame = [1, 2, 3, 5].every((group) => before[group] === after[group])
  return isSame && (before[4] === after[4] || placeholder.test(after[4] ?? ''))
}

test('redact() leaves of an unquoted value in YAML one flow list, closed on its line', () => {
  const { text } = redact('a:\n  password: hunter2\n  b: 1\n', { key })
  assert.equal(text, 'a:\n  password: [password]\n  b: 1\n')
})
