import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import * as zlib from 'node:zlib'
import { Secret, type Fault } from '#base'
import { knownTable } from '#forms'
import { parseKnownSecrets } from '#known'
import * as fc from 'fast-check'
import { AnswerScrub, type AnswerOptions } from './answer.ts'
import { answerFields, scrubFields, scrubText } from './fields.ts'
import { LiveSecrets } from './live.ts'
import type { Secrets } from './secrets.ts'

/** Put together here, so that no scanner takes this file for a leak. */
const value = ['q8Zk2LmW0vXr', '7TuNb5Yc9HdJ'].join('')
const other = ['K3vR9sQe1Zx', 'B6wGm-x_4Tz'].join('')
const long = Array.from({ length: 300 }, (_, line) => `${line * line}k${line}`).join('-')

function tableOf(...values: readonly string[]): Secrets {
  const secrets = values.map((one, index) => ({
    name: `name${index}`,
    secret: Secret.copy(Buffer.from(one)),
  }))
  return parseKnownSecrets(knownTable(secrets, (length) => new Uint8Array(randomBytes(length))).table)
}

const secrets = new LiveSecrets(tableOf(value, other, long))

interface Got {
  readonly text: string
  readonly told: readonly string[]
  readonly fault: string | undefined
}

type Of = Partial<Omit<AnswerOptions, 'outlet' | 'told'>>

/** Pushes the chunks as an upstream would, and waits for the end. */
async function scrubbed(chunks: readonly Uint8Array[], of: Of = {}): Promise<Got> {
  const parts: Uint8Array[] = []
  const told: string[] = []
  let isReady = (): void => undefined
  const { promise: fault, resolve } = Promise.withResolvers<Fault | undefined>()
  const scrub = new AnswerScrub({
    secrets,
    ...of,
    told: (name) => told.push(name),
    outlet: {
      write: (bytes) => {
        parts.push(Uint8Array.from(bytes))
        return true
      },
      ready: () => isReady(),
      end: () => resolve(undefined),
      fail: resolve,
    },
  })
  for (const chunk of chunks) {
    const { promise, resolve } = Promise.withResolvers<void>()
    isReady = resolve
    if (!scrub.push(chunk)) await promise
  }
  scrub.end()
  const code = (await fault)?.code
  return { text: Buffer.concat(parts).toString('latin1'), told, fault: code }
}

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

const base64 = Buffer.from(`user:${value}!`).toString('base64')
const piece = fc.constantFrom(
  value,
  other,
  long,
  value.slice(0, 20),
  base64,
  base64.slice(0, -3),
  Buffer.from(value).toString('hex'),
  ' ',
  'x',
  '"',
  'é',
  'plain words ',
)
const body = fc.array(piece, { maxLength: 9 }).map((pieces) => Buffer.from(pieces.join('')))
const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 })

test('AnswerScrub gives the same however the answer is cut', async () => {
  await fc.assert(
    fc.asyncProperty(body, sizes, async (body, sizes) => {
      assert.deepEqual(await scrubbed(cut(body, sizes)), await scrubbed([body]))
    }),
  )
})

test('AnswerScrub gives bytes without a secret as they came', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), sizes, async (bytes, sizes) => {
      const { text, told } = await scrubbed(cut(bytes, sizes))
      assert.equal(text, Buffer.from(bytes).toString('latin1'))
      assert.deepEqual(told, [])
    }),
  )
})

test('AnswerScrub masks each secret by its name, a long one once', async () => {
  const { text, told } = await scrubbed([Buffer.from(`{"a":"${value}","b":"${long}",${other}${other}}`)])
  assert.equal(text, '{"a":"[secret:name0]","b":"[secret:name2]",[secret:name1]}')
  assert.deepEqual(told, ['name0', 'name2', 'name1'])
})

const encoders: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => zlib.gzipSync(bytes),
  'x-gzip': (bytes) =>
    Buffer.concat([zlib.gzipSync(bytes.subarray(0, 40)), zlib.gzipSync(bytes.subarray(40))]),
  deflate: (bytes) => zlib.deflateSync(bytes),
  Deflate: (bytes) => zlib.deflateRawSync(bytes),
  br: (bytes) => zlib.brotliCompressSync(bytes),
  zstd: (bytes) => zlib.zstdCompressSync(bytes),
  'deflate, identity, br': (bytes) => zlib.brotliCompressSync(zlib.deflateRawSync(bytes)),
  'gzip, zstd,br': (bytes) => zlib.brotliCompressSync(zlib.zstdCompressSync(zlib.gzipSync(bytes))),
}

for (const [contentEncoding, encode] of Object.entries(encoders)) {
  test(`AnswerScrub decodes ${contentEncoding} and masks what was in it, however it is cut`, async () => {
    const plain = Buffer.from(`${'some words '.repeat(40)}${value} ${base64} end`)
    const expected = await scrubbed([plain])
    assert.equal(expected.told.length, 2)
    for (const sizes of [[1], [7, 3], [1000]])
      assert.deepEqual(await scrubbed(cut(encode(plain), sizes), { contentEncoding }), expected)
  })

  test(`AnswerScrub takes ${contentEncoding} that is cut short for broken, and an empty body for none`, async () => {
    const encoded = encode(randomBytes(500))
    const { fault } = await scrubbed([encoded.subarray(0, -9)], { contentEncoding })
    assert.equal(fault, 'answer-unreadable')
    assert.deepEqual(await scrubbed([], { contentEncoding }), { text: '', told: [], fault: undefined })
  })

  test(`AnswerScrub lets nothing through that stands behind ${contentEncoding}`, async () => {
    const encoded = encode(Buffer.from('whole'))
    for (const chunks of [[Buffer.concat([encoded, Buffer.from(value)])], [encoded, Buffer.from(value)]]) {
      const { text } = await scrubbed(chunks, { contentEncoding })
      assert.ok(!text.includes(value))
    }
  })
}

test('AnswerScrub refuses encodings that it does not know, and a fourth', () => {
  const outlet = { write: () => true, ready: () => {}, end: () => {}, fail: () => {} }
  for (const contentEncoding of ['compress', 'gzip, dcb', 'br,br,br,br'])
    assert.throws(() => new AnswerScrub({ secrets, contentEncoding, told: () => {}, outlet }), {
      code: 'encoding-unsupported',
    })
})

test('AnswerScrub cuts off what swells beyond its limit, at whichever stage', async () => {
  const bomb = Buffer.alloc(2 ** 22)
  const limits = { mostBytes: 2 ** 40, mostRatio: 100, ratioFrom: 2 ** 18 }
  for (const [contentEncoding, encode] of Object.entries(encoders)) {
    const { fault, text } = await scrubbed(cut(encode(bomb), [512]), { contentEncoding, limits })
    assert.equal(fault, 'answer-too-large', contentEncoding)
    assert.ok(text.length < 2 ** 20)
  }
  const most = await scrubbed([zlib.gzipSync(randomBytes(5000))], {
    contentEncoding: 'gzip',
    limits: { ...limits, mostBytes: 4999 },
  })
  assert.equal(most.fault, 'answer-too-large')
})

test('AnswerScrub holds no more of 256 MiB than of one, compressed or not', async () => {
  const block = Buffer.from('the cat sat on the mat, and it was 12 minutes past 7. '.repeat(1200))
  const blocks = Math.ceil(2 ** 28 / block.length)
  const zipped = zlib.gzipSync(Buffer.concat(Array.from({ length: 1024 }, () => block)))
  const limits = { mostBytes: 2 ** 40, mostRatio: 2 ** 20, ratioFrom: 0 }
  for (const [chunks, of] of [
    [Array.from({ length: blocks }, () => block), {}],
    [Array.from({ length: blocks / 1024 }, () => zipped), { contentEncoding: 'gzip', limits }],
  ] as const) {
    let [count, most] = [0, 0]
    const before = process.memoryUsage.rss()
    const { promise, resolve } = Promise.withResolvers<void>()
    let isReady = (): void => undefined
    const write = (bytes: Uint8Array): boolean => {
      count += bytes.length
      most = Math.max(most, process.memoryUsage.rss() - before)
      return true
    }
    const outlet = { write, ready: () => isReady(), end: resolve, fail: (fault: Fault) => assert.fail(fault) }
    const scrub = new AnswerScrub({ secrets, ...of, told: () => {}, outlet })
    for (const chunk of chunks) {
      const { promise, resolve } = Promise.withResolvers<void>()
      isReady = resolve
      if (!scrub.push(chunk)) await promise
    }
    scrub.end()
    await promise
    assert.ok(count > 2 ** 27)
    assert.ok(most < 96 * 2 ** 20, `${most}`)
  }
})

test('AnswerScrub says nothing more once it was aborted', async () => {
  const never = (): never => assert.fail('called after abort()')
  const scrub = new AnswerScrub({
    secrets,
    contentEncoding: 'gzip',
    told: never,
    outlet: { write: never, ready: never, end: never, fail: never },
  })
  scrub.push(zlib.gzipSync(Buffer.from(value)))
  scrub.abort()
  scrub.push(Buffer.from('x'))
  scrub.end()
  await new Promise((resolve) => setTimeout(resolve, 20))
})

test('AnswerScrub waits with decoding until the outlet can take more', async () => {
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  const body = randomBytes(2 ** 20)
  let open = 0
  const parts: Uint8Array[] = []
  const scrub = new AnswerScrub({
    secrets,
    contentEncoding: 'gzip',
    told: () => {},
    outlet: {
      write(bytes) {
        // What was settled with it may still come.
        assert.ok(open++ < 3)
        parts.push(Uint8Array.from(bytes))
        setImmediate(() => {
          open = 0
          scrub.resume()
        })
        return false
      },
      ready: () => {},
      end: resolve,
      fail: (fault) => assert.fail(fault),
    },
  })
  scrub.push(zlib.gzipSync(body))
  scrub.end()
  await ended
  assert.equal(Buffer.compare(Buffer.concat(parts), body), 0)
})

test('AnswerScrub masks a secret that is cut over the events of a model', async () => {
  const event = (text: string): string =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text } }] })}\n\n`
  for (let at = 1; at < value.length; at++) {
    const events = [event('it is '), event(value.slice(0, at)), event(`${value.slice(at)} indeed`)].join('')
    const { text, told } = await scrubbed([Buffer.from(events)], { contentType: 'text/event-stream; x=1' })
    const said = [...text.matchAll(/"content":"([^"]*)"/g)].map(([, part]) => part).join('')
    assert.equal(said, 'it is [secret:name0] indeed')
    assert.ok(told.includes('name0'))
  }
})

test('AnswerScrub leaves events without a secret, whatever else they look like, byte for byte', async () => {
  const token = `ghp_${'Zz9Yy8Xx'.repeat(5).slice(0, 36)}`
  const events = `: hello\n\nevent: a\ndata:  {"choices":[{"delta":{"content":"see ${token} "}}]}\n\ndata: [DONE]\n\n`
  const { text, told } = await scrubbed(cut(Buffer.from(events), [5]), { contentType: 'text/event-stream' })
  assert.equal(text, events)
  assert.deepEqual(told, [])
})

test('scrubFields() masks values, drops names with a secret, and gives what has none as it is', () => {
  const told: string[] = []
  const tell = (name: string): void => void told.push(name)
  const plain = [['content-type', 'text/plain'] as const, ['x', 'é'] as const]
  assert.equal(scrubFields(plain, secrets, tell), plain)
  const fields = [
    ['location', `https://example.test/?key=${value}&x=1`],
    ['set-cookie', `a=${base64}`],
    [`x-${other}`, 'y'],
    ['x-emoji', `é☃${value}`],
    ['vary', 'origin'],
  ] as const
  assert.deepEqual(scrubFields(fields, secrets, tell), [
    ['location', 'https://example.test/?key=[secret:name0]&x=1'],
    ['set-cookie', `a=dXNl[secret:name0]h`],
    ['x-emoji', 'é☃[secret:name0]'],
    ['vary', 'origin'],
  ])
  assert.deepEqual(told, ['name1', 'name0', 'name0', 'name0'])
  assert.equal(scrubText(`OK ${value}`, secrets, tell), 'OK [secret:name0]')
})

test('answerFields() drops what is not true of a body that was decoded', () => {
  const fields = ['Content-Length', 'content-encoding', 'Repr-Digest', 'ETag'].map(
    (name) => [name, 'x'] as const,
  )
  assert.deepEqual(
    answerFields(fields, secrets, () => {}),
    [['ETag', 'x']],
  )
})

test('LiveSecrets finds what either table knows', async () => {
  const both = new LiveSecrets(tableOf(value), tableOf(other))
  const { text } = await scrubbed(cut(Buffer.from(`a ${value} b ${other} c`), [3]), { secrets: both })
  assert.equal(text, 'a [secret:name0] b [secret:name0] c')
  assert.deepEqual(new LiveSecrets().find(Buffer.from(value), 0, true), { found: [], until: Infinity })
})
