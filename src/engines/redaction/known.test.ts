// What the engine asks of a finder of known secrets, and what it makes of the answers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { KnownFinder } from './finding.ts'
import { redact, scan } from './redact.ts'
import { redactStream } from './stream.ts'

const secret = Buffer.from('MARK')

/** Finds a mark, and keeps to the contract; `asked` are the bytes that it is asked about, by their place in the text. */
function finderOf(name: string): KnownFinder {
  return {
    find(bytes, from, isFinal) {
      const found: { start: number; end: number; name: string }[] = []
      const until = isFinal ? Infinity : Math.max(from, bytes.length - secret.length + 1)
      for (let at = from; at < until; at++) {
        at = Buffer.from(bytes).indexOf(secret, at)
        if (at < 0 || at >= until) break
        found.push({ start: at, end: at + secret.length, name })
      }
      return { found, until }
    },
  }
}

async function streamed(chunks: readonly Uint8Array[], known: KnownFinder): Promise<string> {
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
  return Buffer.concat(await Array.fromAsync(source.pipeThrough(redactStream({ known })))).toString()
}

test('scan() takes from any finder what is known, as certain', () => {
  assert.deepEqual(scan('é MARK', { known: finderOf('x'), threshold: 'certain' }), [
    { start: 2, end: 6, detector: 'known', confidence: 'certain' },
  ])
})

test('redact() spells a name so that it is safe in JSON and in a placeholder', () => {
  assert.equal(redact('MARK', { known: finderOf('a"b]c\\ é') }).text, '[secret:a_b_c___]')
})

test('redact() makes one placeholder of what is known and found at once, by the name that is known', () => {
  const token = `ghp_${'A1b2'.repeat(8)}MARK`
  assert.equal(redact(`token=${token}`, { known: finderOf('x') }).text, 'token=[secret:x]')
})

test('redact() finds no more beside what is known once it is masked', () => {
  const pieces = fc.constantFrom(
    'MARK',
    `ghp_${'A1b2'.repeat(9)}`,
    `SK${'0f'.repeat(16)}`,
    'password="',
    'x"',
    ' y',
    '_',
    '0f',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), (pieces) => {
      const known = finderOf('x')
      const { text } = redact(pieces.join(''), { known })
      assert.deepEqual(scan(text, { known }), [])
    }),
    { numRuns: Number(process.env['KEYREEVE_PROPERTY_RUNS'] ?? 500) },
  )
})

test('redact() takes for a scheme only what is one to its end, also where something known cuts it', () => {
  const input = `authorization: ${'eyJpeyJp'.repeat(3)}=_${'aB3'.repeat(9)}MARK- PUBLIC`
  const known = finderOf('x')
  assert.deepEqual(scan(redact(input, { known }).text, { known }), [])
})

test('redactStream() asks a finder on from where it was, also when the front of the text is gone', async () => {
  const input = Buffer.from(`${'plain words\n'.repeat(5000)}MARK ${'more\n'.repeat(5000)}MARKMARK MAR`)
  const { text } = redact(input, { known: finderOf('x') })
  assert.equal(text.match(/\[secret:x\]/g)?.length, 2)
  for (const size of [7, 997, 65_536]) {
    const chunks = Array.from({ length: Math.ceil(input.length / size) }, (_, index) =>
      input.subarray(index * size, (index + 1) * size),
    )
    assert.equal(await streamed(chunks, finderOf('x')), text)
  }
})

test('redact() masks with no detectors what is known, and nothing else', () => {
  const input = `{"token":"ghp_${'A1b2'.repeat(9)}","x":"MARK","password":"q8Zk2LmW0vXr7TuN"}`
  const names: (string | undefined)[] = []
  const { text, findings } = redact(input, {
    known: finderOf('x'),
    detectors: 'none',
    onReplaced: ({ name }) => names.push(name),
  })
  assert.equal(text, input.replace('MARK', '[secret:x]'))
  assert.equal(findings.length, 1)
  assert.deepEqual(names, ['x'])
})
