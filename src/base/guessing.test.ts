import assert from 'node:assert/strict'
import { test } from 'node:test'
import { estimatedBits, guessableBelow } from './guessing.ts'

const isGuessable = (text: string): boolean => estimatedBits(Buffer.from(text)) < guessableBelow

test('estimatedBits() tells words, dates and steps from what machines make', () => {
  const easy = ['', 'password1234', 'Summer2026!!', 'aaaaaaaaaaaaaaaa', 'abcdefghijklmnop', '20261231']
  for (const value of easy) assert.equal(isGuessable(value), true, value)
  const hard = ['q8Zk2LmW0vXr', '9f3a71c04be2d856', 'correct-horse-battery-staple-9']
  for (const value of hard) assert.equal(isGuessable(value), false, value)
})

test('estimatedBits() gives nothing for nothing, and never more for a repetition than for its parts', () => {
  assert.equal(estimatedBits(new Uint8Array(0)), 0)
  assert.ok(estimatedBits(Buffer.from('abababababababab')) <= estimatedBits(Buffer.from('q8Zk2LmW0vXrT5yB')))
})
