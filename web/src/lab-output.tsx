// What the lab shows of a result: the text that would leave, and the list of what was found.
import { shownBlock } from '#base'
import type { Confidence } from '#redaction'
import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import type { LabFinding, LabResult, Piece } from './lab-run.ts'
import type { Source } from './lab-source.ts'
import type { LabState } from './lab.tsx'
import { save } from './save.ts'
import { words } from './words.ts'

/** Above this, lines are not numbered: as many elements would freeze the page. */
const mostNumbered = 4000

const tones: Readonly<Record<Confidence, string>> = { certain: 'masked', likely: 'masked', hint: 'doubtful' }

export function LabOutput({ state, source }: { state: LabState; source: Source | null }) {
  const { result, progress, hasFailed } = state
  return (
    <section class="outgoing lab-output" aria-label={words.lab.output}>
      <header>
        <h2>{words.lab.output}</h2>
        {result?.count === 0 && <p class="quiet">{words.lab.nothing}</p>}
      </header>
      {progress !== null && <progress value={progress} aria-label={words.lab.progress} />}
      {hasFailed && (
        <p class="failure" role="alert">
          {words.lab.failed}
        </p>
      )}
      {result === null ? (
        !hasFailed && progress === null && <p class="quiet">{words.lab.empty}</p>
      ) : (
        <>
          <Text pieces={result.pieces} />
          <Below result={result} source={source} />
        </>
      )}
      <p class="unseen" role="status" aria-live="polite">
        {result !== null && progress === null && words.lab.announce(result.count)}
      </p>
    </section>
  )
}

function Text({ pieces }: { pieces: readonly Piece[] }) {
  const lines = useMemo(() => linesOf(pieces), [pieces])
  const digits = String(lines.length).length
  return (
    // The block scrolls, so the keyboard must reach it.
    <pre class="text" tabIndex={0} role="region" aria-label={words.lab.outputLabel} translate={false}>
      {lines.length > mostNumbered
        ? lines.map((line) => [...line, '\n'])
        : lines.map((line, at) => (
            <span class="line" key={at}>
              <span class="number" aria-hidden="true" data-number={String(at + 1).padStart(digits)} />
              <span>
                {line}
                {'\n'}
              </span>
            </span>
          ))}
    </pre>
  )
}

/** The pieces by lines, with placeholders marked and hidden characters spelled out. */
function linesOf(pieces: readonly Piece[]): ComponentChildren[][] {
  const lines: ComponentChildren[][] = [[]]
  let count = 0
  for (const { text, isMasked } of pieces) {
    if (isMasked) {
      lines.at(-1)!.push(
        <mark class="masked" id={markId(count++)} tabIndex={-1}>
          {text}
        </mark>,
      )
      continue
    }
    const [first = '', ...others] = shownBlock(text.replaceAll('\r\n', '\n')).split('\n')
    lines.at(-1)!.push(first)
    for (const other of others) lines.push([other])
  }
  const last = lines.at(-1)!
  return last.every((part) => part === '') ? lines.slice(0, -1) : lines
}

function Below({ result: { output, size, isCut }, source }: { result: LabResult; source: Source | null }) {
  return (
    <div class="below">
      <p class="quiet">
        {isCut && `${words.lab.cut} `}
        {source === null ? words.card.bytes(size) : words.lab.sizes(source.size, size)}
      </p>
      <button onClick={() => save(output, `redacted-${source?.name ?? 'text.txt'}`)}>{words.lab.save}</button>
    </div>
  )
}

export function LabFindings({ result }: { result: LabResult | null }) {
  if (result === null || result.count === 0) return null
  const { findings, count } = result
  return (
    <section class="lab-findings" aria-label={words.lab.findings(count)}>
      <h2>{words.lab.findings(count)}</h2>
      <Counts findings={findings} />
      <table>
        <thead>
          <tr>
            <th scope="col">{words.lab.columns.place}</th>
            <th scope="col">{words.lab.columns.detector}</th>
            <th scope="col">{words.lab.columns.confidence}</th>
          </tr>
        </thead>
        <tbody>
          {findings.map((finding, at) => (
            <Row finding={finding} at={at} key={at} />
          ))}
        </tbody>
      </table>
      {count > findings.length && <p class="quiet">{words.lab.more(count - findings.length)}</p>}
    </section>
  )
}

/** How often each detector found something. */
function Counts({ findings }: { findings: readonly LabFinding[] }) {
  const counts = new Map<string, number>()
  for (const { detector } of findings) counts.set(detector, (counts.get(detector) ?? 0) + 1)
  return (
    <p class="chips">
      {[...counts].map(([detector, times]) => (
        <span class="chip masked" key={detector}>
          {words.card.times(detector, times)}
        </span>
      ))}
    </p>
  )
}

function Row({ finding: { line, column, detector, confidence }, at }: { finding: LabFinding; at: number }) {
  const place = `${line}:${column}`
  return (
    <tr>
      <td>
        <button class="place" aria-label={words.lab.goTo(place, detector)} onClick={() => goTo(at)}>
          {place}
        </button>
      </td>
      <td>
        <code>{detector}</code>
      </td>
      <td>
        <span class={`chip ${tones[confidence]}`}>{words.lab.confidences[confidence]}</span>
      </td>
    </tr>
  )
}

function goTo(at: number): void {
  const mark = document.getElementById(markId(at))
  mark?.scrollIntoView({ block: 'center' })
  mark?.focus({ preventScroll: true })
}

function markId(at: number): string {
  return `masked-${at}`
}
