// Takes the person's answer to one card after the other.
import { asFault, shown } from '#base'
import type { Card, Scope } from '#wire'
import type { Connection } from './connection.ts'
import type { Call } from './machine.ts'
import { cardLines, scopeKeys, type View } from './watch-card.ts'
import type { Desk } from './watch-desk.ts'
import type { CardQueue, WaitingCard } from './watch-queue.ts'

export interface Watching {
  readonly queue: CardQueue
  readonly broker: Pick<Connection, 'ask'>
  readonly desk: Desk
  readonly call: Call
}

interface Decision {
  readonly decision: 'allow' | 'deny'
  readonly scope: Scope
  readonly items?: number[]
}

/** What a key means for a card: a decision, a wish to see all, an item to tick or untick, or nothing. */
export type Meaning = Decision | 'view' | { readonly toggled: number } | null

const interrupt = '\u0003'

/** Answers until the person leaves or the broker goes away. */
export async function answerCards(watching: Watching): Promise<void> {
  const { queue, desk } = watching
  const keys = new Keys(desk)
  keys.onLeave = () => queue.close()
  try {
    for (let next = await queue.next(); next !== null; next = await queue.next()) {
      await answer(next, keys, watching)
    }
  } finally {
    keys.stop()
  }
}

async function answer({ card, ended }: WaitingCard, keys: Keys, watching: Watching): Promise<void> {
  show(card, { isWhole: false, ticked: proposed(card) }, watching)
  const meaning = await untilDecided({ card, ended }, keys, watching)
  const outcome = meaning === null ? `ended: ${String(ended.reason)}` : await send(card, meaning, watching)
  watching.queue.end(card.id, 'withdrawn')
  watching.desk.screen.write(`${outcome}: ${shown(card.caller.assistant, 128)}, ${subject(card)}\n`)
  if (watching.call.terminal.isJson) watching.call.terminal.data({ id: card.id, outcome }, [])
}

/** Null if the request ended first. A key that came before the card could be read is not an answer to it. */
async function untilDecided(
  { card, ended }: WaitingCard,
  keys: Keys,
  watching: Watching,
): Promise<Decision | null> {
  const { clock } = watching.call.machine
  let ticked = proposed(card)
  const shownAt = clock.monotonic()
  for (;;) {
    const pressed = await keys.next(ended)
    if (pressed === null) return null
    if (clock.monotonic() - shownAt < card.armedAfter) continue
    const meaning = meaningOf(pressed, card)
    if (meaning === null) continue
    if (meaning === 'view') show(card, { isWhole: true, ticked }, watching)
    else if ('toggled' in meaning) {
      ticked = toggle(ticked, meaning.toggled)
      show(card, { isWhole: false, ticked }, watching)
    } else return card.kind === 'access' ? { ...meaning, items: ticked } : meaning
  }
}

/** What is ticked at first. */
function proposed({ items }: Card): number[] {
  return items.flatMap(({ isTicked }, at) => (isTicked ? [at] : []))
}

function toggle(ticked: readonly number[], at: number): number[] {
  return ticked.includes(at) ? ticked.filter((other) => other !== at) : [...ticked, at]
}

/** Only what the card offers can be allowed. */
export function meaningOf(
  pressed: string,
  { scopes, items, tier }: Pick<Card, 'scopes' | 'items' | 'tier'>,
): Meaning {
  const denial = { decision: 'deny', scope: scopes[0] ?? 'once' } as const
  if (pressed === 'v') return 'view'
  if (pressed === 'd' || pressed === '\r' || pressed === '\n') return denial
  const toggled = /^[1-9]$/.test(pressed) ? Number(pressed) - 1 : -1
  if (items[toggled] !== undefined) return { toggled }
  const offer = Object.entries(scopeKeys).find(([key]) => key === pressed)?.[1]
  return offer !== undefined && tier === 1 && scopes.includes(offer.scope)
    ? { decision: 'allow', scope: offer.scope }
    : null
}

async function send(card: Card, given: Decision, { broker }: Watching): Promise<string> {
  try {
    await broker.ask('consent.decide', { id: card.id, digest: card.digest, ...given })
    return given.decision === 'allow' ? `allowed (${given.scope})` : 'denied'
  } catch (thrown) {
    const { code, next } = asFault(thrown, 'the answer was not taken')
    return `not taken (${code}; ${next})`
  }
}

function show(
  card: Card,
  more: Pick<View, 'isWhole' | 'ticked'>,
  { desk: { screen }, call }: Watching,
): void {
  // A terminal that does not know its size says 0.
  const view = {
    rows: screen.rows || 24,
    columns: screen.columns || 80,
    now: call.machine.clock.now(),
    ...more,
  }
  screen.write(`${cardLines(card, view, call.terminal).join('\n')}\n`)
}

function subject({ path, items }: Card): string {
  return path === null ? `${items.length} items` : shown(path, 200)
}

/** Keys as they are pressed. What comes in one piece was pasted or typed ahead, and is thrown away. */
class Keys {
  onLeave: () => void = () => {}
  readonly #desk: Desk
  #take: (pressed: string) => void = () => {}

  constructor(desk: Desk) {
    this.#desk = desk
    desk.keyboard.setRawMode?.(true)
    desk.keyboard.on('data', this.#press)
    desk.keyboard.once('end', this.#leave)
    desk.keyboard.resume()
  }

  /** The next key; null once `ended` is aborted. */
  next(ended: AbortSignal): Promise<string | null> {
    return new Promise((resolve) => {
      if (ended.aborted) resolve(null)
      ended.addEventListener('abort', () => resolve(null), { once: true })
      this.#take = resolve
    })
  }

  stop(): void {
    this.#desk.keyboard.off('data', this.#press).off('end', this.#leave).pause()
    this.#desk.keyboard.setRawMode?.(false)
  }

  readonly #leave = (): void => this.onLeave()

  readonly #press = (bytes: Uint8Array): void => {
    const pressed = String(bytes)
    if (pressed === interrupt) this.onLeave()
    else if (pressed.length === 1) this.#take(pressed)
  }
}
