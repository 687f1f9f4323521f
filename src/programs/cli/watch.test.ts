import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test, type TestContext } from 'node:test'
import { Fault, ManualClock, type Milliseconds } from '#base'
import type { Card, RequestOf } from '#wire'
import { callOf, fakeBroker, machineAt, type FakeBroker } from './fake-broker.test.ts'
import { meaningOf } from './watch-answers.ts'
import { cardLines, wrapped } from './watch-card.ts'
import { CardQueue } from './watch-queue.ts'
import { watchAt } from './watch.ts'

const plain = { styled: (text: string) => text }
const text = 'first\nsecond\n\u001b[31mred'
function programAt(executable: string, pid: number) {
  return { pid, executable, sha256: 'ab'.repeat(32), package: null }
}

const card: Card = {
  id: 'C1',
  kind: 'read',
  tier: 1,
  createdAt: 0,
  expiresAt: 60_000,
  armedAfter: 0,
  caller: {
    assistant: 'claude',
    destination: 'cloud:api.example.com',
    proved: {
      ...programAt('/usr/bin/node', 7),
      uid: 1,
      launcher: programAt('/opt/claude', 3),
      ancestry: [{ pid: 3, executable: '/opt/claude' }],
    },
    claimed: { name: 'Claude \u202eevil', version: '1' },
  },
  reason: 'to \u001b[2Jhelp',
  path: '/home/p/.env',
  lines: [[1, 9]],
  classes: ['env'],
  items: [],
  content: {
    text,
    sha256: 'a'.repeat(64),
    bytes: 20,
    redactions: [{ detector: 'github-token', count: 2 }],
    size: 99,
  },
  scopes: ['once', 'file-session'],
  last: null,
  digest: 'd'.repeat(64),
}

test('cardLines() tells proved from claimed and spells out what could move other text', () => {
  const lines = cardLines(card, { rows: 50, columns: 100, now: 10_000, isWhole: false, ticked: [] }, plain)
  const whole = lines.join('\n')
  assert.match(
    whole,
    /^proved +\/usr\/bin\/node \(pid 7, SHA-256 abab\w+…\), started by \/opt\/claude \(pid 3, /m,
  )
  assert.match(whole, /^claimed +Claude \\u\{202e\}evil 1 \(not verified\)$/m)
  assert.match(whole, /^goes to +api\.example\.com \(by config\.toml\)$/m)
  assert.match(whole, /^before +not allowed/m)
  assert.match(whole, /^reason +"to \\u\{1b\}\[2Jhelp" \(not verified\)$/m)
  assert.match(whole, /^masked +2 × github-token; 20 bytes leave, the file has 99$/m)
  assert.match(whole, /^time left +50 s/m)
  assert.match(whole, /^│ \\u\{1b\}\[31mred$/m)
  assert.equal(lines.at(-1), 'd or Enter deny   a allow once   s allow this file for this session')
})

test('cardLines() pages content to the height of the terminal and gives all when asked', () => {
  const long = { ...card, content: { ...card.content!, text: 'x\n'.repeat(500) } }
  const page = cardLines(long, { rows: 24, columns: 80, now: 0, isWhole: false, ticked: [] }, plain)
  assert.ok(page.length <= 24)
  assert.match(page.join('\n'), /… and \d+ more rows: press v to see all/)
  const all = cardLines(long, { rows: 24, columns: 80, now: 0, isWhole: true, ticked: [] }, plain)
  assert.equal(all.filter((line) => line.startsWith('│ ')).length, 501)
})

test('wrapped() loses nothing and keeps to the columns', () => {
  assert.deepEqual(wrapped('abcdefghij\n\nk', 8), ['abcdefgh', 'ij', '', 'k'])
  assert.deepEqual(wrapped('漢字漢字漢', 8), ['漢字漢字', '漢'])
})

test('meaningOf() allows only what the card offers', () => {
  assert.deepEqual(meaningOf('a', card), { decision: 'allow', scope: 'once' })
  assert.deepEqual(meaningOf('s', card), { decision: 'allow', scope: 'file-session' })
  assert.equal(meaningOf('f', card), null)
  assert.deepEqual(meaningOf('\r', card), { decision: 'deny', scope: 'once' })
  assert.deepEqual(meaningOf('d', card), { decision: 'deny', scope: 'once' })
  assert.equal(meaningOf('y', card), null)
})

const batch: Card = {
  ...card,
  kind: 'access',
  path: null,
  content: null,
  items: [
    { path: '/p/a', scope: 'file-session', classes: [], isTicked: true },
    { path: '/p/\u001b[2J', scope: 'file-session', classes: ['dotenv'], isTicked: false },
  ],
  scopes: ['file-session'],
}

test('cardLines() shows each item with its box', () => {
  const view = { rows: 50, columns: 100, now: 0, isWhole: false, ticked: [0] }
  const whole = cardLines(batch, view, plain).join('\n')
  assert.match(whole, /^1 \[x\] +\/p\/a \(file-session\)$/m)
  assert.match(whole, /^2 \[ \] +\/p\/\\u\{1b\}\[2J \(file-session, dotenv\)$/m)
  assert.match(whole, /1-9 tick or untick$/)
})

test('meaningOf() ticks only items that there are', () => {
  assert.deepEqual(meaningOf('2', batch), { toggled: 1 })
  assert.equal(meaningOf('3', batch), null)
  assert.equal(meaningOf('1', card), null)
})

test('watch() answers a batch with exactly what is ticked', async (t) => {
  const { broker, press, sees, decided } = await sit(t)
  await sees(/Watching/)
  broker.channels[0]!.tell('consent.card', batch)
  await sees(/1-9 tick/)
  press('1')
  await sees(/1 \[ \][^]*1-9 tick/)
  press('2')
  await sees(/2 \[x\][^]*1-9 tick/)
  press('s')
  await sees(/allowed \(file-session\)/)
  assert.deepEqual(decided, [
    { id: 'C1', digest: card.digest, decision: 'allow', scope: 'file-session', items: [1] },
  ])
})

test('CardQueue gives cards oldest first, drops what has ended, and ends when closed', async () => {
  const queue = new CardQueue()
  queue.add(card)
  queue.add({ ...card, id: 'C2' })
  queue.end('C1', 'timed-out')
  assert.equal((await queue.next())?.card.id, 'C2')
  queue.close()
  assert.equal(await queue.next(), null)
})

class StillClock extends ManualClock {
  override after(delay: Milliseconds, act: () => void): () => void {
    const timer = setTimeout(act, delay)
    return () => clearTimeout(timer)
  }
}

interface Sitting {
  readonly broker: FakeBroker
  readonly press: (keys: string) => void
  /** Waits until the screen shows it, after what was found last. */
  readonly sees: (pattern: RegExp) => Promise<void>
  readonly done: Promise<number>
  readonly decided: RequestOf<'consent.decide'>[]
  readonly clock: StillClock
}

async function sit(t: TestContext, code = '123456'): Promise<Sitting> {
  const decided: RequestOf<'consent.decide'>[] = []
  const clock = new StillClock()
  const broker = await fakeBroker({
    'watch.offer': () => ({ code: '123456' }),
    'watch.prove': () => ({}),
    'consent.decide'(request) {
      decided.push(request)
      if (request.id === 'gone') throw new Fault('consent-gone', 'over')
      return {}
    },
  })
  t.after(() => broker.close())
  const keyboard = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} })
  const screen = new PassThrough()
  let seen = ''
  screen.on('data', (bytes) => (seen += String(bytes)))
  const call = callOf(machineAt(broker.home, { clock }))
  const done = watchAt({ keyboard, screen, close: () => {} }, call)
  done.catch(() => {})
  const sees = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(seen)) await new Promise((resolve) => setTimeout(resolve, 2))
    seen = seen.replace(pattern, '')
  }
  const press = (keys: string): void => void keyboard.write(keys)
  await sees(/Type 123456/)
  press(`${code}\r`)
  return { broker, press, sees, done, decided, clock }
}

test('watch() refuses a code that was not typed as shown', async (t) => {
  const { done } = await sit(t, '000000')
  await assert.rejects(done, (thrown) => thrown instanceof Fault && thrown.code === 'code-invalid')
})

test('watch() answers with the digest of the card that it showed', async (t) => {
  const { broker, press, sees, done, decided } = await sit(t)
  await sees(/Watching/)
  broker.channels[0]!.tell('consent.card', card)
  await sees(/d or Enter deny/)
  press('a')
  await sees(/allowed \(once\): claude, \/home\/p\/\.env/)
  broker.channels[0]!.tell('consent.card', { ...card, id: 'C2' })
  await sees(/d or Enter deny/)
  press('\r')
  await sees(/denied: claude/)
  press('\u0003')
  assert.equal(await done, 0)
  assert.deepEqual(decided, [
    { id: 'C1', digest: card.digest, decision: 'allow', scope: 'once' },
    { id: 'C2', digest: card.digest, decision: 'deny', scope: 'once' },
  ])
})

test('watch() throws away keys typed ahead, pasted, or pressed before the card could be read', async (t) => {
  const { broker, press, sees, decided, clock } = await sit(t)
  await sees(/Watching/)
  press('a')
  broker.channels[0]!.tell('consent.card', { ...card, armedAfter: 700 })
  await sees(/d or Enter deny/)
  clock.advance(699)
  press('a')
  await new Promise((resolve) => setTimeout(resolve, 20))
  clock.advance(1)
  press('aa')
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.deepEqual(decided, [])
  press('s')
  await sees(/allowed \(file-session\)/)
})

test('watch() says when a request ended elsewhere or its answer was not taken, and goes on', async (t) => {
  const { broker, press, sees, done } = await sit(t)
  await sees(/Watching/)
  broker.channels[0]!.tell('consent.card', card)
  await sees(/d or Enter deny/)
  broker.channels[0]!.tell('consent.ended', { id: 'C1', outcome: 'timed-out' })
  await sees(/ended: timed-out: claude/)
  broker.channels[0]!.tell('consent.card', { ...card, id: 'gone' })
  await sees(/d or Enter deny/)
  press('a')
  await sees(/not taken \(consent-gone/)
  broker.drop()
  assert.equal(await done, 0)
})
