// Tests of what is said about policy texts that cannot be used.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { checkPolicies, loadPolicies } from './policies.ts'
import { defaultPolicy } from './shipped.ts'

const vectors = JSON.parse(readFileSync('vectors/policy/problems.json', 'utf8')) as {
  cases: { name: string; text: string; line: number | null; says: string }[]
}

for (const { name, text, line, says } of vectors.cases) {
  test(`checkPolicies() refuses ${name}`, () => {
    const { problems } = checkPolicies([{ name: 'bad.cedar', text }])
    assert.ok(problems.length >= 1)
    assert.equal(problems[0]?.source, 'bad.cedar')
    assert.equal(problems[0]?.line ?? null, line)
    assert.ok(problems[0]?.message.includes(says), problems[0]?.message)
  })
}

test('checkPolicies() finds nothing wrong with the policies that ship, also with Windows line ends', () => {
  const windows = {
    name: 'w.cedar',
    text: defaultPolicy.text.replaceAll('\n', '\r\n').replaceAll('"ask"', '"w"'),
  }
  assert.deepEqual(checkPolicies([defaultPolicy]).problems, [])
  assert.deepEqual(
    checkPolicies([{ ...windows, text: windows.text.replace('sensitive', 's2') }]).problems,
    [],
  )
})

test('checkPolicies() names the column, in the units of strings, also behind characters of several bytes', () => {
  const permit = 'permit (principal, action in Action::"files", resource)'
  const placeOf = (text: string): unknown => {
    const [first] = checkPolicies([{ name: 'a', text }]).problems
    return first === undefined ? null : [first.line, first.column]
  }
  assert.deepEqual(placeOf('// é 😀\npermit (principal == User::"é😀" action'), [2, 34])
  assert.deepEqual(placeOf(`${permit}\nwhen { "é😀" == "é😀" && resource.owner == "x" };`), [2, 26])
  assert.deepEqual(placeOf(`${permit};\n// 😀 a\u200bb`), [2, 8])
})

test('checkPolicies() lists the problems of all sources', () => {
  const bad = { text: 'permit (principal, action == Action::"x", resource);' }
  const { problems } = checkPolicies([
    { name: 'a', ...bad },
    { name: 'b', ...bad },
  ])
  assert.deepEqual(
    problems.map(({ source }) => source),
    ['a', 'b'],
  )
})

test('checkPolicies() refuses an id that another source uses', () => {
  const { problems } = checkPolicies([defaultPolicy, { ...defaultPolicy, name: 'again' }])
  assert.deepEqual(
    problems.map(({ source }) => source),
    ['again', 'again', 'again'],
  )
})

test('checkPolicies() refuses brackets without end and goes on working', () => {
  const text = `permit (principal, action, resource) when { ${'('.repeat(20_000)}true${')'.repeat(20_000)} };`
  assert.match(checkPolicies([{ name: 'deep', text }]).problems[0]?.message ?? '', /nested/)
  assert.deepEqual(checkPolicies([defaultPolicy]).problems, [])
})

test('checkPolicies() refuses a text that is too long', () => {
  const { problems } = checkPolicies([{ name: 'long', text: ' '.repeat(300_000) }])
  assert.match(problems[0]?.message ?? '', /longer/)
})

test('loadPolicies() names the source and line of the first problem', () => {
  const text = '\npermit (principal, action == Action::"reed", resource);'
  assert.throws(() => loadPolicies([{ name: 'mine.cedar', text }]), {
    code: 'policy-invalid',
    message: /^mine\.cedar, line 2, column 30: /,
  })
})
