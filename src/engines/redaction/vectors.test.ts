// Runs the language-neutral cases of vectors/redaction.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { detectorIds, detectors } from './detectors.ts'
import { redact, scan } from './redact.ts'
import { redactStream } from './stream.ts'

type Part = string | { readonly repeat: string; readonly times: number }
interface Case {
  readonly parts: readonly Part[]
  readonly findings: readonly { detector: string; confidence: string; parts: readonly [number, number] }[]
}

const folder = new URL('../../../vectors/redaction/', import.meta.url)
const names = readdirSync(folder).filter((name) => /^(ok|ng)\./.test(name))
const key = new Uint8Array(32)

const written = (part: Part): string => (typeof part === 'string' ? part : part.repeat.repeat(part.times))
const joined = (parts: readonly Part[]): string => parts.map(written).join('')

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

async function streamed(chunks: readonly Uint8Array[]): Promise<string> {
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
  return Buffer.concat(await Array.fromAsync(source.pipeThrough(redactStream({ key })))).toString()
}

test('vectors: there are cases of both kinds', () => {
  assert.ok(names.filter((name) => name.startsWith('ok.')).length >= 15)
  assert.ok(names.filter((name) => name.startsWith('ng.')).length >= 50)
})

const seen = new Set<string>()

test('vectors: every detector has a case', () => {
  const missing = [...detectorIds].filter((id) => !seen.has(id) && id !== 'known')
  assert.deepEqual(missing, [])
})

test('detectors: every row names an https source and asks for something', () => {
  for (const { source, anchors } of detectors) {
    assert.match(source, /^https:\/\/[^ ]+$/)
    assert.ok(anchors.length > 0 && anchors.every((anchor) => anchor.length >= 2))
  }
})

for (const name of names) {
  const { parts, findings }: Case = JSON.parse(readFileSync(new URL(`${name}/input.json`, folder), 'utf8'))
  const input = joined(parts)
  for (const { detector } of findings) seen.add(detector)
  const bytes = Buffer.from(input)

  test(`scan() finds in ${name} what is listed, in both units`, () => {
    const expected = findings.map(({ detector, confidence, parts: [from, to] }) => ({
      start: joined(parts.slice(0, from)).length,
      end: joined(parts.slice(0, to)).length,
      detector,
      confidence,
    }))
    assert.deepEqual(scan(input), expected)
    const units = (at: number): number => Buffer.byteLength(input.slice(0, at))
    assert.deepEqual(
      scan(bytes),
      expected.map((finding) => ({ ...finding, start: units(finding.start), end: units(finding.end) })),
    )
  })

  test(`redact() leaves ${name} clean, stable and JSON if it was`, () => {
    const { text } = redact(input, { key })
    assert.deepEqual(scan(text), [])
    assert.equal(redact(text, { key }).text, text)
    assert.equal(redact(bytes, { key }).text, text)
    assert.equal(isJson(text), isJson(input))
    if (findings.length === 0) assert.equal(text, input)
  })

  test(`redactStream() gives for ${name} the same at every cut`, async () => {
    const { text } = redact(input, { key })
    assert.equal(await streamed(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))), text)
    for (let at = 0; at <= bytes.length; at++) {
      assert.equal(await streamed([bytes.subarray(0, at), bytes.subarray(at)]), text, `cut at ${at}`)
    }
  })
}
