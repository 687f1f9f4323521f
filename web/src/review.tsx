// The look back: what was asked and answered, what nobody used, and rules that would have answered. It applies nothing.
import { useSignal } from '@preact/signals'
import { useCallback } from 'preact/hooks'
import { GrantRow } from './grants.tsx'
import { useLoaded } from './loaded.ts'
import { Empty, Failure, Foreign, Heading, Loading } from './parts.tsx'
import { lookBack, type LookBack, type Suggestion } from './policy-api.ts'
import { suggested } from './policy-drafts.ts'
import { laterWords } from './words-later.ts'
import { words } from './words.ts'

const { review: said } = laterWords

const spans = [7, 30, 90] as const

export function Review() {
  const days = useSignal<number>(spans[0])
  const read = useCallback(() => lookBack(days.value), [days.value])
  const loaded = useLoaded(read)
  return (
    <>
      <Heading title={words.pages.review} lead={said.lead}>
        <label class="span">
          {said.span}{' '}
          <select onChange={({ currentTarget }) => (days.value = Number(currentTarget.value))}>
            {spans.map((span) => (
              <option value={span} key={span}>
                {said.days(span)}
              </option>
            ))}
          </select>
        </label>
      </Heading>
      {loaded.state === 'loading' && <Loading />}
      {loaded.state === 'refused' && <Failure refused={loaded.refused} />}
      {loaded.state === 'there' && <Found found={loaded.reply} />}
    </>
  )
}

function Found({ found: { questions, grants, suggestions } }: { found: LookBack }) {
  return (
    <div class="panels">
      <Questions questions={questions} />
      <Suggestions suggestions={suggestions} />
      <Standing title={said.unused} text={said.unusedText} none={said.noUnused} grants={grants.unused} />
      {grants.expiring.length > 0 && (
        <Standing title={said.expiring} text={said.expiringText} none="" grants={grants.expiring} />
      )}
      <p class="quiet">{said.grants(grants.given, grants.revoked, grants.used.length)}</p>
    </div>
  )
}

function Questions({ questions }: { questions: LookBack['questions'] }) {
  const { asked, allowed, denied, unanswered, withdrawn, budget, days, assistants } = questions
  if (asked === 0) return <Empty title={said.quiet}>{said.quietText}</Empty>
  const over = days.filter(({ isOver }) => isOver).length
  const most = Math.max(budget, ...days.map((day) => day.asked))
  return (
    <section class="panel">
      <h2>{said.asked(asked)}</h2>
      <dl class="figures">
        <Figure term={said.allowed} value={allowed} />
        <Figure term={said.denied} value={denied} />
        <Figure term={said.unanswered} value={unanswered} />
        <Figure term={said.withdrawn} value={withdrawn} />
      </dl>
      <h3>{said.perDay(budget, over)}</h3>
      <ul class="bars">
        {days.map((day) => (
          <li key={day.day} class={day.isOver ? 'hurry' : undefined}>
            <span>{dayOf(day.day)}</span>
            <progress max={most} value={day.asked} aria-hidden="true" />
            <span>
              {day.asked} {day.isOver && said.over}
            </span>
          </li>
        ))}
      </ul>
      <h3>{said.who}</h3>
      <ul class="bars">
        {assistants.map(({ assistant, asked: count }) => (
          <li key={assistant}>
            <Foreign text={assistant} limit={48} />
            <progress max={asked} value={count} aria-hidden="true" />
            <span>{count}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Figure({ term, value }: { term: string; value: number }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{value.toLocaleString('en')}</dd>
    </div>
  )
}

/** Days are counted by UTC, and named so. */
function dayOf(day: number): string {
  return new Date(day).toLocaleDateString([], {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  })
}

function Suggestions({ suggestions }: { suggestions: readonly Suggestion[] }) {
  return (
    <section class="look" aria-label={said.suggestions}>
      <h2>{said.suggestions}</h2>
      <p class="quiet">{suggestions.length === 0 ? said.noSuggestions : said.suggestionsText}</p>
      {suggestions.map((one) => (
        <Suggested one={one} key={one.cedar} />
      ))}
    </section>
  )
}

function Suggested({ one }: { one: Suggestion }) {
  const open = (): void => {
    suggested.value = one
    location.hash = '#/policy'
  }
  return (
    <article class="panel suggestion">
      <p>{said.sentence(one)}</p>
      <pre class="text" tabIndex={0} role="region" aria-label={said.rule}>
        <code>{one.cedar}</code>
      </pre>
      <p class="below">
        <span class="quiet">{said.notApplied}</span>
        <button onClick={open}>{said.open}</button>
      </p>
    </article>
  )
}

interface StandingProps {
  readonly title: string
  readonly text: string
  readonly none: string
  readonly grants: LookBack['grants']['unused']
}

function Standing({ title, text, none, grants }: StandingProps) {
  return (
    <section class="look" aria-label={title}>
      <h2>{title}</h2>
      <p class="quiet">{grants.length === 0 ? none : text}</p>
      <ul class="panels">
        {grants.map((grant) => (
          <GrantRow grant={grant} key={grant.id} />
        ))}
      </ul>
    </section>
  )
}
