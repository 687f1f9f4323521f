// Tests of the classes that names give away.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { classify } from './classify.ts'

interface Vectors {
  user: string
  keyreeve: string[]
  cases: { path: string; classes: string[] }[]
}
const vectors = JSON.parse(readFileSync('vectors/policy/classes.json', 'utf8')) as Vectors
const homes = { user: vectors.user, keyreeve: vectors.keyreeve }

for (const { path, classes } of vectors.cases) {
  test(`classify() gives [${classes.join()}] for ${JSON.stringify(path)}`, () => {
    assert.deepEqual(classify(path, homes), classes)
  })
}

const segment = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 })
const never = fc.constantFrom(
  ['.ssh', 'ssh'],
  ['.gnupg', 'gnupg'],
  ['.mozilla', 'browser-profile'],
  ['.password-store', 'password-store'],
  ['Library/Keychains', 'keychain'],
)

const spellings: readonly ((char: string) => string)[] = [
  (char) => char,
  (char) => char.toUpperCase(),
  (char) => `${char}\u200d`,
  (char) => char.replace('s', '\u017f').replace('k', '\u212a'),
]

/** Spells a name in a way that some file system takes for the same. */
function respelled(name: string, tricks: readonly number[]): string {
  return Array.from(name, (char, at) => spellings[tricks[at % tricks.length] ?? 0]?.(char)).join('')
}

test('classify() finds a never-class in any spelling, whatever stands around it', () => {
  const tricks = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(fc.array(segment), never, tricks, fc.array(segment), (before, [place, name], how, after) => {
      const path = `/${[...before, respelled(place, how), ...after].join('/')}`
      assert.ok(classify(path, homes).includes(name))
    }),
  )
})

test('classify() knows our own state wherever it was moved', () => {
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1 }), fc.array(segment), (home, below) => {
      const keyreeve = [`/x${home.join('/')}/state`]
      assert.ok(
        classify([...keyreeve, ...below].join('/'), { user: '/u', keyreeve }).includes('keyreeve-state'),
      )
    }),
  )
})
