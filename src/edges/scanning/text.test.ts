// Findings of a text: the same however it comes, placed where they stand, and let stand where a comment says so.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { look, pem, places, scratch, token } from './fixture.test.ts'
import { usualLimits } from './settings.ts'
import { scanWhole, TextScan, type Whole } from './text.ts'

const whole: Whole = {
  path: 'a',
  settings: { threshold: 'likely', salt: null, today: '2026-06-01', limits: usualLimits },
}

const allow = (detector: string, terms: string): string => `keyreeve:${'allow'} ${detector} ${terms}`

test('TextScan gives what scanWhole() gives, for every cut', () => {
  const text = Buffer.from(
    [
      `é = "${token(1)}" # ${allow('github-token', 'reason="r"')}`,
      `x = "${token(2)}" # and more`,
      pem(),
      `# ${allow('github-token', 'until=2027-01-01')}`,
      `y = "${token(3)}"`,
    ].join('\n'),
  )
  const expected = scanWhole(text, whole)
  assert.deepEqual(places({ findings: expected }), [
    'a:2:6 github-token',
    'a:3:1 private-key',
    'a:9:3 allow-without-reason',
    'a:10:6 github-token',
  ])
  for (let size = 1; size <= text.length; size += 7) {
    const scan = new TextScan(whole)
    for (let at = 0; at < text.length; at += size) scan.push(text.subarray(at, at + size))
    assert.deepEqual(scan.finish(), expected, `chunks of ${size}`)
  }
})

test('scanWhole() reports a comment once, however many findings it means to allow', () => {
  const text = `x = "${token(1)}" y = "${token(2)}" # ${allow('github-token', 'reason="r" until=2026-01-01')}`
  const found = scanWhole(Buffer.from(text), whole).map(({ detector }) => detector)
  assert.deepEqual(found.toSorted(), ['allow-expired', 'github-token', 'github-token'])
})

test('Fingerprints tell equal secrets as equal, and weak ones by their place only', async (t) => {
  const folder = scratch(t, {
    a: `x ${token(1)}\nPASSWORD=hunter2secret\n`,
    b: `\n\ny ${token(1)} ${token(2)}\nPASSWORD=hunter2secret\n`,
  })
  const { findings } = await look(folder)
  const of = (path: string, detector: string): string[] =>
    findings
      .filter((each) => each.path === path && each.detector === detector)
      .map((each) => each.fingerprint)
  assert.equal(of('a', 'github-token')[0], of('b', 'github-token')[0])
  assert.notEqual(of('b', 'github-token')[0], of('b', 'github-token')[1])
  assert.notEqual(of('a', 'password')[0], of('b', 'password')[0])
  for (const { fingerprint } of findings) assert.match(fingerprint, /^[0-9a-f]{16}$/)
  const salted = await look(folder, { salt: new Uint8Array(16).fill(1) })
  assert.ok(salted.findings.every(({ fingerprint }, index) => fingerprint !== findings[index]?.fingerprint))
})

test('TextScan keeps its head with a text that is one long line', () => {
  const scan = new TextScan(whole)
  for (let round = 0; round < 24; round++) scan.push(Buffer.alloc(1 << 18, 'word '))
  scan.push(Buffer.from(` ${token()} `))
  assert.deepEqual(places({ findings: scan.finish() }), [`a:1:${24 * (1 << 18) + 2} github-token`])
})
