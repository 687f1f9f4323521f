// The first page: the card that is laid open, the ones that wait behind it, and what was just answered.
import type { Card } from '#wire'
import { CardView } from './card.tsx'
import { answered, cards, choose, foremost } from './desk.ts'
import { Empty, Foreign, Heading, Moment, Path } from './parts.tsx'
import { words } from './words.ts'

const tones = { allowed: 'good', denied: 'bad', 'timed-out': '', withdrawn: '' } as const

export function Requests() {
  const card = foremost.value
  return (
    <>
      <Heading title={words.pages.requests} lead={words.requests.lead} />
      {card === null ? (
        <Empty title={words.requests.empty}>{words.requests.emptyText}</Empty>
      ) : (
        <CardView card={card} key={`${card.id} ${card.digest}`} />
      )}
      <Others waiting={cards.value.filter((other) => other !== card)} />
      <JustAnswered />
    </>
  )
}

function Others({ waiting }: { waiting: readonly Card[] }) {
  if (waiting.length === 0) return null
  return (
    <section class="rows">
      <h2>{words.requests.others}</h2>
      <ul>
        {waiting.map((card) => (
          <li key={card.id}>
            <Asked card={card} />
            <button onClick={() => choose(card.id)}>{words.requests.show}</button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function JustAnswered() {
  if (answered.value.length === 0) return null
  return (
    <section class="rows">
      <h2>{words.requests.answered}</h2>
      <ul>
        {answered.value.map(({ card, outcome, at }) => (
          <li key={card.id}>
            <Asked card={card} />
            <span class={`chip ${tones[outcome]}`}>{words.requests.outcomes[outcome]}</span>
            <span class="quiet">
              <Moment at={at} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Asked({ card }: { card: Card }) {
  const path = card.path ?? card.items[0]?.path
  return (
    <div>
      <p>
        <Foreign text={card.caller.assistant} limit={48} /> {words.card.asked(card)}
      </p>
      {path !== undefined && <Path path={path} />}
    </div>
  )
}
