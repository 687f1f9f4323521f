// The broker is asked once a minute for the same, and secrets are zeroed when their time is up.
import { ManualClock, Secret, utf8 } from '#base'
import type { ReplyOf, Route } from '#wire'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Admissions } from './admissions.ts'

const route: Route = {
  name: 'model',
  baseUrl: 'https://api.example.com',
  auth: { kind: 'bearer' },
  secret: 'key',
  provider: null,
  isPrivate: false,
  allow: [],
}
const wish = { phantom: 'p1', method: 'POST', path: '/v1/x' }

function make(answer: (holds: boolean) => Promise<Partial<ReplyOf<'gateway.admit'>>> = async () => ({})) {
  const clock = new ManualClock()
  const asked: boolean[] = []
  const opened: string[] = []
  const secrets: Secret[] = []
  const admissions = new Admissions({
    clock,
    ask: async ({ holds }) => {
      asked.push(holds)
      return { intent: 7, life: 60_000, route, sealed: holds ? null : 'sealed', ...(await answer(holds)) }
    },
    open: (_, purpose) => {
      opened.push(purpose)
      const secret = Secret.own(utf8('value'))
      secrets.push(secret)
      return secret
    },
  })
  return { clock, asked, opened, secrets, admissions }
}

test('Admissions ask once for all that wait for the same, and then not for a minute', async () => {
  const { admissions, asked, opened, clock } = make()
  const [one, other] = await Promise.all([admissions.admit(wish, 'model'), admissions.admit(wish, 'model')])
  assert.equal(one, other)
  assert.equal(admissions.admit(wish, 'model'), one)
  assert.deepEqual([asked, opened], [[false], ['gateway.lease\0model\x007']])
  await admissions.admit({ ...wish, path: '/v1/y' }, 'model')
  assert.deepEqual(asked, [false, true])
  clock.advance(60_001)
  await admissions.admit(wish, 'model')
  assert.equal(asked.length, 3)
})

test('Admissions zero a secret when nobody asked for a minute, and all of them when told to', async () => {
  const { admissions, secrets, clock } = make()
  await admissions.admit(wish, 'model')
  clock.advance(70_000)
  assert.throws(() => secrets[0]?.lend(() => {}), { code: 'secret-disposed' })
  await admissions.admit(wish, 'model')
  admissions.drop()
  assert.throws(() => secrets[1]?.lend(() => {}), { code: 'secret-disposed' })
})

test('Admissions keep no refusal, and refuse a secret that was dropped meanwhile', async () => {
  let isRefusing = true
  const { admissions } = make(async () => {
    if (isRefusing) throw new Error('no')
    return {}
  })
  await assert.rejects(async () => admissions.admit(wish, 'model'))
  isRefusing = false
  await admissions.admit(wish, 'model')

  const late = make(async (holds) => {
    if (holds) late.admissions.drop()
    return {}
  })
  await late.admissions.admit(wish, 'model')
  await assert.rejects(async () => late.admissions.admit({ ...wish, path: '/z' }, 'model'), {
    code: 'locked',
  })
})
