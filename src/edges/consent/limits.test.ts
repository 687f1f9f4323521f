// Tests of what keeps assistants from wearing a person out: embargoes, floods, and batches that are ticked item by item.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fault } from '#base'
import { answerTo, draftOf, onlyCard, setUp } from './desk-fixture.test.ts'
import type { Answer, ConsentDesk } from './desk.ts'

test('ask() is busy at eight cards of one assistant and at 32 in all', async () => {
  const { desk } = setUp()
  for (const assistant of ['a', 'b', 'c', 'd']) {
    for (let at = 0; at < 8; at++) void desk.ask(draftOf({ path: `/${at}` }, assistant))
    if (assistant === 'a') await assert.rejects(desk.ask(draftOf({ path: '/8' }, 'a')), { code: 'busy' })
  }
  await assert.rejects(desk.ask(draftOf({}, 'e')), { code: 'busy' })
  assert.equal(desk.pending().length, 32)
})

async function denyOnce(desk: ConsentDesk, draft = draftOf()): Promise<void> {
  const answer = desk.ask(draft)
  desk.decide(answerTo(onlyCard(desk), 'deny'), 'console')
  await answer
}

test('ask() is under embargo for ten minutes after two denials of the same thing', async () => {
  const { clock, desk } = setUp()
  await denyOnce(desk)
  await denyOnce(desk, draftOf({ lines: [[1, 2]], reason: 'please' }))
  await assert.rejects(desk.ask(draftOf()), { code: 'embargoed' })
  await denyOnce(desk, draftOf({ path: '/other' }))
  await denyOnce(desk, draftOf({}, 'cursor'))
  clock.advance(599_999)
  await assert.rejects(desk.ask(draftOf()), { code: 'embargoed' })
  clock.advance(1)
  await denyOnce(desk)
})

test('ask() forgets a denial after ten minutes, or when the person allows the thing', async () => {
  const { clock, desk } = setUp()
  await denyOnce(desk)
  clock.advance(600_000)
  await denyOnce(desk)
  void desk.ask(draftOf())
  clock.advance(700)
  desk.decide(answerTo(onlyCard(desk)), 'console')
  await denyOnce(desk)
  void desk.ask(draftOf())
  assert.equal(desk.pending().length, 1)
})

test('ask() takes a time-out or a withdrawal for no denial', async () => {
  const { clock, desk } = setUp()
  for (const _round of [1, 2, 3]) {
    void desk.ask(draftOf())
    clock.advance(60_000)
    void desk.ask(draftOf())
    desk.withdraw(onlyCard(desk).id)
  }
  void desk.ask(draftOf())
  assert.equal(desk.pending().length, 1)
})

test('ask() says until when an embargo lasts, and holds it for a batch with one such path', async () => {
  const { clock, desk } = setUp()
  await denyOnce(desk)
  clock.advance(1000)
  await denyOnce(desk)
  const until = clock.now() + 600_000
  clock.advance(5000)
  const items = ['/other', '/home/ana/p/.env'].map(itemOf)
  const batch = draftOf({ kind: 'access', path: null, content: null, items, scopes: ['file-session'] })
  for (const draft of [draftOf(), batch]) {
    await assert.rejects(desk.ask(draft), (fault: Fault) => {
      assert.equal(fault.code, 'embargoed')
      assert.deepEqual(fault.cause, { until })
      return true
    })
  }
})

test('recall() brings back what was answered before a restart: embargoes and who allowed last', async () => {
  const { clock, desk } = setUp()
  const past = { assistant: 'claude-code', paths: ['/home/ana/p/.env'], method: 'terminal' } as const
  const at = clock.now() - 1000
  desk.recall([
    { ...past, paths: ['/a'], decision: 'allowed', at },
    { ...past, decision: 'denied', at },
    { ...past, decision: 'denied', at },
  ])
  await assert.rejects(desk.ask(draftOf()), { code: 'embargoed' })
  void desk.ask(draftOf({ path: '/a' }))
  assert.deepEqual(onlyCard(desk).last, { at, method: 'terminal' })
  clock.advance(599_000)
  desk.closeAll()
  void desk.ask(draftOf())
  assert.equal(desk.pending().length, 1)
})

function itemOf(path: string) {
  return { path, scope: 'file-session' as const, classes: [], isTicked: true }
}

test('decide() allows of a batch exactly what was ticked', async () => {
  const { clock, desk } = setUp()
  const items = [itemOf('/a'), itemOf('/b'), { ...itemOf('/c'), isTicked: false }]
  const draft = draftOf({ kind: 'access', path: null, content: null, items, scopes: ['file-session'] })
  const answered = async (ticked?: number[]) => {
    const answer = desk.ask(draft)
    const card = onlyCard(desk)
    clock.advance(700)
    const given = { ...answerTo(card), scope: 'file-session' as const }
    for (const wrong of [[], [3], [0, 9]])
      assert.throws(() => desk.decide({ ...given, items: wrong }, 'console'), {
        code: 'consent-scope-refused',
      })
    desk.decide({ ...given, ...(ticked !== undefined && { items: ticked }) }, 'console')
    const { approval } = (await answer) as Extract<Answer, { decision: 'allow' }>
    return approval.objects.map(({ path }) => path)
  }
  assert.deepEqual(await answered([1]), ['/b'])
  assert.deepEqual(await answered([0, 2]), ['/a', '/c'])
  assert.deepEqual(await answered(), ['/a', '/b'])
})

test('ask() is busy when an assistant floods, says until when, and counts shared cards once', async () => {
  const { clock, desk } = setUp({ flood: 2 })
  for (const path of ['/a', '/a', '/b']) void desk.ask(draftOf({ path }))
  desk.closeAll()
  clock.advance(1000)
  await assert.rejects(desk.ask(draftOf({ path: '/c' })), (fault: Fault) => {
    assert.equal(fault.code, 'busy')
    assert.deepEqual(fault.cause, { until: clock.now() + 599_000 })
    return true
  })
  for (let at = 0; at < 6; at++) void desk.ask(draftOf({}, `assistant-${at}`))
  await assert.rejects(desk.ask(draftOf({}, 'assistant-7')), { code: 'busy' })
  clock.advance(599_000)
  void desk.ask(draftOf({ path: '/c' }))
  assert.equal(desk.pending().length, 1)
})
