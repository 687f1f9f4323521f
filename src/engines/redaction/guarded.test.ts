// The filter that fails closed: a fault costs its line, a key that has begun goes to its end, all else passes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { GuardedRedactor } from './guarded.ts'
import { redact } from './redact.ts'
import { StreamRedactor } from './stream.ts'

const key = new Uint8Array(32)
const marker = '[unredacted: dropped]\n'
const github = `ghp_${'A1b2'.repeat(9)}`

/** Fails at every text that holds "boom". */
function failing(): StreamRedactor {
  const known = {
    find(bytes: Uint8Array, from: number, isFinal: boolean) {
      if (Buffer.from(bytes.subarray(from)).includes('boom')) throw new Error('fault')
      return { found: [], until: isFinal ? Infinity : Math.max(from, bytes.length - 3) }
    },
  }
  return new StreamRedactor({ key, known })
}

function through(redactor: GuardedRedactor, input: string, size: number): string {
  const bytes = Buffer.from(input)
  const parts: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += size) parts.push(...redactor.push(bytes.subarray(at, at + size)))
  return Buffer.concat([...parts, ...redactor.finish()]).toString()
}

test('GuardedRedactor drops the line at which the redactor fails, says so, and masks the rest', () => {
  for (const size of [1, 3, 7, 1000]) {
    const redactor = new GuardedRedactor({}, failing)
    const output = through(redactor, `first ${github}\nsecond boom ${github}\nthird ${github}\n`, size)
    assert.ok(output.includes(marker) && !output.includes('boom') && !output.includes('ghp_'), output)
    assert.match(output, /third \[github-token:[0-9a-f]{4}\]\n$/)
    assert.equal(redactor.dropped, 1)
  }
})

test('GuardedRedactor drops all of a key at whose beginning the redactor fails', () => {
  const lines = Array.from({ length: 20 }, () => 'MIIEMIIEMIIEMIIE')
  const pem = ['-----BEGIN PRIVATE KEY-----', ...lines, 'boom', ...lines, '-----END PRIVATE KEY-----'].join(
    '\n',
  )
  for (const size of [1, 5, 100, 10_000]) {
    const output = through(new GuardedRedactor({}, failing), `a\n${pem}\nlast ${github}\n`, size)
    assert.ok(!output.includes('MIIE'), output)
    assert.match(output, /last \[github-token:[0-9a-f]{4}\]\n$/)
  }
})

test('GuardedRedactor does not drop without end what a key that never ends begins', () => {
  const input = `-----BEGIN PRIVATE KEY-----\nboom\n${'line\n'.repeat(1000)}`
  const output = through(new GuardedRedactor({}, failing), input, 64)
  assert.ok(output.endsWith('line\n'.repeat(500)))
})

test('GuardedRedactor says at the end that the last line was dropped', () => {
  const redactor = new GuardedRedactor({}, () => ({
    isHolding: false,
    push: () => [],
    finish() {
      throw new Error('fault')
    },
  }))
  assert.equal(through(redactor, 'text', 10), marker)
})

test('GuardedRedactor gives what redact() gives where nothing fails', () => {
  const scrap = fc.constantFrom(
    github,
    'word',
    '\n',
    '-----BEGIN PRIVATE KEY-----',
    'password=hunter2',
    ' ',
    'é',
  )
  fc.assert(
    fc.property(fc.array(scrap), fc.integer({ min: 1, max: 50 }), (scraps, size) => {
      const input = scraps.join('')
      assert.equal(through(new GuardedRedactor({ key }), input, size), redact(input, { key }).text)
    }),
    { numRuns: 100 },
  )
})

test('GuardedRedactor keeps UTF-16 what it is, with a mark and without', () => {
  const text = `token ${github}\nnext line\n`
  for (const mark of ['', '\ufeff']) {
    const redactor = new GuardedRedactor({ key })
    const bytes = Buffer.from(mark + text, 'utf16le')
    const parts = Array.from(bytes, (byte) => redactor.push(Uint8Array.of(byte))).flat()
    const out = Buffer.concat([...parts, ...redactor.finish()])
    assert.equal(out.toString('utf16le'), mark + redact(text, { key }).text)
  }
})
