import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { encodingsOf } from './encodings.ts'
import { cut, placesOf, type Piece } from './places.ts'

function piecesOf(values: readonly Uint8Array[], prefix = 0): Piece[] {
  return values.flatMap((value, name) => encodingsOf(value).flatMap((form) => cut(form, name, prefix)))
}

const value = fc.oneof(
  fc
    .string({ unit: 'binary', minLength: 12, maxLength: 90 })
    .map((text) => Uint8Array.from(Buffer.from(text))),
  fc.uint8Array({ minLength: 12, maxLength: 90 }),
  fc.stringMatching(/^[\w"'/&%\\]{12,40}$/).map((text) => Uint8Array.from(Buffer.from(text))),
)

test('placesOf() lets a window of each piece begin at a multiple of its stride, wherever the piece stands', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), (values) => {
      const pieces = piecesOf(values)
      placesOf(pieces).forEach((place, index) => {
        if (place === undefined) return
        const { window, stride, base } = place
        assert.ok(base >= 0 && base + stride - 1 + window <= pieces[index]!.bytes.length)
        assert.ok(base + stride - 1 <= 255)
      })
    }),
  )
})

test('placesOf() lets no window tell less than ten bytes of a secret, and of what is not escaped eleven', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), (values) => {
      const pieces = piecesOf(values)
      placesOf(pieces).forEach((place, index) => {
        const { each, more } = pieces[index]!
        if (place === undefined) return
        assert.ok(place.window * each >= 11 || place.window - more >= 10)
      })
    }),
  )
})

test('placesOf() has a place for each form of a secret of 12 bytes of which little is escaped', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9_-]{11,80}[A-Za-z0-9"/&]$/), (text) => {
      assert.ok(placesOf(piecesOf([Buffer.from(text)])).every((place) => place !== undefined))
    }),
  )
})

test('placesOf() looks for what begins like others behind that, and behind what everybody may know', () => {
  const values = Array.from({ length: 8 }, (_, index) =>
    Buffer.from(`prefix-that-all-share-${String(index).repeat(60)}`),
  )
  const [shared] = placesOf(piecesOf(values))
  assert.ok((shared?.base ?? 0) >= 22)
  const [known] = placesOf(piecesOf(values.slice(0, 1), 22))
  assert.equal(known?.base, 22)
  const [alone] = placesOf(piecesOf(values.slice(0, 1)))
  assert.equal(alone?.base, 0)
})

test('placesOf() uses no more kinds of windows than the pieces need', () => {
  const values = Array.from({ length: 30 }, (_, index) => Buffer.from(`${index}`.padEnd(2, 'z').repeat(24)))
  const groups = placesOf(piecesOf(values)).map((place) => `${place?.window} ${place?.stride}`)
  assert.deepEqual(new Set(groups), new Set(['22 16', '44 16']))
})
