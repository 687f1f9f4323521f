// The table of faults is whole, and a Fault says what its row says.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asFault, errorCode, Fault, faultCodes, isFaultCode } from './fault.ts'

const exits = new Set([1, 2, 3, 4, 5, 6, 7, 8, 10])

for (const code of faultCodes) {
  test(`Fault "${code}" has a status, an exit code and a next step`, () => {
    const fault = new Fault(code, 'why')
    assert.match(code, /^[a-z]+(-[a-z]+)*$/)
    assert.ok(Number.isInteger(fault.http) && fault.http >= 400 && fault.http <= 599)
    assert.ok(exits.has(fault.exit))
    assert.equal(typeof fault.retry, 'boolean')
    assert.match(fault.next, /^[a-z][^\n]{5,}[^.\n]$/)
  })
}

test('Fault of a locked vault, a denial and a corrupt journal exits as scripts rely on', () => {
  const codes = ['locked', 'consent-refused', 'journal-corrupt'] as const
  assert.deepEqual(
    codes.map((code) => new Fault(code, 'why').exit),
    [5, 3, 7],
  )
})

test('isFaultCode() takes no name that every object has', () => {
  assert.equal(isFaultCode('busy'), true)
  for (const name of ['toString', '__proto__', 'constructor', 'hasOwnProperty', '', 'Busy']) {
    assert.equal(isFaultCode(name), false, name)
  }
})

test('asFault() gives a Fault back as it is', () => {
  const fault = new Fault('busy', 'too many')
  assert.equal(asFault(fault), fault)
})

test('asFault() does not repeat what a foreign error says', () => {
  const cause = new Error('token ghx-fake-value is wrong')
  const fault = asFault(cause, 'the file could not be read')
  assert.equal(fault.code, 'internal')
  assert.equal(fault.message, 'the file could not be read')
  assert.equal(fault.cause, cause)
})

test('asFault() knows a full disk and a used-up quota', () => {
  for (const code of ['ENOSPC', 'EDQUOT']) {
    assert.equal(asFault(Object.assign(new Error('write'), { code })).code, 'disk-full')
  }
})

test('asFault() takes whatever was thrown', () => {
  for (const thrown of [undefined, null, 'text', 7, { code: 7 }])
    assert.equal(asFault(thrown).code, 'internal')
})

test('errorCode() gives the code of a system error, and undefined where there is none', () => {
  assert.equal(errorCode(Object.assign(new Error('open'), { code: 'ENOENT' })), 'ENOENT')
  for (const thrown of [undefined, null, 'ENOENT', {}, { code: 2 }])
    assert.equal(errorCode(thrown), undefined)
})
