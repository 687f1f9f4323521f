// A text with the numbers of its lines, those with mistakes marked.
import type { Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Problem } from './policy-api.ts'
import { laterWords } from './words-later.ts'

/** What to lead the eye to, in units of the text; taken once. */
export interface Spot {
  readonly from: number
  readonly to: number
}

interface EditorProps {
  readonly label: string
  readonly text: string
  readonly problems: readonly Problem[]
  readonly spot?: Signal<Spot | null>
  /** Without it the text can only be read. */
  readonly onInput?: (text: string) => void
}

const fewestRows = 12
const mostRows = 26

export function Editor({ label, text, problems, spot, onInput }: EditorProps) {
  const field = useRef<HTMLTextAreaElement>(null)
  const gutter = useRef<HTMLPreElement>(null)
  const lines = text.split('\n').length
  const wrong = new Set(problems.map(({ line }) => line))
  useEffect(() => {
    const wanted = spot?.value ?? null
    if (wanted === null || field.current === null || spot === undefined) return
    spot.value = null
    lead(field.current, text, wanted)
  }, [spot?.value])
  return (
    <div class="editor">
      <pre aria-hidden="true" ref={gutter}>
        {Array.from({ length: lines }, (_, at) => (
          <span class={wrong.has(at + 1) ? 'bad' : undefined} key={at}>
            {at + 1}
          </span>
        ))}
      </pre>
      <textarea
        aria-label={label}
        aria-invalid={problems.length > 0}
        wrap="off"
        rows={Math.min(mostRows, Math.max(fewestRows, lines + 1))}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        translate={false}
        placeholder={onInput === undefined ? undefined : laterWords.policy.example}
        readOnly={onInput === undefined}
        value={text}
        ref={field}
        onInput={({ currentTarget }) => onInput?.(currentTarget.value)}
        onScroll={({ currentTarget }) => gutter.current?.scrollTo(0, currentTarget.scrollTop)}
      />
    </div>
  )
}

/** Selects a stretch and brings its first line into view. */
function lead(field: HTMLTextAreaElement, text: string, { from, to }: Spot): void {
  const line = text.slice(0, from).split('\n').length
  const height = field.scrollHeight / text.split('\n').length
  field.focus({ preventScroll: true })
  field.setSelectionRange(from, to)
  field.scrollTo(0, (line - 4) * height)
  field.scrollIntoView({ block: 'nearest' })
}
