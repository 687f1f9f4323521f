// Tests of the review: what it counts, and what it suggests.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Json } from '#base'
import type { LoggedEvent } from './history.ts'
import { review } from './review.ts'

const day = 86_400_000
const now = 100 * day

function asked(path: string, decision: string, more: Record<string, Json> = {}, at = now): LoggedEvent {
  const base = { kind: 'consent', decision, method: 'console', assistant: 'claude', destination: 'local' }
  return { time: at, event: { ...base, asked: 'read', paths: [path], classes: [], ...more } }
}

function reviewOf(
  entries: readonly LoggedEvent[],
  grants: { uses: number; createdAt: number; expiresAt: number }[] = [],
) {
  return review({ now, days: 7, entries, grants, budget: 2 })
}

function times(count: number, entry: LoggedEvent): LoggedEvent[] {
  return Array.from({ length: count }, () => entry)
}

test('review() counts questions by outcome, day and assistant, and the days over the budget', () => {
  const { questions } = reviewOf([
    ...times(3, asked('/a', 'allowed')),
    asked('/a', 'denied', { assistant: 'cursor' }, now - day),
    asked('/a', 'timed-out', {}, now - day),
    asked('/a', 'allowed', {}, now - 8 * day),
    { time: now, event: null },
    { time: now, event: { kind: 'consent', decision: 'allowed' } },
  ])
  assert.deepEqual([questions.asked, questions.allowed, questions.denied, questions.unanswered], [5, 3, 1, 1])
  assert.deepEqual(questions.days, [
    { day: now, asked: 3, isOver: true },
    { day: now - day, asked: 2, isOver: false },
  ])
  assert.deepEqual(questions.assistants, [
    { assistant: 'claude', asked: 4 },
    { assistant: 'cursor', asked: 1 },
  ])
})

test('review() counts every kind of card, and suggests nothing from edits and requests for access', () => {
  for (const kind of ['edit', 'access']) {
    for (const decision of ['allowed', 'denied']) {
      const { questions, suggestions } = reviewOf(times(9, asked('/w/a.ts', decision, { asked: kind })))
      assert.deepEqual([questions.asked, suggestions], [9, []], `${kind} ${decision}`)
    }
  }
})

test('review() tells used, unused and expiring grants apart', () => {
  const month = { createdAt: now - 25 * day, expiresAt: now + 5 * day }
  const [used, unused, hour] = [
    { ...month, uses: 3 },
    { createdAt: now, expiresAt: now + 30 * day, uses: 0 },
    { createdAt: now, expiresAt: now + 3_600_000, uses: 1 },
  ]
  const given: LoggedEvent = { time: now, event: { kind: 'grant' } }
  const { grants } = reviewOf([given, { time: now, event: { kind: 'revocation' } }], [used, unused, hour])
  assert.deepEqual(grants, { given: 1, revoked: 1, used: [used, hour], unused: [unused], expiring: [used] })
})

test('review() suggests a permit for what was allowed five times, and nothing before', () => {
  assert.deepEqual(reviewOf(times(4, asked('/p/x', 'allowed'))).suggestions, [])
  const [suggestion] = reviewOf([
    ...times(4, asked('/p/x', 'allowed')),
    asked('/p/y', 'allowed', {}, now - 20 * day),
  ]).suggestions
  assert.deepEqual(suggestion, {
    effect: 'permit',
    assistant: 'claude',
    destination: 'local',
    folder: '/p',
    saves: 5,
    cedar:
      'permit (principal == Assistant::"claude", action in [Action::"read", Action::"list"], resource in Folder::"/p")\n' +
      'when { principal.destination == "local" && resource.classes.isEmpty() };',
  })
})

test('review() suggests a forbid for what was denied three times and never allowed', () => {
  const denied = times(3, asked('/p/x', 'denied'))
  assert.equal(reviewOf(denied).suggestions[0]?.effect, 'forbid')
  assert.deepEqual(reviewOf([...denied, asked('/p/y', 'allowed')]).suggestions, [])
})

test('review() suggests no permit for what was sensitive once, denied once, or is for another destination', () => {
  const four = times(4, asked('/p/x', 'allowed'))
  for (const other of [
    asked('/p/.env', 'allowed', { classes: ['dotenv'] }),
    asked('/p/x', 'denied'),
    asked('/p/x', 'allowed', { destination: 'cloud' }),
    asked('/p/x', 'allowed', { assistant: 'cursor' }),
    asked('/p/x', 'allowed', { asked: 'access' }),
  ])
    assert.deepEqual(reviewOf([...four, other]).suggestions, [])
})

test('review() lets no name break out of a suggested rule', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const entry = asked(`/p"; permit/${name}/x`, 'allowed')
      assert.deepEqual(reviewOf(times(5, entry)).suggestions, [])
      for (const { cedar } of reviewOf(times(5, asked(`/${name}/x`, 'allowed'))).suggestions)
        assert.equal(cedar.split('"').length - 1, 10)
    }),
  )
})
