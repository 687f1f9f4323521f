// Known secrets and patterns together, as the published door gives them.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { Secret } from '#base'
import {
  knownSecrets,
  parseKnownSecrets,
  redact,
  redactStream,
  scan,
  type KnownSecrets,
} from 'keyreeve/redaction'

const random = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(randomBytes(length))
const value = 'q8/Zk2"Lm+W0v\\Xr é7'

function tableOf(...values: readonly (string | Uint8Array)[]): KnownSecrets {
  const secrets = values.map((one, index) => ({
    name: `name${index}`,
    secret: Secret.copy(Buffer.from(one)),
  }))
  return knownSecrets(secrets, random)
}

async function streamed(chunks: readonly Uint8Array[], known: KnownSecrets): Promise<string> {
  const { readable, writable } = redactStream({ known })
  const output = Array.fromAsync(readable)
  const writer = writable.getWriter()
  for (const chunk of chunks) await writer.write(chunk)
  await writer.close()
  return Buffer.concat(await output).toString()
}

const bytes = Buffer.from(value)
const encodings: readonly (readonly [string, string])[] = [
  ['raw', value],
  ['JSON', JSON.stringify(value).slice(1, -1)],
  ['JSON in JSON', JSON.stringify(JSON.stringify(value).slice(1, -1)).slice(1, -1)],
  ['JSON with escaped solidus', JSON.stringify(value).slice(1, -1).replaceAll('/', '\\/')],
  ['ASCII JSON', JSON.stringify(value).slice(1, -1).replace('é', '\\u00e9')],
  ['percent', encodeURIComponent(value)],
  ['percent, lower case', encodeURIComponent(value).replaceAll(/%../g, (part) => part.toLowerCase())],
  ['form', new URLSearchParams({ k: value }).toString().slice(2)],
  ['hex', bytes.toString('hex')],
  ['HEX', bytes.toString('hex').toUpperCase()],
  ...['', 'u', 'us', 'user:', 'user1:'].flatMap((before) =>
    ['', '!', '!!'].map((after) => {
      const text = Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)])
      return [`base64 of ${before}…${after}`, text.toString('base64')] as const
    }),
  ),
  ['base64url', bytes.toString('base64url')],
]

for (const [name, form] of encodings) {
  test(`scan() finds a known secret as ${name}`, () => {
    const known = tableOf(value)
    for (const input of [form, `a ${form} b`, `{"x":"${form}"}`]) {
      const findings = scan(input, { known })
      assert.deepEqual(
        findings.map(({ detector, confidence }) => [detector, confidence]),
        [['known', 'certain']],
      )
      const { text } = redact(input, { known })
      assert.ok(text.includes('[secret:name0]'))
      for (let at = 0; at + 8 <= form.length; at++) {
        if (!form.includes('user') && !name.includes('…')) assert.ok(!text.includes(form.slice(at, at + 8)))
      }
      assert.deepEqual(scan(text, { known }), [])
    }
  })
}

test('scan() takes the characters of base64 that hold the first and last bits of a secret', () => {
  const known = tableOf(value)
  const { text } = redact(bytes.toString('base64'), { known })
  assert.equal(text, '[secret:name0]')
})

test('scan() finds a known secret of many lines, and one longer than a piece, as one', () => {
  const long = Array.from(
    { length: 300 },
    (_, line) => `${line}: ${Buffer.from(`v${line}x${line * 7}`).toString('hex')}`,
  ).join('\n')
  const known = tableOf(`${long}\n`)
  for (const form of [long, JSON.stringify(long).slice(1, -1), Buffer.from(long).toString('base64')]) {
    assert.equal(redact(`a ${form} b`, { known }).text, 'a [secret:name0] b')
  }
})

test('scan() gives the name of a known secret before that of its kind', () => {
  const token = `ghp_${'A1b2C3d4E'.repeat(4)}`
  const known = tableOf(token)
  assert.equal(redact(`token=${token}`, { known }).text, 'token=[secret:name0]')
  assert.deepEqual(
    scan(`token=${token}`, { known }).map(({ detector }) => detector),
    ['known'],
  )
})

test('scan() gives offsets in UTF-16 code units around a known secret', () => {
  const known = tableOf(value)
  const [finding] = scan(`😀é${value}é`, { known })
  assert.deepEqual([finding?.start, finding?.end], [3, 3 + value.length])
})

test('redact() spells a name so that it is safe in JSON and in a placeholder', () => {
  const secret = Secret.copy(bytes)
  const known = knownSecrets([{ name: 'a"b]c\\ é', secret }], random)
  assert.equal(redact(value, { known }).text, '[secret:a_b_c___]')
})

test('redactStream() finds known secrets at every cut', async () => {
  const known = tableOf(value, 'q8Zk2LmW0vXr7TuN')
  const input = Buffer.from(
    `a ${value} ${bytes.toString('base64')}== q8Zk2LmW0vXr7TuNq8Zk2LmW0vXr7TuN q8Zk2LmW0v`,
  )
  const { text } = redact(input, { known })
  for (let at = 0; at <= input.length; at++) {
    assert.equal(await streamed([input.subarray(0, at), input.subarray(at)], known), text)
  }
  assert.equal(
    await streamed(
      Array.from(input, (byte) => Uint8Array.of(byte)),
      known,
    ),
    text,
  )
})

test('redactStream() masks a flood of a known secret that overlaps itself', async () => {
  const known = tableOf('q8Zk2LmW0vXr'.repeat(2))
  const input = Buffer.from('q8Zk2LmW0vXr'.repeat(20_000))
  const chunks = Array.from({ length: 60 }, (_, at) => input.subarray(at * 4000, at * 4000 + 4000))
  assert.equal(redact(input, { known }).text, '[secret:name0]')
  assert.equal(await streamed(chunks, known), '[secret:name0]')
})

test('scan() finds nothing of what was left out of the table', () => {
  assert.deepEqual(scan('password1234 q8Zk2LmW0v', { known: tableOf('password1234', 'q8Zk2LmW0v') }), [])
})

test('scan() finds with a parsed table what it finds with the table itself', () => {
  const known = tableOf(value, 'q8Zk2LmW0vXr')
  const again = parseKnownSecrets(known.serialise())
  for (const [, form] of encodings) assert.deepEqual(scan(form, { known: again }), scan(form, { known }))
})
