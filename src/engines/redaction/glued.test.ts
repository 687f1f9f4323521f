// Tokens glued to each other: what is masked of each alone is masked of both.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { partsOf, seeded } from '../../../tools/secrets.ts'
import { contexts } from './contexts.ts'
import { detectors } from './detectors.ts'
import { redact, scan } from './redact.ts'
import { StreamRedactor } from './stream.ts'

const key = new Uint8Array(32)
/** Fewer characters in a row are as good as guessed. */
const run = 8
const joints = ['', '-', '_', '.', '=', '/', ':']
const rows = detectors.filter((row) => !contexts.includes(row) && row.structure !== 'pem')

/** A token that is found whole where it stands alone. */
const token = fc
  .tuple(fc.constantFrom(...rows), fc.nat())
  .map(([row, seed]) => partsOf(row, seeded(seed)))
  .filter(({ context, lead, tail }) => context + lead + tail === '')
  .map(({ secret }) => secret)
  .filter((secret) => {
    const [found] = scan(secret)
    return found?.start === 0 && found.end === secret.length
  })

/** What of the secret stands in the output, its placeholders not counted: their names are like anchors. */
function leftOf(secret: string, redacted: string): string | undefined {
  const output = redacted.replaceAll(/\[[a-z0-9-]+(?::[0-9a-f]{4})?\]/g, '\n')
  const starts = Array.from({ length: secret.length - run + 1 }, (_, at) => at)
  return starts.map((at) => secret.slice(at, at + run)).find((part) => output.includes(part))
}

function streamed(input: string, size: number): string {
  const redactor = new StreamRedactor({ key })
  const out: Uint8Array[] = []
  for (let at = 0; at < input.length; at += size)
    out.push(...redactor.push(Buffer.from(input.slice(at, at + size))))
  return Buffer.concat([...out, ...redactor.finish()]).toString()
}

test('redact() leaves nothing of tokens that are glued to each other', () => {
  const glued = fc.tuple(token, fc.constantFrom(...joints), token)
  fc.assert(
    fc.property(glued, ([one, joint, other]) => {
      const { text } = redact(`see ${one}${joint}${other} there`, { key })
      assert.equal(leftOf(one, text) ?? leftOf(other, text), undefined)
    }),
    { numRuns: 1500 },
  )
})

test('redact() leaves nothing of three of them, and the same in a stream', () => {
  const glued = fc.tuple(token, fc.constantFrom(...joints), token, fc.constantFrom(...joints), token)
  fc.assert(
    fc.property(glued, fc.integer({ min: 1, max: 40 }), (parts, size) => {
      const input = `see ${parts.join('')} there`
      const { text } = redact(input, { key })
      const left = [parts[0], parts[2], parts[4]].map((secret) => leftOf(secret, text))
      assert.deepEqual(left, [undefined, undefined, undefined])
      assert.equal(streamed(input, size), text)
    }),
    { numRuns: 300 },
  )
})

test('redact() leaves no password behind a token that runs into its name', () => {
  const decoy = ['gh', 'p_', 'q8Zk2LmW0vXr'.repeat(3)].join('')
  const password = ['q8Zk', '2LmW', '0vXr'].join('')
  for (const input of [`${decoy}_password=${password}`, `${decoy}password=${password}`]) {
    assert.ok(!redact(input, { key }).text.includes(password.slice(0, run)), input)
  }
})

test('redact() leaves no private key behind a token that runs into its first line', () => {
  const decoy = ['gh', 'p_', 'q8Zk2LmW0vXr'.repeat(3)].join('')
  const body = 'q8Zk2LmW0vXr'.repeat(5)
  const begin = ['-----BEGIN', 'PRIVATE', 'KEY-----'].join(' ')
  const { text } = redact(`${decoy}${begin}\n${body}\n${begin.replace('BEGIN', 'END')}\n`, { key })
  assert.equal(leftOf(body, text), undefined)
})

test('redact() masks a run to its end where too much is glued together in it', () => {
  const decoy = ['xo', 'xb-', '123456789012-'].join('')
  const last = ['SG', 'q8Zk2LmW0vXrq8Zk2LmW0v', 'q8Zk2LmW0vXr'.repeat(4).slice(0, 43)].join('.')
  for (const count of [4, 40, 400]) {
    const { text } = redact(`${decoy.repeat(count)}${last}`, { key })
    assert.equal(leftOf(last, text), undefined, String(count))
  }
})
