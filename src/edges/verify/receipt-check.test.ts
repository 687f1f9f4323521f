// Passkeys and receipts of a whole log: what was enrolled, signed, swapped or left out.
import type { Secret } from '#base'
import type { IntentEvent, JournalEvent, PasskeyEvent } from '#journal'
import { challengeOf, fingerprintOf, makeReceipt, type ChangeRequest, type ConsentRequest } from '#receipts'
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { SoftwarePasskey } from '../../engines/receipts/software-passkey.test.ts'
import { fakeDayKey, intent, openTestLog, temporaryFolder } from '../journal/fixture.test.ts'
import { verifyLog } from './index.ts'

const origin = 'http://console.localhost:4300'

function nameOf(passkey: SoftwarePasskey): string {
  return fingerprintOf(Buffer.from(passkey.publicKey, 'base64url'))
}

function change(passkey: SoftwarePasskey, over: Partial<PasskeyEvent> = {}): PasskeyEvent {
  const { algorithm, publicKey } = passkey
  const named = { passkey: nameOf(passkey), label: 'laptop', algorithm, publicKey }
  return { v: 1, kind: 'passkey', what: 'add', by: 'first', ...named, ...over }
}

/** A consent that `passkey` signed, as the broker records it. */
function allowed(passkey: SoftwarePasskey, over: Partial<ConsentRequest> = {}): IntentEvent {
  const { what: _what, who, why, ...rest } = intent('/home/ada/key.pem')
  const request: ConsentRequest = {
    v: 1,
    purpose: 'consent',
    card: 'AAAAAAAAAAAAAAAAAAAAAA',
    digest: 'ab'.repeat(32),
    assistant: 'claude',
    kind: 'read',
    path: '/home/ada/key.pem',
    lines: [[1, 2]],
    sha256: 'cd'.repeat(32),
    scope: 'once',
    items: null,
    expiresAt: 1,
    ...over,
  }
  const { algorithm, publicKey } = passkey
  const assertion = passkey.sign({ challenge: challengeOf(request), origin })
  const receipt = makeReceipt(request, assertion, { algorithm, publicKey, origin })
  const consent = { level: 2, method: 'passkey', answeredAt: 0, card: 'ab'.repeat(32), receipt } as const
  const released = { sha256: 'cd'.repeat(32), bytes: 3, redactions: 1 }
  return { ...rest, who, what: 'read', lines: [[1, 2]], released, why: { ...why, consent } }
}

function vouched(
  by: SoftwarePasskey,
  passkey: SoftwarePasskey,
  what: 'add' | 'remove' = 'add',
): PasskeyEvent {
  const nonce = 'A'.repeat(43)
  const request: ChangeRequest = {
    v: 1,
    purpose: 'passkeys',
    what,
    passkey: nameOf(passkey),
    label: 'laptop',
    nonce,
  }
  const { algorithm, publicKey } = by
  const assertion = by.sign({ challenge: challengeOf(request), origin })
  const receipt = makeReceipt(request, assertion, { algorithm, publicKey, origin })
  return change(passkey, { what, by: 'passkey', receipt })
}

function unlock(...passkeys: SoftwarePasskey[]): JournalEvent {
  return { v: 1, kind: 'lifecycle', what: 'unlock', passkeys: passkeys.map(nameOf) }
}

async function verified(t: TestContext, events: readonly JournalEvent[], dayKey = fakeDayKey as Keys) {
  const dir = temporaryFolder(t)
  const log = await openTestLog(t, dir)
  for (const event of events) await log.append(event)
  await log.publish()
  const { problems, passkeys } = await verifyLog(dir, { dayKey })
  return { found: problems.map(({ code, index }) => `${code} ${index}`), passkeys }
}

type Keys = (day: number) => Promise<Secret | null>

const first = new SoftwarePasskey()
const second = new SoftwarePasskey(-8)

test('verifyLog() follows passkeys from the first to the last, and checks each receipt', async (t) => {
  const events = [
    change(first),
    unlock(first),
    allowed(first),
    vouched(first, second),
    allowed(second),
    change(second, { what: 'sign-in' }),
    vouched(second, first, 'remove'),
    unlock(second),
    allowed(second),
  ]
  const { found, passkeys } = await verified(t, events)
  assert.deepEqual(found, [])
  assert.deepEqual(passkeys, { receipts: 5, enrolled: [nameOf(second)] })
})

const wrong: Readonly<Record<string, () => readonly [events: JournalEvent[], finds: string[]]>> = {
  'a receipt for another path': () => [
    [change(first), allowed(first, { path: '/home/ada/notes' })],
    ['receipt-invalid 1'],
  ],
  'a receipt for other bytes': () => [
    [change(first), allowed(first, { sha256: 'ee'.repeat(32) })],
    ['receipt-invalid 1'],
  ],
  'a receipt for another card': () => [
    [change(first), allowed(first, { digest: 'ee'.repeat(32) })],
    ['receipt-invalid 1'],
  ],
  'a receipt of a passkey that was never enrolled': () => [
    [change(first), allowed(second)],
    ['receipt-foreign 1'],
  ],
  'a receipt of a passkey that was removed': () => [
    [change(first), vouched(first, second), vouched(first, second, 'remove'), allowed(second)],
    ['receipt-foreign 3'],
  ],
  'a receipt whose signature was changed': () => {
    const event = allowed(first)
    const receipt = { ...event.why.consent.receipt!, signature: 'AAAA' }
    const why = { ...event.why, consent: { ...event.why.consent, receipt } }
    return [[change(first), { ...event, why }], ['receipt-invalid 1']]
  },
  'a consent at level 2 without a receipt': () => {
    const event = allowed(first)
    const { receipt: _receipt, ...consent } = event.why.consent
    return [[change(first), { ...event, why: { ...event.why, consent } }], ['receipt-missing 1']]
  },
  'a second first passkey': () => [[change(first), change(second)], ['passkey-unvouched 1']],
  'a passkey added on the word of a receipt for something else': () => [
    [change(first), { ...vouched(first, first), ...change(second), by: 'passkey' }],
    ['receipt-invalid 1'],
  ],
  'a public key that is not the one that is named': () => [
    [change(first, { publicKey: second.publicKey })],
    ['receipt-invalid 0'],
  ],
  'another list of passkeys at an unlock': () => [[change(first), unlock(second)], ['passkeys-swapped 1']],
  'no passkeys at an unlock': () => [[change(first), unlock()], ['passkeys-swapped 1']],
}

for (const [how, make] of Object.entries(wrong)) {
  test(`verifyLog() finds ${how}`, async (t) => {
    const [events, finds] = make()
    assert.deepEqual((await verified(t, events)).found, finds)
  })
}

test('verifyLog() says nothing of passkeys where no payload can be opened', async (t) => {
  const { found } = await verified(t, [change(first), allowed(second)], async () => null)
  assert.deepEqual(found, [])
})
