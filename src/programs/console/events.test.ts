// The stream of events of a page.
import assert from 'node:assert/strict'
import { request, type ClientRequest } from 'node:http'
import { after, afterEach, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { cardOf, startRig, statusOf, type Rig } from './rig.test.ts'

interface Heard {
  readonly names: string[]
  readonly events: { readonly name: string; readonly data: Record<string, unknown> }[]
  readonly ended: Promise<void>
  until(count: number): Promise<void>
}

describe('the events of the console', () => {
  let rig: Rig
  let size = 1
  const open: ClientRequest[] = []
  before(async () => (rig = await startRig({ handlers: { status: () => statusOf(size) } })))
  afterEach(() => {
    for (const asked of open.splice(0)) asked.destroy()
  })
  after(() => rig.stop())

  async function listen(): Promise<Heard> {
    const heard = listenTo(rig.port, await rig.signIn(), open)
    await heard.until(1)
    return heard
  }

  test('a stream begins with "hello" and all cards that wait, and goes on with what happens', async () => {
    rig.broker.tell('consent.card', cardOf('first'))
    const heard = await listen()
    await heard.until(2)
    rig.broker.tell('consent.card', cardOf('second'))
    rig.broker.tell('consent.ended', { id: 'first', outcome: 'denied' })
    await heard.until(4)
    assert.deepEqual(heard.names, ['hello', 'card', 'card', 'ended'])
    assert.equal(heard.events[0]?.data['now'], rig.clock.now())
    assert.deepEqual(heard.events[1]?.data, JSON.parse(JSON.stringify(cardOf('first'))))
    assert.deepEqual(heard.events[3]?.data, { id: 'first', outcome: 'denied' })
    rig.broker.tell('consent.ended', { id: 'second', outcome: 'allowed' })
    await heard.until(5)
  })

  test('a card that has ended is not shown to a page that comes later', async () => {
    rig.broker.tell('consent.card', cardOf('gone'))
    rig.broker.tell('consent.ended', { id: 'gone', outcome: 'timed-out' })
    await rig.broker.ask('console.open', {})
    const heard = await listen()
    assert.deepEqual(heard.names, ['hello'])
  })

  test('a page is nudged once an answer is recorded, and when it revokes', async () => {
    const heard = await listen()
    rig.broker.tell('consent.card', cardOf('c'))
    rig.broker.tell('consent.ended', { id: 'c', outcome: 'allowed' })
    await heard.until(3)
    rig.clock.advance(1000)
    await heard.until(4)
    assert.equal(heard.names.at(-1), 'changed')
  })

  test('a heart beats within fifteen seconds, and a log that grew is told with it', async () => {
    const heard = await listen()
    rig.clock.advance(10_000)
    await heard.until(2)
    assert.equal(heard.names.at(-1), 'alive')
    await sleep(20)
    size++
    rig.clock.advance(10_000)
    await heard.until(4)
    assert.deepEqual(heard.names.slice(2), ['alive', 'changed'])
  })

  test('an open stream keeps a session in use, up to its eight hours', async () => {
    const heard = await listen()
    rig.clock.advance(7 * 3_600_000)
    await sleep(20)
    assert.ok(!heard.names.includes('signed-out'))
    rig.clock.advance(3_610_000)
    await heard.ended
    assert.equal(heard.names.at(-1), 'signed-out')
  })

  test('every page is told when the broker goes, and its stream ends', async () => {
    const own = await startRig()
    const heard = listenTo(own.port, await own.signIn(), open)
    await heard.until(1)
    await own.stop()
    await heard.ended
    assert.equal(heard.names.at(-1), 'gone')
  })
})

function listenTo(port: number, headers: Record<string, string>, open: ClientRequest[]): Heard {
  const events: Heard['events'] = []
  const names: string[] = []
  let wake = (): void => {}
  let finish = (): void => {}
  const ended = new Promise<void>((resolve) => (finish = resolve))
  const asked = request({
    host: '127.0.0.1',
    port,
    path: '/api/events',
    headers: { host: `console.localhost:${port}`, 'x-keyreeve': '1', ...headers },
    agent: false,
  })
  asked.on('error', () => finish())
  asked.on('response', (response) => {
    assert.equal(response.statusCode, 200)
    assert.match(response.headers['content-type'] ?? '', /^text\/event-stream/)
    let held = ''
    response.setEncoding('utf8')
    response.on('data', (text: string) => {
      const blocks = (held + text).split('\n\n')
      held = blocks.pop() ?? ''
      for (const block of blocks) {
        const event: Heard['events'][number] = JSON.parse(block.replace(/^data: /, ''))
        events.push(event)
        names.push(event.name)
      }
      wake()
    })
    response.on('error', () => finish())
    response.on('end', () => finish())
  })
  asked.end()
  open.push(asked)
  return {
    names,
    events,
    ended,
    async until(count) {
      while (names.length < count) await new Promise<void>((resolve) => (wake = resolve))
    },
  }
}
