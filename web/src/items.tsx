// The items of a request for access, each with a box of its own: what is sensitive is not ticked at first.
import type { Card } from '#wire'
import { useSignal, type Signal } from '@preact/signals'
import { Foreign, Moment, Path } from './parts.tsx'
import { words } from './words.ts'

/** Places of the ticked items. */
export type Ticked = Signal<readonly number[]>

/** Ticks as the broker proposes them. A card that changed is another component, and begins anew. */
export function useTicked({ items }: Card): Ticked {
  return useSignal<readonly number[]>(items.flatMap(({ isTicked }, at) => (isTicked ? [at] : [])))
}

export function Wants({ card, ticked }: { card: Card; ticked: Ticked }) {
  return (
    <section class="outgoing" aria-label={words.card.wants}>
      <h3>{words.card.wants}</h3>
      <ul class="items">
        {card.items.map((item, at) => (
          <Item item={item} at={at} ticked={ticked} key={`${item.scope} ${item.path}`} />
        ))}
      </ul>
      <p class="quiet">{words.card.nothingLeaves}</p>
    </section>
  )
}

function Item({ item, at, ticked }: { item: Card['items'][number]; at: number; ticked: Ticked }) {
  const { path, scope, until, classes } = item
  const isTicked = ticked.value.includes(at)
  const toggle = (): void => {
    ticked.value = isTicked ? ticked.value.filter((other) => other !== at) : [...ticked.value, at]
  }
  return (
    <li>
      <label>
        <input type="checkbox" checked={isTicked} onChange={toggle} /> <Path path={path} />
      </label>
      <span class="quiet">
        {words.scopes[scope]}
        {until !== undefined && (
          <>
            , {words.card.atLatest} <Moment at={until} />
          </>
        )}
      </span>
      {classes.map((name) => (
        <span class="chip sensitive" key={name}>
          {words.card.sensitive} <Foreign text={name} limit={48} />
        </span>
      ))}
    </li>
  )
}
