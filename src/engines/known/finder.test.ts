// The finder with WebAssembly, without, and the plainest search there is: all find the same.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { Secret } from '#base'
import { knownTable } from '#forms'
import * as fc from 'fast-check'
import { encodingsOf } from '../forms/encodings.ts'
import { cut } from '../forms/places.ts'
import { Finder, type Occurrences } from './finder.ts'
import { Kernel } from './kernel.ts'
import { Plain } from './plain.ts'
import type { Prober } from './prober.ts'
import { readTable } from './table.ts'

type Place = Occurrences['found'][number]

const random = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(randomBytes(length))

interface Finders {
  readonly kernel: Finder
  readonly plain: Finder
}

function findersOf(values: readonly string[]): Finders {
  const secrets = values.map((value, index) => ({
    name: `name${index}`,
    secret: Secret.copy(Buffer.from(value)),
  }))
  const table = readTable(knownTable(secrets, random).table)
  const kernel = new Finder(
    table,
    (table, groups) => Kernel.of(table, groups) ?? assert.fail('no WebAssembly'),
  )
  return { kernel, plain: new Finder(table, (table, groups) => new Plain(table, groups)) }
}

function inOrder(places: readonly Place[]): readonly Place[] {
  return places.toSorted((a, b) => a.start - b.start || a.end - b.end || (a.name < b.name ? -1 : 1))
}

const long = Array.from({ length: 260 }, (_, line) => `${line * line}k${line}`).join(' ')
const values = ['q8Zk2LmW0vXr', 'q8Zk2LmW0vXr7TuN', 'q8/Zk2"Lm+W0v\\Xr é7', 'pre-fix_q8Zk2LmW0vXr7TuN', long]
const forms = values.flatMap((value) =>
  encodingsOf(Buffer.from(value)).map(({ bytes }) => Buffer.from(bytes)),
)

/** What is looked for, each once. */
const pieces = values
  .flatMap((value, name) => encodingsOf(Buffer.from(value)).flatMap((form) => cut(form, name, 0)))
  .filter(
    ({ bytes }, index, all) => all.findIndex((other) => Buffer.compare(other.bytes, bytes) === 0) === index,
  )

/** Looks for each form at each place. */
function naive(bytes: Buffer): Place[] {
  return pieces.flatMap(({ bytes: form, name, lead, tail }) => {
    const places: Place[] = []
    for (let at = bytes.indexOf(form); at !== -1; at = bytes.indexOf(form, at + 1)) {
      const before = /[\w+/-]*$/.exec(bytes.toString('latin1', Math.max(0, at - lead), at))?.[0].length ?? 0
      const behind = /^[\w+/-]?={0,2}/.exec(bytes.toString('latin1', at + form.length, at + form.length + 3))
      const end = at + form.length + (tail === 1 ? (behind?.[0].length ?? 0) : 0)
      places.push({ start: at - before, end, name: `name${name}` })
    }
    return places
  })
}

/** Whole forms, their beginnings and ends, near misses, and what is none of them. */
const part = fc
  .tuple(fc.constantFrom(...forms), fc.constantFrom('whole', 'start', 'end', 'near'), fc.nat(60))
  .map(([form, which, at]) => {
    if (which === 'start') return form.subarray(0, at)
    if (which === 'end') return form.subarray(at)
    return which === 'whole' ? form : form.map((byte, index) => (index === at ? byte ^ 1 : byte))
  })
const text = fc
  .array(
    fc.oneof(part, fc.uint8Array({ maxLength: 9 }), fc.constantFrom(Buffer.from('='), Buffer.from(' \\'))),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.concat(parts))

test('find() gives the same with WebAssembly, without, and as the plainest search', () => {
  const { kernel, plain } = findersOf(values)
  fc.assert(
    fc.property(text, (input) => {
      const expected = inOrder(naive(input))
      assert.deepEqual(inOrder(kernel.find(input, 0, true).found), expected)
      assert.deepEqual(inOrder(plain.find(input, 0, true).found), expected)
    }),
    { numRuns: 150 },
  )
})

test('find() gives the same until the same position while more may follow', () => {
  const { kernel, plain } = findersOf(values)
  fc.assert(
    fc.property(text, fc.nat(40), (input, from) => {
      const start = Math.min(from, input.length)
      const [one, other] = [kernel.find(input, start, false), plain.find(input, start, false)]
      assert.deepEqual([inOrder(one.found), one.until], [inOrder(other.found), other.until])
    }),
    { numRuns: 150 },
  )
})

test('find() gives the same however a text is cut', () => {
  const { kernel } = findersOf(values)
  const sizes = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(text, sizes, (input, sizes) => {
      assert.deepEqual(inOrder(grown(input, sizes, kernel)), inOrder(kernel.find(input, 0, true).found))
    }),
    { numRuns: 150 },
  )
})

/** All that is found as the text grows; what lies more than three bytes before the position asked from is dropped. */
function grown(input: Buffer, sizes: readonly number[], finder: Finder): Place[] {
  const all: Place[] = []
  for (let end = 0, from = 0, turn = 0; from !== Infinity; turn++) {
    end = Math.min(input.length, end + sizes[turn % sizes.length]!)
    const dropped = Math.max(0, from - 3)
    const { found, until } = finder.find(input.subarray(dropped, end), from - dropped, end === input.length)
    for (const { start, end, name } of found) all.push({ start: start + dropped, end: end + dropped, name })
    from = until + dropped
  }
  return all
}

test('find() finds what stands across the blocks in which WebAssembly reads', () => {
  const { kernel } = findersOf(values)
  const secret = Buffer.from(long)
  for (const at of [65_536, 131_072].flatMap((border) => [
    border - 3000,
    border - 900,
    border - 16,
    border - 1,
    border,
  ])) {
    const input = Buffer.alloc(140_000, 'x')
    secret.copy(input, at)
    const found = inOrder(kernel.find(input, 0, true).found)
    assert.deepEqual([found[0]?.start, found.at(-1)?.end], [at, at + secret.length])
  }
})

test('find() holds back no more than what could begin a form', () => {
  const { kernel } = findersOf(['q8Zk2LmW0vXr7TuN', 'Tu7Nq8Zk2LmW0vXr_4bQ'])
  const heldOf = (input: string): number => input.length - kernel.find(Buffer.from(input), 0, false).until
  assert.equal(heldOf('the quick brown fox jumps over the lazy dog and '), 0)
  assert.equal(heldOf('the quick brown fox jumps over the lazy dog and q8Z'), 3)
  assert.ok(heldOf('x'.repeat(100)) <= 48)
  assert.equal(heldOf(`${'x '.repeat(20)}\\x71\\x3`), 7)
})

test('find() has few candidates to confirm in a flood of beginnings that many secrets share', () => {
  const header = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')
  const tokens = Array.from({ length: 40 }, () => `${header}.${randomBytes(60).toString('base64url')}`)
  const secrets = tokens.map((token, index) => ({
    name: `n${index}`,
    secret: Secret.copy(Buffer.from(token)),
  }))
  const table = readTable(knownTable(secrets, random).table)
  let candidates = 0
  const counting = (prober: Prober): Prober => ({
    probe: (bytes, from, isFinal, told) =>
      prober.probe(bytes, from, isFinal, (start, form) => {
        candidates++
        told(start, form)
      }),
  })
  const finder = new Finder(table, (table, groups) => counting(Kernel.of(table, groups) ?? assert.fail()))
  finder.find(Buffer.from(header.repeat(2000)), 0, true)
  finder.find(Buffer.from(`${tokens[0]!.slice(0, -1)}. `.repeat(500)), 0, true)
  assert.ok(candidates < 10, `${candidates}`)
  assert.equal(finder.find(Buffer.from(tokens.join(' ')), 0, true).found.length, 40)
})
