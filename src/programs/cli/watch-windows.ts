// Takes the person's answers in windows of the desktop, one card after the other.
import { asFault, shown, type Milliseconds } from '#base'
import type { Card } from '#wire'
import type { Connection } from './connection.ts'
import type { Call } from './machine.ts'
import { cardText } from './watch-card.ts'
import type { CardQueue, WaitingCard } from './watch-queue.ts'
import { askInWindow, type WindowMaker } from './window.ts'

export interface WindowWatching {
  readonly queue: CardQueue
  readonly broker: Pick<Connection, 'ask'>
  readonly make: WindowMaker
  readonly call: Call
}

/** A window is on the screen this long after its command was started, at most. */
const appearing: Milliseconds = 500
const columns = 100

/** Answers until the broker goes away. @throws Fault `unsupported-here` if no window can be shown. */
export async function answerInWindows(watching: WindowWatching): Promise<void> {
  const { queue } = watching
  for (let next = await queue.next(); next !== null; next = await queue.next()) {
    const decision = await untilDecided(next, watching)
    const { card, ended } = next
    const outcome =
      decision === null ? `ended: ${String(ended.reason)}` : await send(card, decision, watching)
    queue.end(card.id, 'withdrawn')
    watching.call.terminal.data({ id: card.id, outcome }, [
      `${outcome}: ${shown(card.caller.assistant, 128)}`,
    ])
  }
}

/** An allow that came before anyone can have read the card shows it again. */
async function untilDecided(
  { card, ended }: WaitingCard,
  { make, call }: WindowWatching,
): Promise<'allow' | 'deny' | null> {
  const { clock, env } = call.machine
  for (;;) {
    const startedAt = clock.monotonic()
    const decision = await askInWindow(make(windowOf(card, clock.now())), env, ended)
    const isEarly = clock.monotonic() - startedAt < card.armedAfter + appearing
    if (decision !== 'allow' || !isEarly) return decision
  }
}

/** A window answers only the least: one click, for this once. All else is for the console or a terminal. */
function windowOf(card: Card, now: Milliseconds) {
  const canAllow = card.tier === 1 && card.scopes.includes('once')
  const hint = canAllow
    ? []
    : ['', 'This window can only deny it. Allow it in the console or in keyreeve watch.']
  return {
    text: [...cardText(card, { columns, now }), ...hint].join('\n'),
    seconds: Math.max(1, Math.ceil((card.expiresAt - now) / 1000)),
    canAllow,
  }
}

async function send(
  { id, digest, scopes }: Card,
  decision: 'allow' | 'deny',
  { broker }: WindowWatching,
): Promise<string> {
  try {
    const scope = scopes.includes('once') ? 'once' : (scopes[0] ?? 'once')
    await broker.ask('consent.decide', { id, digest, decision, scope })
    return decision === 'allow' ? 'allowed (once)' : 'denied'
  } catch (thrown) {
    const { code, next } = asFault(thrown, 'the answer was not taken')
    return `not taken (${code}; ${next})`
  }
}
