// The frame around every page: the way between them, whether the console is connected, and the states without a page.
import type { ComponentChildren, ComponentType } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { readStatus } from './api.ts'
import { announcement, cards } from './desk.ts'
import { Grants } from './grants.tsx'
import { later } from './later.tsx'
import { useLoaded } from './loaded.ts'
import { Brand } from './parts.tsx'
import { PasskeyEntrance } from './passkey-entrance.tsx'
import { pageNames, place, type PageName } from './place.ts'
import { Requests } from './requests.tsx'
import { connection, isLinkStale } from './session.ts'
import { Status } from './status.tsx'
import { words } from './words.ts'

const pages: Readonly<Record<PageName, ComponentType>> = {
  requests: Requests,
  grants: Grants,
  log: later(async () => (await import('./pages.ts')).Log),
  review: later(async () => (await import('./pages.ts')).Review),
  policy: later(async () => (await import('./pages.ts')).Policy),
  secrets: later(async () => (await import('./pages.ts')).Secrets),
  routes: later(async () => (await import('./pages.ts')).Routes),
  device: later(async () => (await import('./pages.ts')).Device),
  assistants: later(async () => (await import('./pages.ts')).Assistants),
  lab: later(async () => (await import('./lab.tsx')).Lab),
  status: Status,
}

export function Frame() {
  const waiting = cards.value.length
  useEffect(() => {
    document.title = words.titleWith(waiting)
  }, [waiting])
  return (
    <>
      {connection.value === 'live' ? <Live /> : <Apart />}
      <p class="unseen" role="status" aria-live="polite">
        {announcement.value}
      </p>
    </>
  )
}

function Live() {
  const Page = pages[place.value]
  const main = useRef<HTMLElement>(null)
  const isFirst = useRef(true)
  useLayoutEffect(() => {
    // A new page begins at its heading, for the eye and for the screen reader; an open card keeps the focus on Deny.
    if (!isFirst.current) main.current?.querySelector<HTMLElement>('.deny, h1')?.focus()
    isFirst.current = false
    scrollTo(0, 0)
  }, [place.value])
  return (
    <div class="house">
      <a class="skip" href="#main" onClick={(event) => skipTo(event, main.current)}>
        {words.skip}
      </a>
      <Rail />
      <main id="main" tabIndex={-1} ref={main}>
        <LockedNotice />
        {place.value !== 'requests' && <WaitingNotice />}
        <Page key={place.value} />
      </main>
    </div>
  )
}

/** The fragment names the page, so the link cannot move the focus by itself. */
function skipTo(event: Event, main: HTMLElement | null): void {
  event.preventDefault()
  main?.focus()
}

function Rail() {
  return (
    <header class="rail">
      <Brand />
      <nav aria-label={words.pageNav}>
        <ul>
          {pageNames.map((name) => (
            <li key={name}>
              <a href={`#/${name}`} aria-current={place.value === name ? 'page' : undefined}>
                {words.pages[name]}
                {name === 'requests' && cards.value.length > 0 && <Count />}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <p class="connection">{words.live}</p>
    </header>
  )
}

function Count() {
  return (
    <span class="count">
      <span aria-hidden="true">{cards.value.length}</span>
      <span class="unseen">{words.waiting(cards.value.length)}</span>
    </span>
  )
}

function LockedNotice() {
  const status = useLoaded(readStatus)
  if (status.state !== 'there' || status.reply.phase === 'ready') return null
  return (
    <aside class="notice">
      <p>
        <b>{words.locked}</b> {words.lockedNext} <kbd>keyreeve unlock</kbd>
      </p>
    </aside>
  )
}

function WaitingNotice() {
  if (cards.value.length === 0) return null
  return (
    <aside class="notice">
      <p>
        <b>{words.waiting(cards.value.length)}</b>
      </p>
      <a href="#/requests">{words.look}</a>
    </aside>
  )
}

/** Signed out, or nobody there: the page says so and offers nothing. */
function Apart() {
  if (connection.value === 'connecting') return <Connecting />
  if (connection.value === 'lost') {
    return (
      <Alone title={words.lostTitle} command="keyreeve ui">
        {words.lostText}
      </Alone>
    )
  }
  const [title, text] = isLinkStale.value
    ? [words.usedTitle, words.usedText]
    : [words.outTitle, words.outText]
  return (
    <PasskeyEntrance>
      <Alone title={title} command="keyreeve ui">
        {text}
      </Alone>
    </PasskeyEntrance>
  )
}

function Connecting() {
  return (
    <main class="alone">
      <Brand />
      <div class="loading" role="status">
        <span class="unseen">{words.connecting}</span>
      </div>
    </main>
  )
}

interface AloneProps {
  readonly title: string
  readonly command: string
  readonly children: ComponentChildren
}

function Alone({ title, command, children }: AloneProps) {
  return (
    <main class="alone">
      <Brand />
      <h1>{title}</h1>
      <p>{children}</p>
      <kbd>{command}</kbd>
    </main>
  )
}
