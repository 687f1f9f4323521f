// Tests of the desk: who may say yes, to what, and when.
import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { ManualClock } from '#base'
import * as fc from 'fast-check'
import { Approval } from './approval.ts'
import { programOf } from './card.ts'
import { answerTo, draftOf, onlyCard, setUp, sha256 } from './desk-fixture.test.ts'
import { ConsentDesk, type Answer } from './desk.ts'

test('ask() is answered with a proof of exactly what was shown', async () => {
  const { clock, desk } = setUp()
  const answer = desk.ask(draftOf())
  const card = onlyCard(desk)
  clock.advance(700)
  desk.decide({ ...answerTo(card), scope: 'file-session' }, 'terminal')
  const { decision, approval } = (await answer) as Extract<Answer, { decision: 'allow' }>
  assert.equal(decision, 'allow')
  assert.ok(Approval.is(approval))
  assert.deepEqual(Object.assign({}, approval), {
    card: card.id,
    digest: card.digest,
    content: sha256,
    assistant: 'claude-code',
    destination: 'unknown',
    program: programOf(draftOf().caller),
    scope: 'file-session',
    objects: [{ scope: 'file-session', path: '/home/ana/p/.env' }],
    level: 1,
    method: 'terminal',
    receipt: null,
    answeredAt: clock.now(),
    answeredMonotonic: 700,
  })
  assert.deepEqual(desk.pending(), [])
})

test('Approval.is() sees through copies', async () => {
  const { clock, desk } = setUp()
  const answer = desk.ask(draftOf())
  clock.advance(700)
  desk.decide(answerTo(onlyCard(desk)), 'console')
  const { approval } = (await answer) as Extract<Answer, { decision: 'allow' }>
  for (const copy of [
    Object.assign({}, approval),
    Object.create(approval),
    structuredClone(Object.assign({}, approval)),
    null,
    'yes',
  ]) {
    assert.equal(Approval.is(copy), false)
  }
  assert.throws(() => Object.assign(approval, { scope: 'folder-hour' }), TypeError)
})

test('ask() ends in a time-out when nobody answers', async () => {
  const { clock, desk } = setUp()
  const answer = desk.ask(draftOf())
  const card = onlyCard(desk)
  clock.advance(59_999)
  assert.equal(desk.pending().length, 1)
  clock.advance(1)
  assert.deepEqual(await answer, { decision: 'timed-out' })
  assert.throws(() => desk.decide(answerTo(card), 'console'), { code: 'consent-gone' })
})

test('decide() takes no answer once the wall clock is past the card, even if its timer slept', async () => {
  const manual = new ManualClock()
  let jump = 0
  const clock = {
    now: () => manual.now() + jump,
    monotonic: () => manual.monotonic(),
    after: manual.after.bind(manual),
  }
  const desk = new ConsentDesk({ clock, random: (length) => new Uint8Array(length) })
  const answer = desk.ask(draftOf())
  const card = onlyCard(desk)
  manual.advance(1000)
  jump = 3_600_000
  assert.throws(() => desk.decide(answerTo(card), 'console'), { code: 'consent-gone' })
  assert.deepEqual(await answer, { decision: 'timed-out' })
})

test('decide() takes a denial at once and an allow only when armed', async () => {
  const { clock, desk } = setUp()
  const first = desk.ask(draftOf())
  desk.decide(answerTo(onlyCard(desk), 'deny'), 'console')
  assert.deepEqual(await first, { decision: 'deny' })
  void desk.ask(draftOf({ path: '/x' }))
  const card = onlyCard(desk)
  clock.advance(699)
  assert.throws(() => desk.decide(answerTo(card), 'console'), { code: 'consent-too-early' })
  clock.advance(1)
  desk.decide(answerTo(card), 'console')
  assert.deepEqual(desk.pending(), [])
})

test('decide() refuses a scope that the card does not offer, and the card stays', () => {
  const { clock, desk } = setUp()
  void desk.ask(draftOf())
  const card = onlyCard(desk)
  clock.advance(700)
  assert.throws(() => desk.decide({ ...answerTo(card), scope: 'folder-hour' }, 'console'), {
    code: 'consent-scope-refused',
  })
  assert.equal(onlyCard(desk).id, card.id)
})

test('decide() takes no click for what needs more, but takes the denial', async () => {
  for (const tier of [2, 3] as const) {
    const { clock, desk } = setUp()
    const answer = desk.ask(draftOf({ tier }))
    const card = onlyCard(desk)
    clock.advance(700)
    const code = tier === 2 ? 'passkey-needed' : 'consent-unanswerable'
    assert.throws(() => desk.decide(answerTo(card), 'console'), { code })
    desk.decide(answerTo(card, 'deny'), 'console')
    assert.deepEqual(await answer, { decision: 'deny' })
  }
})

test('decide() answers a card once', () => {
  const { clock, desk } = setUp()
  void desk.ask(draftOf())
  const card = onlyCard(desk)
  clock.advance(700)
  desk.decide(answerTo(card), 'console')
  assert.throws(() => desk.decide(answerTo(card), 'console'), { code: 'consent-gone' })
})

test('ask() shares the card of a question that is up, and answers all who asked', async () => {
  const { clock, desk } = setUp()
  const cards: string[] = []
  const answers = ['one reason', 'another'].map((reason) =>
    desk.ask(draftOf({ reason }), { onCard: ({ id }) => cards.push(id) }),
  )
  assert.equal(cards[0], cards[1])
  assert.equal(onlyCard(desk).reason, 'one reason')
  clock.advance(700)
  desk.decide(answerTo(onlyCard(desk)), 'console')
  const [one, other] = await Promise.all(answers)
  assert.equal(one, other)
})

test('ask() gives a card of its own to other content, other lines and another assistant', () => {
  const { desk } = setUp()
  const drafts = [draftOf(), draftOf({ content: null }), draftOf({ lines: [[1, 2]] }), draftOf({}, 'cursor')]
  for (const draft of drafts) void desk.ask(draft)
  assert.equal(desk.pending().length, 4)
})

test('ask() withdraws a card when the last who asked has gone', async () => {
  const { desk } = setUp()
  const [one, other] = [new AbortController(), new AbortController()]
  const answers = [one, other].map(({ signal }) => desk.ask(draftOf(), { signal }))
  one.abort()
  assert.deepEqual(await answers[0], { decision: 'withdrawn' })
  assert.equal(desk.pending().length, 1)
  other.abort()
  assert.deepEqual(await answers[1], { decision: 'withdrawn' })
  assert.deepEqual(desk.pending(), [])
  assert.deepEqual(await desk.ask(draftOf(), { signal: one.signal }), { decision: 'withdrawn' })
})

test('ask() leaves nothing on the signal of a connection that goes on', async () => {
  const { desk } = setUp()
  const { signal } = new AbortController()
  const answer = desk.ask(draftOf(), { signal })
  assert.equal(getEventListeners(signal, 'abort').length, 1)
  desk.closeAll()
  await answer
  assert.equal(getEventListeners(signal, 'abort').length, 0)
})

test('withdraw() ends a card, and an id that is gone is no error', async () => {
  const { desk } = setUp()
  const answer = desk.ask(draftOf())
  const { id } = onlyCard(desk)
  desk.withdraw(id)
  desk.withdraw(id)
  assert.deepEqual(await answer, { decision: 'withdrawn' })
})

test('closeAll() denies all that waits and leads to no embargo', async () => {
  const { desk } = setUp()
  for (const _round of [1, 2, 3]) {
    const answers = [desk.ask(draftOf()), desk.ask(draftOf({ path: '/x' }))]
    desk.closeAll()
    assert.deepEqual(await Promise.all(answers), [{ decision: 'deny' }, { decision: 'deny' }])
  }
})

test('on() tells of each card once when it comes and once when it ends', async () => {
  const { clock, desk } = setUp()
  const heard: string[] = []
  const stop = desk.on({
    asked: ({ path }) => void heard.push(`asked ${path}`),
    ended: ({ outcome, method, scope }) => void heard.push(`${outcome} ${method} ${scope}`),
  })
  void desk.ask(draftOf())
  void desk.ask(draftOf())
  clock.advance(700)
  desk.decide(answerTo(onlyCard(desk)), 'console')
  void desk.ask(draftOf({ path: '/b' }))
  clock.advance(60_000)
  stop()
  void desk.ask(draftOf({ path: '/c' }))
  assert.deepEqual(heard, [
    'asked /home/ana/p/.env',
    'allowed console once',
    'asked /b',
    'timed-out time-out null',
  ])
})

test('ask() is answered also by a listener that answers at once', async () => {
  const { desk } = setUp()
  desk.on({ asked: (card) => desk.decide(answerTo(card, 'deny'), 'console'), ended: () => {} })
  assert.deepEqual(await desk.ask(draftOf()), { decision: 'deny' })
})

test('decide() never allows for another digest, another id, too early or too late', async () => {
  const digest = fc.oneof(fc.constant(null), fc.stringMatching(/^[0-9a-f]{64}$/))
  const wait = fc.oneof(fc.constantFrom(0, 699, 700, 59_999, 60_000), fc.integer({ min: 0, max: 120_000 }))
  await fc.assert(
    fc.asyncProperty(digest, fc.boolean(), wait, async (other, isSameId, delay) => {
      const { clock, desk } = setUp()
      const answer = desk.ask(draftOf())
      const card = onlyCard(desk)
      clock.advance(delay)
      const given = {
        ...answerTo(card),
        ...(other !== null && { digest: other }),
        ...(!isSameId && { id: 'x' }),
      }
      const mayAllow = other === null && isSameId && delay >= 700 && delay < 60_000
      if (mayAllow) desk.decide(given, 'console')
      else assert.throws(() => desk.decide(given, 'console'), { name: 'Fault' })
      clock.advance(60_000)
      assert.equal((await answer).decision, mayAllow ? 'allow' : 'timed-out')
    }),
  )
})
