// Frames come out of a stream as they went in, however the stream was cut, and nothing else comes out.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { utf8 } from '#base'
import * as fc from 'fast-check'
import { encodeFrame, FrameReader } from './frames.ts'

const most = 1000
const envelope = fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })

function read(reader: FrameReader, ...chunks: readonly Uint8Array[]): unknown[] {
  return chunks.flatMap((chunk) => [...reader.push(chunk)])
}

function framed(length: number, body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(4 + body.length)
  new DataView(frame.buffer).setUint32(0, length)
  frame.set(body, 4)
  return frame
}

test('FrameReader gives back what encodeFrame() took, however the bytes are cut', () => {
  const cuts = fc.array(fc.nat({ max: 3000 }), { maxLength: 20 })
  fc.assert(
    fc.property(fc.array(envelope, { maxLength: 5 }), cuts, (envelopes, places) => {
      const bytes = Buffer.concat(envelopes.map((each) => encodeFrame(each, 100_000)))
      const edges = [0, ...places.filter((at) => at < bytes.length).toSorted((a, b) => a - b), bytes.length]
      const chunks = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge))
      const reader = new FrameReader(() => 100_000)
      assert.deepEqual(read(reader, ...chunks), JSON.parse(JSON.stringify(envelopes)))
      assert.equal(reader.isPartial, false)
    }),
  )
})

test('FrameReader gives the same byte by byte', () => {
  const bytes = encodeFrame({ t: 'status', b: { text: 'naïve 😀' } }, most)
  const reader = new FrameReader(() => most)
  assert.deepEqual(read(reader, ...Array.from(bytes, (byte) => Uint8Array.of(byte))), [
    { t: 'status', b: { text: 'naïve 😀' } },
  ])
})

test('FrameReader refuses a frame at its header, before any of it has come', () => {
  const reader = new FrameReader(() => most)
  assert.throws(() => read(reader, framed(most + 1, new Uint8Array(0))), { code: 'frame-oversized' })
})

test('FrameReader takes a frame of just the largest size', () => {
  const body = utf8(`{"a":"${'x'.repeat(most - 8)}"}`)
  assert.equal(body.length, most)
  assert.equal(read(new FrameReader(() => most), framed(most, body)).length, 1)
})

test('FrameReader asks for the limit anew at each frame', () => {
  let limit = 10
  const reader = new FrameReader(() => limit)
  read(reader, encodeFrame({}, most))
  limit = 100
  assert.equal(read(reader, encodeFrame({ longer: 'than ten bytes' }, most)).length, 1)
})

test('FrameReader refuses what is no JSON object, without quoting it', () => {
  for (const text of ['', 'nonsense', '[]', '"text"', '7', 'null', '{"a":', '{}{}', '\ufeff{}']) {
    const body = utf8(text)
    assert.throws(
      () => read(new FrameReader(() => most), framed(body.length, body)),
      { code: 'frame-malformed', message: 'a frame that is no JSON object' },
      text,
    )
  }
})

test('FrameReader refuses what is no UTF-8', () => {
  const body = Uint8Array.from([...utf8('{"a":"'), 0xff, ...utf8('"}')])
  assert.throws(() => read(new FrameReader(() => most), framed(body.length, body)), {
    code: 'frame-malformed',
  })
})

test('FrameReader says whether part of a frame has come', () => {
  const bytes = encodeFrame({ t: 'status' }, most)
  const reader = new FrameReader(() => most)
  assert.equal(reader.isPartial, false)
  read(reader, bytes.subarray(0, 1))
  assert.equal(reader.isPartial, true)
  read(reader, bytes.subarray(1))
  assert.equal(reader.isPartial, false)
})

test('FrameReader tells the size of the frame that it gave', () => {
  const reader = new FrameReader(() => most)
  const [first, second] = [encodeFrame({ a: 1 }, most), encodeFrame({ b: 'longer' }, most)]
  const sizes: number[] = []
  for (const _ of reader.push(Buffer.concat([first, second]))) sizes.push(reader.lastSize)
  assert.deepEqual(sizes, [first.length - 4, second.length - 4])
})

test('encodeFrame() refuses to send what the other side would refuse', () => {
  assert.throws(() => encodeFrame({ text: 'x'.repeat(most) }, most), { code: 'frame-oversized' })
})
