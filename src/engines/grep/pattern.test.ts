import { Fault, utf8 } from '#base'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, test } from 'node:test'
import { compilePattern } from './pattern.ts'

function linesOf(pattern: string, text: string): number[] {
  return Array.from(compilePattern(pattern).lines(utf8(text)), ({ line }) => line)
}

function refusal(act: () => unknown): Fault {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown
    throw thrown
  }
  return assert.fail('nothing was refused')
}

describe('compilePattern()', () => {
  const text = 'foo\nbar foo\nbaz\n\nFoo-1 é\nko\n'
  const found: readonly (readonly [string, readonly number[]])[] = [
    ['foo', [1, 2]],
    ['^foo', [1]],
    ['foo$', [1, 2]],
    ['^$', [4]],
    ['ba[rz]', [2, 3]],
    ['[^a-z ]', [5]],
    ['a*', [1, 2, 3, 4, 5, 6]],
    ['(?i)FOO', [1, 2, 5]],
    ['(?i:f)oo', [1, 2, 5]],
    ['(?i:x)FOO|k', [6]],
    ['(?i)\u212A', [6]],
    ['\\bfoo\\b', [1, 2]],
    ['\\Boo', [1, 2, 5]],
    ['^[^a]$', []],
    ['(?<one>ba){1,2}r', [2]],
    ['^.{3}$', [1, 3]],
    ['[à-ü]', [5]],
    ['\\u{e9}|\\x7a', [3, 5]],
    ['o{2}-\\d', [5]],
    ['[]z]$', [3]],
    ['(?:)', [1, 2, 3, 4, 5, 6]],
    ['[\\s\\S]\\W', [2, 5]],
  ]
  for (const [pattern, lines] of found) {
    test(`compilePattern() takes ${pattern}`, () => assert.deepEqual(linesOf(pattern, text), lines))
  }

  const refused: readonly (readonly [string, RegExp])[] = [
    ['(a', /at character 3: .*not closed/],
    ['a)', /at character 2: .*closes no group/],
    ['x(?=a)', /at character 3: looking around/],
    ['(?<!a)b', /looking around/],
    ['(a)\\1', /at character 5: a backreference/],
    ['\\k<a>', /a backreference/],
    ['a**', /repeats a repetition/],
    ['a++', /repeats a repetition/],
    ['(?>a)', /atomic/],
    ['[z-a]', /a range goes/],
    ['[a-\\d]', /a range goes/],
    ['a{3,2}', /a count goes/],
    ['a{1001}', /to 1000 at most/],
    ['\\p{L}', /write the ranges/],
    ['[[:alpha:]]', /named classes/],
    ['[a', /not closed/],
    ['[\\b]', /no character/],
    ['+a', /nothing before this/],
    ['\\q', /not known/],
    ['a\\', /backslash at the end/],
    ['a\\nb', /within one line/],
    ['\\u{d800}', /number of a character/],
    ['(?s).', /of groups with a question mark/],
    ['\ud800', /well-formed/],
    ['('.repeat(70) + ')'.repeat(70), /deep/],
  ]
  for (const [pattern, message] of refused) {
    test(`compilePattern() refuses ${JSON.stringify(pattern).slice(0, 20)}`, () => {
      const { code, message: said } = refusal(() => compilePattern(pattern))
      assert.equal(code, 'pattern-invalid')
      assert.match(said, message)
    })
  }

  test('compilePattern() refuses what would be too large, at once', () => {
    for (const pattern of [
      '(?:(?:a{1000}){1000}){1000}',
      '(?:(?:(?:){1000}){1000}){1000}',
      '.{1000}{1000}',
    ]) {
      assert.match(refusal(() => compilePattern(pattern)).code, /pattern-(too-complex|invalid)/)
    }
    assert.doesNotThrow(() => compilePattern(`${'(?:'.repeat(60)}a${'){8}'.repeat(2)}${')'.repeat(58)}`))
  })
})

describe('lines()', () => {
  test('lines() gives number and bytes of each line', () => {
    const found = [...compilePattern('é').lines(utf8('é\nx\nüé'))]
    assert.deepEqual(found, [
      { line: 1, start: 0, end: 2 },
      { line: 3, start: 5, end: 9 },
    ])
  })

  test('lines() takes a character beyond U+FFFF for one, and finds no place within it', () => {
    assert.deepEqual(linesOf('^[^x]$', '😀\nxx\n'), [1])
    assert.deepEqual(linesOf('[😀-😂]', '😁\n'), [1])
    assert.deepEqual(linesOf('a\\B|\\B😀', 'a😀a\n'), [])
  })

  test('lines() refuses by a code what leads to too many states', () => {
    const letters = Array.from({ length: 20_000 }, (_, at) => ((at * 7919) % 13 < 6 ? 'a' : 'b')).join('')
    const noise = Array.from({ length: 20_000 }, (_, at) => (Math.sin(at * at) > 0 ? 'a' : 'b')).join('')
    const pattern = compilePattern('a(?:a|b){40}c')
    assert.equal([...pattern.lines(utf8(letters.slice(0, 30)))].length, 0)
    assert.equal(
      refusal(() => [...compilePattern('[ab]*a[ab]{40}(?:c|d)').lines(utf8(noise))]).code,
      'pattern-too-complex',
    )
  })

  test('lines() finds the same wherever a piece of the pattern stands dense or sparse', () => {
    const piece = fc.constantFrom('xab.', 'xab', 'ab$', '^x.*ab', 'a[bc]', 'bcx{2}')
    const line = fc.string({ unit: fc.constantFrom('x', 'a', 'b', 'c', ' '), maxLength: 300 })
    const property = fc.property(piece, fc.array(line, { maxLength: 60 }), (pattern, lines) => {
      const expected = lines.flatMap((text, at) => (new RegExp(pattern, 'u').test(text) ? [at + 1] : []))
      assert.deepEqual(linesOf(pattern, `${lines.join('\n')}\n`), expected)
    })
    fc.assert(property, { numRuns: 200 })
  })

  test('lines() finds what the regular expressions of the language find', () => {
    const property = fc.property(
      fc.oneof(patterns.map(asWritten), patterns.map(inAnyCase)),
      fc.array(texts, { minLength: 1, maxLength: 8 }),
      ({ pattern, oracle }, lines) => {
        const expected = lines.flatMap((text, at) => (oracle.test(text) ? [at + 1] : []))
        assert.deepEqual(linesOf(pattern, `${lines.join('\n')}\n`), expected, pattern)
      },
    )
    fc.assert(property, { numRuns: 3000 })
  })

  test('lines() finds any case where a part asks for it, beside parts that do not', () => {
    assert.deepEqual(linesOf('(?i:ab|(?i:aé))|\\s|é', 'aÉ\nAé\nÉ\nA\n'), [1, 2])
    assert.deepEqual(linesOf('(?:(?i:a|é)|(?i:b)|c)+', 'É\nB\nC\n'), [1, 2])
  })
})

function asWritten(pattern: string): { pattern: string; oracle: RegExp } {
  return { pattern, oracle: new RegExp(pattern, 'u') }
}

/** As a whole: with modifiers of parts V8 gives, after some thousand patterns, another answer than at first. */
function inAnyCase(pattern: string): { pattern: string; oracle: RegExp } {
  const plain = pattern.replaceAll('\\w', 'a').replaceAll(/\\[bBW]/g, '')
  return { pattern: `(?i)${plain}`, oracle: new RegExp(plain, 'iu') }
}

/** Without characters beyond U+FFFF, at which the oracle errs. */
const texts = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', 'A', 'ß', 'é', 'É', '1', '-', ' ', '_', '字'),
  maxLength: 12,
})

/** Patterns that mean the same here and there. */
const { patterns } = fc.letrec<{ patterns: string; part: string }>((tie) => ({
  patterns: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    tie('part'),
    fc.array(tie('part'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
    fc.tuple(tie('patterns'), tie('patterns')).map(([one, other]) => `${one}|${other}`),
  ),
  part: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(
      'a',
      'b',
      'c',
      'é',
      '字',
      '.',
      '[a-c]',
      '[^a]',
      '[é-字]',
      '\\d',
      '\\w',
      '\\W',
      '\\s',
      '[^\\s1]',
      '-',
      'ab',
    ),
    fc.constantFrom('^', '$', '\\b', '\\B', '(?:)'),
    fc
      .tuple(tie('patterns'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{2,}', '*?', '{0}'))
      .map(([of, count]) => `(?:${of})${count}`),
    tie('patterns').map((of) => `(${of})`),
  ),
}))
