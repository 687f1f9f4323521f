// Limits for each assistant and route, tokens as providers tell them, and models by name.
import { ManualClock, utf8 } from '#base'
import type { Route } from '#wire'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Budgets } from './budgets.ts'
import { Meter } from './metering.ts'
import { checkModel } from './models.ts'

function routeWith(limits: Route['limits']): Route {
  return {
    name: 'model',
    baseUrl: 'https://api.example.com',
    auth: { kind: 'bearer' },
    secret: 'key',
    provider: null,
    isPrivate: false,
    allow: [],
    limits,
  }
}
const nothing = { input: 0, output: 0 }
const refused = { code: 'limit-reached' }

test('Budgets hold requests of a minute and those that run, for each assistant apart', () => {
  const clock = new ManualClock()
  const budgets = new Budgets(clock)
  const route = routeWith({ perMinute: 3, concurrent: 2 })
  budgets.enter('a', route)
  budgets.enter('a', route)
  assert.throws(() => budgets.enter('a', route), refused)
  budgets.leave('a', route, nothing)
  budgets.enter('a', route)
  budgets.leave('a', route, nothing)
  assert.throws(() => budgets.enter('a', route), refused)
  budgets.enter('b', route)
  clock.advance(60_000)
  budgets.enter('a', route)
})

test('Budgets hold tokens and money of a day, and go on from what was used before', () => {
  const clock = new ManualClock()
  const budgets = new Budgets(clock)
  const tokens = routeWith({ tokensPerDay: 100 })
  budgets.take([{ assistant: 'a', route: 'model', requests: 1, input: 50, output: 0, cost: 0 }])
  budgets.enter('a', tokens)
  budgets.leave('a', tokens, { input: 30, output: 20 })
  assert.throws(() => budgets.enter('a', tokens), refused)
  const money = routeWith({ costPerDay: 1, price: { input: 2, output: 10 } })
  budgets.enter('b', money)
  assert.equal(budgets.leave('b', money, { input: 100_000, output: 80_000 }), 1)
  assert.throws(
    () => budgets.enter('b', money),
    (thrown: { cause?: { wait?: number } }) => thrown.cause?.wait === 86_400_000 - (clock.now() % 86_400_000),
  )
  clock.advance(86_400_000)
  budgets.enter('a', tokens)
  budgets.enter('b', money)
})

test('Meter reads what providers tell, whole and streamed, however it is cut', () => {
  const told: [string, number, number][] = [
    ['{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":4,"total_tokens":9}}', 5, 4],
    [
      'data: {"choices":[]}\n\ndata: {"usage":{"prompt_tokens":7,"completion_tokens":2}}\n\ndata: [DONE]\n\n',
      7,
      2,
    ],
    [
      'data: {"type":"message_start","message":{"usage":{"input_tokens":11,"output_tokens":1}}}\n\n' +
        'data: {"type":"message_delta","usage":{"output_tokens":30}}\n\n',
      11,
      30,
    ],
    [
      'data: {"type":"response.completed","response":{"usage":{"input_tokens":3,"output_tokens":8}}}\n\n',
      3,
      8,
    ],
    ['{"usageMetadata":{"promptTokenCount":6,"candidatesTokenCount":9}}', 6, 9],
  ]
  for (const [text, input, output] of told) {
    for (const step of [1, 7, 1000]) {
      const meter = new Meter()
      const bytes = utf8(text)
      for (let at = 0; at < bytes.length; at += step) meter.take(bytes.subarray(at, at + step))
      assert.deepEqual(meter.used(0, 0), { input, output, isEstimated: false }, text)
    }
  }
})

test('Meter estimates where nobody tells, and believes no nonsense', () => {
  assert.deepEqual(new Meter().used(400, 41), { input: 100, output: 11, isEstimated: true })
  const meter = new Meter()
  meter.take(utf8('{"usage":{"prompt_tokens":-5,"completion_tokens":"many"}}\n{"usage":\n'))
  assert.equal(meter.used(0, 0).isEstimated, true)
})

test('checkModel() takes names and patterns, and only what says plainly which it asks for', () => {
  const asks = (body: string) => () => checkModel(['small', 'vendor/*-mini'], utf8(body))
  asks('{"model":"small","messages":[{"content":"say \\"model\\": x"}]}')()
  asks('{ "model" : "vendor/x-mini" }')()
  checkModel([], utf8('{"model":"any"}'))
  checkModel(['small'], null)
  for (const body of [
    '{"model":"large"}',
    '{"model":"vendor/-min"}',
    '{"model":"small","model":"large"}',
    '{"mod\\u0065l":"small"}',
    '{"model":["small"]}',
    '{"messages":[]}',
    'model=small',
    '',
  ]) {
    assert.throws(asks(body), { code: 'model-refused' }, body)
  }
})
