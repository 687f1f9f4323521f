// Small parts that every page uses: foreign text, times, empty and failed states.
import { shown } from '#base'
import type { ComponentChildren } from 'preact'
import type { Refused } from './session.ts'
import { words } from './words.ts'

/** A path of 4096 characters would push the buttons out of sight; the middle goes first, never the file's name. */
const longestPath = 320

/** Text that others wrote, on one line, with what is hidden in it spelled out and its direction kept to itself. */
export function Foreign({ text, limit = 160 }: { text: string; limit?: number }) {
  return <bdi>{shown(text, limit)}</bdi>
}

/** A path: its folders quiet, its last name strong. */
export function Path({ path }: { path: string }) {
  const safe = shown(path, longestPath)
  const cut = safe.lastIndexOf('/', safe.length - 2) + 1
  return (
    <code class="path">
      <bdi>{safe.slice(0, cut)}</bdi>
      <b>
        <bdi>{safe.slice(cut)}</bdi>
      </b>
    </code>
  )
}

/** A moment: the time of today, or the date and time of another day. To the second only where seconds matter. */
export function Moment({ at, seconds = false }: { at: number; seconds?: boolean }) {
  const date = new Date(at)
  const isToday = date.toDateString() === new Date().toDateString()
  const time = date.toLocaleTimeString([], { timeStyle: seconds ? 'medium' : 'short' })
  const day = date.toLocaleDateString([], { day: 'numeric', month: 'short' })
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString()}>
      {isToday ? time : `${day}, ${time}`}
    </time>
  )
}

/** How far away a moment is, roughly. */
export function roughly(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds <= 0) return words.time.over
  if (seconds < 90) return words.time.seconds(seconds)
  const minutes = Math.round(seconds / 60)
  return minutes < 90 ? words.time.minutes(minutes) : words.time.hours(Math.round(minutes / 60))
}

export function Brand() {
  return (
    <p class="brand">
      <Mark />
      {words.product}
    </p>
  )
}

function Mark() {
  return (
    <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M4 21V11a8 8 0 0 1 16 0v10" />
      <circle cx="12" cy="10.5" r="2.5" />
      <path d="M12 13v8m0-3h3" />
    </svg>
  )
}

export function Heading({
  title,
  lead,
  children,
}: {
  title: string
  lead?: string
  children?: ComponentChildren
}) {
  return (
    <header class="heading">
      <h1 tabIndex={-1}>{title}</h1>
      {children}
      {lead !== undefined && <p>{lead}</p>}
    </header>
  )
}

export function Empty({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="empty">
      <h2>{title}</h2>
      <p>{children}</p>
    </section>
  )
}

export function Loading() {
  return (
    <div class="loading" role="status">
      <span class="unseen">{words.loading}</span>
    </div>
  )
}

export function Failure({ refused }: { refused: Refused }) {
  return (
    <div class="failure" role="alert">
      <p>{sentence(refused.message)}</p>
      {refused.next !== '' && <p>{words.next(refused.next)}</p>}
    </div>
  )
}

/** One line of a list of facts. */
export function Fact({ term, children }: { term: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** Messages of faults are in lower case, without a full stop. */
function sentence(message: string): string {
  const safe = shown(message, 400)
  return `${safe.charAt(0).toUpperCase()}${safe.slice(1)}.`
}
