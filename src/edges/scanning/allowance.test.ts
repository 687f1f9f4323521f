// A comment lets one finding stand only for a reason, and until its day.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allowanceIn, type Allowed } from './allowance.ts'

function read(line: string, isBefore = false): Allowed | null {
  return (
    allowanceIn(Buffer.from(line), { detector: 'github-token', isBefore, today: '2026-06-01' })?.allowed ??
    null
  )
}

const named = 'keyreeve:allow github-token'

test('allowanceIn() wants a reason', () => {
  assert.equal(read(`x = 1 # ${named} reason="a test value"`), 'yes')
  assert.equal(read(`x = 1 # ${named} reason='a test value'`), 'yes')
  for (const terms of ['', ' reason=""', ' reason="  "', ' reason=why', ' until=2027-01-01']) {
    assert.equal(read(`x = 1 # ${named}${terms}`), 'without-reason', terms)
  }
})

test('allowanceIn() ends after its last day, and for a day that is none', () => {
  assert.equal(read(`// ${named} reason="r" until=2026-06-01`), 'yes')
  assert.equal(read(`// ${named} until=2026-06-02 reason="r"`), 'yes')
  assert.equal(read(`// ${named} reason="r" until=2026-05-31`), 'expired')
  assert.equal(read(`// ${named} reason="r" until=someday`), 'expired')
})

test('allowanceIn() is for the detector that it names', () => {
  assert.equal(read('# keyreeve:allow password reason="r"'), null)
  assert.equal(read('# keyreeve:allow github-token-old reason="r"'), null)
  assert.equal(read(`# keyreeve:allow password reason="r" ${named} reason="r"`), 'yes')
})

test('allowanceIn() on the line before stands alone', () => {
  for (const start of ['', '  # ', '// ', '/* ', '<!-- ', '-- ', '; ']) {
    assert.equal(read(`${start}${named} reason="r"`, true), 'yes', start)
  }
  assert.equal(read(`other = "value" # ${named} reason="r"`, true), null)
})
