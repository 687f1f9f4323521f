// Scanning what flows by: the findings of the whole, however it is cut, and no memory of what has passed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Finding } from './finding.ts'
import { scan } from './redact.ts'
import { StreamScanner } from './stream-scanner.ts'

const github = `ghp_${'A1b2'.repeat(9)}`
const pem = `-----BEGIN EC PRIVATE KEY-----\n${'QUJDREVGRw'.repeat(12)}\n-----END EC PRIVATE KEY-----`

function scanned(bytes: Uint8Array, sizes: readonly number[]): Finding[] {
  const scanner = new StreamScanner()
  const found: Finding[] = []
  const chunk = new Uint8Array(Math.max(...sizes))
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = Math.min(sizes[turn % sizes.length]!, bytes.length - at)
    // One buffer for all chunks: what is kept of it must be a copy.
    chunk.fill(0x20).set(bytes.subarray(at, at + size))
    found.push(...scanner.push(chunk.subarray(0, size)))
    at += size
  }
  return [...found, ...scanner.finish()]
}

test('StreamScanner finds what scan() finds, however the input is cut', () => {
  const scrap = fc.constantFrom(
    github,
    pem,
    'password=',
    'hunter2',
    ' ',
    '\n',
    'word',
    'é',
    `"token":"${github}"`,
  )
  const input = fc.array(scrap, { maxLength: 30 }).map((scraps) => Buffer.from(scraps.join('')))
  const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(input, sizes, (bytes, cuts) => {
      assert.deepEqual(scanned(bytes, cuts), scan(bytes))
    }),
    { numRuns: 200 },
  )
})

test('StreamScanner counts from the beginning of a long input', () => {
  const filler = 'nothing to see here, move along\n'.repeat(4000)
  const bytes = Buffer.from(`${filler}${github}\n${filler}${filler}${pem}${filler}`)
  const found = scanned(bytes, [65_536, 1000, 1])
  assert.deepEqual(found, scan(bytes))
  assert.deepEqual(
    found.map(({ start }) => start),
    [filler.length, 3 * filler.length + github.length + 1],
  )
})

test('StreamScanner tells of a secret without an end once', () => {
  const scanner = new StreamScanner()
  const found = scanner.push(Buffer.from(`-----BEGIN RSA PRIVATE KEY-----\n`))
  for (let round = 0; round < 50; round++)
    found.push(...scanner.push(Buffer.from(`${'QUJD'.repeat(1000)}\n`)))
  found.push(...scanner.finish())
  assert.deepEqual(
    found.map(({ start, detector }) => ({ start, detector })),
    [{ start: 0, detector: 'private-key' }],
  )
})
