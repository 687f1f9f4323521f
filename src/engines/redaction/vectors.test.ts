// Runs the language-neutral cases of vectors/redaction.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { generatedCases } from '../../../tools/vectors.ts'
import { detectorIds, detectors } from './detectors.ts'
import { redact, scan } from './redact.ts'
import { StreamRedactor } from './stream.ts'

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

function streamed(chunks: readonly Uint8Array[]): string {
  const redactor = new StreamRedactor({ key })
  return Buffer.concat([...chunks.flatMap((chunk) => redactor.push(chunk)), ...redactor.finish()]).toString()
}

function chunksOf(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )
}

test('vectors: there are cases of both kinds', () => {
  assert.ok(names.filter((name) => name.startsWith('ok.')).length >= 15)
  assert.ok(names.filter((name) => name.startsWith('ng.')).length >= 50)
})

const seen = new Set<string>()

test('vectors: every detector has a case', () => {
  const missing = [...detectorIds].filter((id) => !seen.has(id) && id !== 'known' && id !== 'unchecked-run')
  assert.deepEqual(missing, [])
})

test('detectors: every row names an https source and asks for something', () => {
  for (const { source, anchors } of detectors) {
    assert.match(source, /^https:\/\/[^ ]+$/)
    assert.ok(anchors.length > 0 && anchors.every((anchor) => anchor.length >= 2))
  }
})

function readCase(name: string): Case {
  return JSON.parse(readFileSync(new URL(`${name}/input.json`, folder), 'utf8'))
}

function holdsFindings({ parts, findings }: Case): void {
  const input = joined(parts)
  const expected = findings.map(({ detector, confidence, parts: [from, to] }) => ({
    start: joined(parts.slice(0, from)).length,
    end: joined(parts.slice(0, to)).length,
    detector,
    confidence,
  }))
  assert.deepEqual(scan(input), expected)
  const units = (at: number): number => Buffer.byteLength(input.slice(0, at))
  assert.deepEqual(
    scan(Buffer.from(input)),
    expected.map((finding) => ({ ...finding, start: units(finding.start), end: units(finding.end) })),
  )
}

function holdsRedacted({ parts, findings }: Case): void {
  const input = joined(parts)
  const { text } = redact(input, { key })
  assert.deepEqual(scan(text), [])
  assert.equal(redact(text, { key }).text, text)
  assert.equal(redact(Buffer.from(input), { key }).text, text)
  assert.equal(isJson(text), isJson(input))
  if (findings.length === 0) assert.equal(text, input)
}

function holdsStreamed({ parts }: Case, sizes: readonly number[]): void {
  const bytes = Buffer.from(joined(parts))
  const { text } = redact(bytes, { key })
  for (const size of sizes) assert.equal(streamed(chunksOf(bytes, size)), text, `chunks of ${size}`)
}

function holdsAtEveryCut({ parts }: Case): void {
  const bytes = Buffer.from(joined(parts))
  const { text } = redact(bytes, { key })
  for (let at = 0; at <= bytes.length; at++) {
    assert.equal(streamed([bytes.subarray(0, at), bytes.subarray(at)]), text, `cut at ${at}`)
  }
}

const generated = generatedCases()

test('vectors: what tools/vectors.ts makes is what is here', () => {
  for (const [name, text] of generated) {
    assert.equal(readFileSync(new URL(`${name}/input.json`, folder), 'utf8'), text, name)
  }
})

test('vectors: every kind of secret has look-alikes', () => {
  for (const [name, text] of generated) assert.ok(!text.includes('"none"'), name)
})

for (const name of names) {
  const one = readCase(name)
  for (const { detector } of one.findings) seen.add(detector)
  if (generated.has(name)) continue
  test(`scan() finds in ${name} what is listed, in both units`, () => holdsFindings(one))
  test(`redact() leaves ${name} clean, stable and JSON if it was`, () => holdsRedacted(one))
  test(`redactStream() gives for ${name} the same at every cut`, () => {
    holdsStreamed(one, [1])
    holdsAtEveryCut(one)
  })
}

// So many are made that each gets no test of its own.
const made = [...generated.keys()].map((name) => ({ name, one: readCase(name) }))

function checkMade(check: (one: Case, name: string) => void): void {
  for (const { name, one } of made) {
    try {
      check(one, name)
    } catch (error) {
      throw new Error(`in ${name}`, { cause: error })
    }
  }
}

test('scan() finds in every made case what is listed, in both units', () => checkMade(holdsFindings))

test('redact() leaves every made case clean and stable', () => checkMade(holdsRedacted))

test('redactStream() gives for every made case the same in chunks of any size', () => {
  checkMade((one) => holdsStreamed(one, [1, 3, 7]))
})

test('redactStream() gives for every ninth made case the same at every cut', () => {
  for (const { one } of made.filter((_, index) => index % 9 === 0)) holdsAtEveryCut(one)
})
