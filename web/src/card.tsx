// One request, laid open: who asks and how that is known, for what, the exact text, how far a yes reaches.
import type { Card, Scope } from '#wire'
import { useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { useArmed } from './arming.ts'
import { announcement, decide, stacking } from './desk.ts'
import { machineNow } from './live.ts'
import { useTicked, Wants, type Ticked } from './items.tsx'
import { Change, Outgoing } from './outgoing.tsx'
import { Fact, Failure, Foreign, Moment, Path } from './parts.tsx'
import type { Refused } from './session.ts'
import { Who } from './who.tsx'
import { words } from './words.ts'

export function CardView({ card }: { card: Card }) {
  const ticked = useTicked(card)
  return (
    <section class="card" role="alertdialog" aria-labelledby="card-title" aria-describedby="card-what">
      <Title card={card} />
      <Who caller={card.caller} proved={<Last last={card.last} />}>
        <Fact term={words.card.reason}>
          {card.reason === null ? words.card.noReason : <Reason text={card.reason} />}
        </Fact>
      </Who>
      {card.content === null ? (
        <Wants card={card} ticked={ticked} />
      ) : card.kind === 'edit' ? (
        <Change content={card.content} />
      ) : (
        <Outgoing content={card.content} lines={card.lines} />
      )}
      <Answer card={card} ticked={ticked} />
    </section>
  )
}

function Title({ card }: { card: Card }) {
  return (
    <header class="card-title">
      <h2 id="card-title">
        <Foreign text={card.caller.assistant} limit={48} /> {words.card.asks(card)}
      </h2>
      <TimeLeft card={card} />
      <div id="card-what">
        {card.path !== null && (
          <p class="object">
            <Path path={card.path} />
          </p>
        )}
        {card.kind === 'read' && <p class="chips">{chipsOf(card)}</p>}
        {card.pattern !== undefined && (
          <p>
            {words.card.pattern} <Foreign text={card.pattern} limit={120} />
          </p>
        )}
      </div>
    </header>
  )
}

function chipsOf({ lines, pattern, classes }: Card) {
  return (
    <>
      <span class="chip">
        {lines === null
          ? words.card.whole(pattern !== undefined)
          : words.card.lines(lines.map(([from, to]) => (from === to ? from : `${from}–${to}`)).join(', '))}
      </span>
      {classes.map((name) => (
        <span class="chip sensitive" key={name}>
          {words.card.sensitive} <Foreign text={name} limit={48} />
        </span>
      ))}
    </>
  )
}

/** Announced sparsely: a screen reader that counts seconds drowns the card. */
const announcedAt = [30, 10]

function TimeLeft({ card }: { card: Card }) {
  const left = useSignal(secondsLeft(card))
  useEffect(() => {
    const timer = setInterval(() => {
      left.value = secondsLeft(card)
      if (announcedAt.includes(left.value)) announcement.value = words.card.timeAnnounced(left.value)
    }, 1000)
    return () => clearInterval(timer)
  }, [card])
  const whole = Math.max(1, Math.round((card.expiresAt - card.createdAt) / 1000))
  return (
    <div class={left.value <= 10 ? 'time-left hurry' : 'time-left'}>
      <span role="timer">{left.value > 0 ? words.card.timeLeft(left.value) : words.card.timeUp}</span>
      <progress max={whole} value={left.value} aria-label={words.card.timer} />
    </div>
  )
}

function secondsLeft({ expiresAt }: Card): number {
  return Math.max(0, Math.round((expiresAt - machineNow()) / 1000))
}

function Last({ last }: Pick<Card, 'last'>) {
  return (
    <Fact term={words.card.last}>
      {last === null ? (
        words.card.never
      ) : (
        <>
          <Moment at={last.at} /> {words.grants.method[last.method]}
        </>
      )}
    </Fact>
  )
}

/** A longer one could push the text that leaves out of sight; it is cut in the middle. */
const longestReason = 280

function Reason({ text }: { text: string }) {
  return (
    <q>
      <Foreign text={text} limit={longestReason} />
    </q>
  )
}

function Answer({ card, ticked }: { card: Card; ticked: Ticked }) {
  const scope = useSignal<Scope>(card.scopes.includes('once') ? 'once' : (card.scopes[0] ?? 'once'))
  const isSent = useSignal(false)
  const refused = useSignal<Refused | null>(null)
  const isArmed = useArmed(card.armedAfter, `${card.digest} ${stacking.value}`)
  const isAllowable = card.tier < 3
  const isNothing = card.kind === 'access' && ticked.value.length === 0
  const answer = async (decision: 'allow' | 'deny'): Promise<void> => {
    isSent.value = true
    const items = card.kind === 'access' ? { items: [...ticked.value] } : {}
    refused.value = await decide(card, { decision, scope: scope.value, ...items })
    isSent.value = false
  }
  return (
    <footer class="answer">
      {refused.value !== null && <Failure refused={refused.value} />}
      <TierNote tier={card.tier} />
      {isAllowable && card.items.length === 0 && (
        <Reach scopes={card.scopes} chosen={scope.value} choose={(next) => (scope.value = next)} />
      )}
      <div class="buttons">
        <DenyButton isSent={isSent.value} deny={() => answer('deny')} />
        {isAllowable && (
          <button
            class="allow"
            disabled={!isArmed || isSent.value || isNothing}
            title={isArmed ? undefined : words.card.armingHint}
            onClick={() => void answer('allow')}
          >
            {words.card.allows[card.tier]}
          </button>
        )}
      </div>
    </footer>
  )
}

/** What it takes to allow, where a click is not enough. */
function TierNote({ tier }: Pick<Card, 'tier'>) {
  if (tier === 1) return null
  return <p class="passkey">{tier === 2 ? words.card.passkey : words.card.twoPersons}</p>
}

function DenyButton({ isSent, deny }: { isSent: boolean; deny: () => Promise<void> }) {
  const button = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => button.current?.focus({ preventScroll: true }), [])
  return (
    <button class="deny" ref={button} disabled={isSent} onClick={() => void deny()}>
      {words.card.deny}
    </button>
  )
}

interface ReachProps {
  readonly scopes: Card['scopes']
  readonly chosen: Scope
  readonly choose: (scope: Scope) => void
}

function Reach({ scopes, chosen, choose }: ReachProps) {
  if (scopes.length === 1) return <p class="quiet">{words.card.onlyReach(words.scopes[chosen])}</p>
  return (
    <fieldset class="reach">
      <legend>{words.card.reach}</legend>
      {scopes.map((scope) => (
        <label key={scope}>
          <input
            type="radio"
            name="scope"
            value={scope}
            checked={scope === chosen}
            onChange={() => choose(scope)}
          />
          {words.scopes[scope]}
        </label>
      ))}
    </fieldset>
  )
}
