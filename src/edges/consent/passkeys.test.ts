// Passkeys and how they come and go: what counts, what counts once, and what is recorded before it counts.
import { Fault, ManualClock } from '#base'
import type { Enrolled, Passkey } from '#wire'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { SoftwarePasskey } from '../../engines/receipts/software-passkey.test.ts'
import { Confirmation } from './confirmation.ts'
import { ConsentDesk, type Answer } from './desk.ts'
import { Enrolment, type PasskeyChange } from './enrolment.ts'
import { Passkeys } from './passkeys.ts'
import { hashOfCode, isCode, newRecoveryCode } from './recovery-code.ts'

const origin = 'http://console.localhost:4300'
const random = (length: number) => Uint8Array.from(randomBytes(length))

function setUp() {
  const clock = new ManualClock()
  const saved: Enrolled[] = []
  const recorded: PasskeyChange[] = []
  const state = { isFull: false }
  const save = async (enrolled: Enrolled): Promise<void> => void saved.push(enrolled)
  const passkeys = new Passkeys({ clock, random, origin: () => origin, save })
  const record = async (change: PasskeyChange): Promise<void> => {
    if (state.isFull) throw new Fault('disk-full', 'no space left')
    recorded.push(change)
  }
  const enrolment = new Enrolment({ clock, random, origin: () => origin, passkeys, record })
  return { clock, saved, recorded, state, passkeys, enrolment }
}

type House = ReturnType<typeof setUp>

/** Enrols a passkey as the page does; `by` vouches where others are enrolled. */
async function enrol({ enrolment }: House, passkey: SoftwarePasskey, by?: SoftwarePasskey) {
  const { ticket } = await enrolment.offer({ what: 'add', which: 'laptop' })
  const { challenge } = enrolment.task(ticket)
  const confirm = await enrolment.register(ticket, passkey.register({ challenge, origin }))
  if (confirm !== null && by !== undefined) {
    await enrolment.confirm(ticket, by.sign({ challenge: confirm.challenge, origin }))
  }
  return enrolment.outcome(ticket)
}

test('Enrolment takes the first on a person’s word and later ones on that of an enrolled one', async () => {
  const house = setUp()
  const [first, second] = [new SoftwarePasskey(), new SoftwarePasskey(-8)]
  const { recoveryCode } = await enrol(house, first)
  assert.match(recoveryCode ?? '', /^([0-9a-z]{5}-){4}[0-9a-z]{5}$/)
  assert.equal((await enrol(house, second, first)).recoveryCode, null)
  assert.deepEqual(
    house.recorded.map(({ by, receipt }) => [by, receipt === null]),
    [
      ['first', true],
      ['passkey', false],
    ],
  )
  assert.deepEqual(
    house.passkeys.list.map(({ id }) => id),
    [first.id, second.id],
  )
  assert.deepEqual(house.saved.at(-1)?.passkeys, house.passkeys.list)
})

test('Enrolment changes nothing that could not be recorded, and tells the terminal', async () => {
  const house = setUp()
  house.state.isFull = true
  const { ticket } = await house.enrolment.offer({ what: 'add', which: 'laptop' })
  const { challenge } = house.enrolment.task(ticket)
  const registration = new SoftwarePasskey().register({ challenge, origin })
  await assert.rejects(house.enrolment.register(ticket, registration), { code: 'disk-full' })
  await assert.rejects(house.enrolment.outcome(ticket), { code: 'disk-full' })
  assert.deepEqual([house.passkeys.list, house.saved], [[], []])
})

test('Enrolment forgets an offer after five minutes', async () => {
  const house = setUp()
  const { ticket } = await house.enrolment.offer({ what: 'add', which: 'laptop' })
  const outcome = house.enrolment.outcome(ticket)
  house.clock.advance(300_000)
  await assert.rejects(outcome, { code: 'timed-out' })
  assert.throws(() => house.enrolment.task(ticket), { code: 'ticket-unknown' })
})

test('Enrolment removes by a prefix of one fingerprint alone', async () => {
  const house = setUp()
  await enrol(house, new SoftwarePasskey())
  const [{ fingerprint }] = house.passkeys.list as [Passkey]
  for (const which of ['0'.repeat(64), fingerprint.slice(0, 7), 'laptop'])
    await assert.rejects(house.enrolment.offer({ what: 'remove', which }), { code: 'passkey-unknown' })
  const { isDone } = await house.enrolment.offer({ what: 'remove', which: fingerprint.slice(0, 8) })
  assert.equal(isDone, false)
})

test('enter() takes a challenge once, within two minutes, and no counter twice', async () => {
  const house = setUp()
  const passkey = new SoftwarePasskey()
  await enrol(house, passkey)
  const { clock, passkeys } = house
  const sign = () => passkey.sign({ challenge: passkeys.challengeToEnter().challenge, origin })
  const assertion = sign()
  assert.equal((await passkeys.enter(assertion)).lastUsedAt, clock.now())
  await assert.rejects(passkeys.enter(assertion), { code: 'passkey-invalid' })
  const late = sign()
  clock.advance(120_000)
  await assert.rejects(passkeys.enter(late), { code: 'passkey-invalid' })
  passkey.counter = 0
  await assert.rejects(passkeys.enter(sign()), { code: 'passkey-invalid' })
})

test('decide() allows at tier 2 what a passkey signed for this card and scope, and keeps the receipt', async () => {
  const house = setUp()
  const passkey = new SoftwarePasskey()
  await enrol(house, passkey)
  const { clock, passkeys } = house
  const desk = new ConsentDesk({ clock, random })
  const answer = desk.ask({
    kind: 'list',
    tier: 2,
    caller: {
      assistant: 'claude-code',
      destination: 'unknown',
      proved: {
        uid: 1000,
        pid: 42,
        executable: '/usr/bin/node',
        sha256: null,
        package: null,
        launcher: null,
        ancestry: [],
      },
      claimed: null,
    },
    reason: null,
    path: '/home/ana/.aws',
    lines: null,
    classes: [],
    items: [],
    content: null,
    scopes: ['once', 'folder-hour'],
  })
  const [card] = desk.pending()
  assert.ok(card !== undefined)
  clock.advance(700)
  const wanted = { id: card.id, digest: card.digest, scope: 'once' } as const
  const request = desk.requestOf(wanted)
  const { challenge } = passkeys.challengeFor(request)
  const confirmation = await passkeys.confirm(request, passkey.sign({ challenge, origin }))
  assert.ok(Confirmation.is(confirmation))
  assert.ok(!Confirmation.is(structuredClone(Object.assign({}, confirmation))))
  const allow = { ...wanted, decision: 'allow' } as const
  assert.throws(() => desk.decide({ ...allow, scope: 'folder-hour' }, confirmation), {
    code: 'passkey-invalid',
  })
  desk.decide(allow, confirmation)
  const { approval } = (await answer) as Extract<Answer, { decision: 'allow' }>
  assert.deepEqual(
    [approval.level, approval.method, approval.receipt?.request],
    [2, 'passkey', { ...request }],
  )
})

test('isCode() takes a code in any case, with or without hyphens, and no other', async () => {
  const code = newRecoveryCode(random)
  const kept = await hashOfCode(code, random)
  for (const typed of [code, code.toUpperCase(), code.replaceAll('-', ' '), code.replaceAll('0', 'O')])
    assert.equal(await isCode(typed, kept), true)
  for (const typed of ['', code.slice(1), newRecoveryCode(random)])
    assert.equal(await isCode(typed, kept), false)
})
