// Tests of the count of questions.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Questions } from './questions.ts'

const day = 86_400_000

test('Questions counts those of today, whatever the order in which the past is told', () => {
  const questions = new Questions()
  for (const at of [5 * day, 5 * day + 1, 4 * day, 6 * day - 1]) questions.note(at)
  assert.equal(questions.today(6 * day - 1), 3)
  assert.equal(questions.today(6 * day), 0)
  questions.note(6 * day)
  assert.equal(questions.today(6 * day + 5), 1)
})
