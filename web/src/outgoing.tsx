// The exact text that leaves, whole: nothing is cut, what is masked or hidden stands out.
import { shownBlock } from '#base'
import type { Card } from '#wire'
import { useMemo } from 'preact/hooks'
import { words } from './words.ts'

type Content = NonNullable<Card['content']>

/** Above this, lines are not numbered: as many elements would freeze the page while the time runs. */
const mostNumbered = 4000

const token = /(\[[a-z][a-z0-9-]{1,60}:[0-9a-f]{4,16}\]|\\u\{[0-9a-f]{1,6}\})/

export function Outgoing({ content, lines }: { content: Content; lines: Card['lines'] }) {
  return (
    <section class="outgoing" aria-label={words.card.leaves}>
      <header>
        <h3>{words.card.leaves}</h3>
        <Masked content={content} />
      </header>
      <Text text={content.text} first={firstNumber(content.text, lines)} />
      <Seal content={content} />
    </section>
  )
}

/** The exact change of a file, as a diff. */
export function Change({ content }: { content: Content }) {
  const rows = useMemo(() => linesOf(content.text), [content.text])
  return (
    <section class="outgoing" aria-label={words.card.changes}>
      <header>
        <h3>{words.card.changes}</h3>
      </header>
      <pre class="text" tabIndex={0} role="region" aria-label={words.card.changes} translate={false}>
        {rows.map((row, at) => (
          <span class={`line ${rowClasses.get(row.charAt(0)) ?? ''}`} key={at}>
            <span>
              {marked(row)}
              {'\n'}
            </span>
          </span>
        ))}
      </pre>
      <Seal content={content} />
    </section>
  )
}

const rowClasses = new Map([
  ['+', 'added'],
  ['-', 'removed'],
  ['@', 'place'],
])

function Masked({ content: { redactions } }: { content: Content }) {
  if (redactions.length === 0) return <p class="quiet">{words.card.nothingMasked}</p>
  return (
    <p>
      <span class="quiet">{words.card.masked}</span>
      {redactions.map(({ detector, count }) => (
        <span class="chip masked" key={detector}>
          {words.card.times(detector, count)}
        </span>
      ))}
    </p>
  )
}

function Text({ text, first }: { text: string; first: number }) {
  const lines = useMemo(() => linesOf(text), [text])
  if (text === '') return <p class="quiet">{words.card.empty}</p>
  return (
    // The block scrolls, so the keyboard must reach it.
    <pre class="text" tabIndex={0} role="region" aria-label={words.card.leavesLabel} translate={false}>
      {lines.length > mostNumbered ? marked(lines.join('\n')) : <Numbered lines={lines} first={first} />}
    </pre>
  )
}

function Numbered({ lines, first }: { lines: readonly string[]; first: number }) {
  const digits = String(first + lines.length - 1).length
  return (
    <>
      {lines.map((line, at) => (
        <span class="line" key={at}>
          <span class="number" aria-hidden="true" data-number={String(first + at).padStart(digits)} />
          <span>
            {marked(line)}
            {'\n'}
          </span>
        </span>
      ))}
    </>
  )
}

function marked(text: string) {
  return text.split(token).map((part, at) => (at % 2 === 0 ? part : <mark class={markOf(part)}>{part}</mark>))
}

function markOf(part: string): string {
  return part.startsWith('[') ? 'masked' : 'hidden-character'
}

function Seal({ content: { text, bytes, sha256, size } }: { content: Content }) {
  return (
    <p class="seal quiet">
      {words.card.bytes(bytes)} {size !== bytes && words.card.ofFile(size)}
      {text.includes('\r\n') && `, ${words.card.crlf}`} · sha256{' '}
      <code title={sha256}>
        {sha256.slice(0, 8)}…{sha256.slice(-8)}
      </code>
    </p>
  )
}

function linesOf(text: string): string[] {
  const lines = shownBlock(text.replaceAll('\r\n', '\n')).split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

/** The number of the first line in the file, where that is certain: one range, and no mask that swallowed lines. */
function firstNumber(text: string, ranges: Card['lines']): number {
  const [range, ...others] = ranges ?? []
  if (range === undefined || others.length > 0) return 1
  return linesOf(text).length === range[1] - range[0] + 1 ? range[0] : 1
}
