// The redaction lab: what would leave of a text or a file, seen before anything does. All of it stays in the page.
import type { Confidence } from '#redaction'
import { useSignal, type Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { exampleText } from './lab-example.ts'
import { LabFindings, LabOutput } from './lab-output.tsx'
import { loadEngine, redactSource, type LabOptions, type LabResult } from './lab-run.ts'
import { sourceOfFile, sourceOfText, type Source } from './lab-source.ts'
import { Foreign, Heading } from './parts.tsx'
import { words } from './words.ts'

/** Quiet for so long after a key before the text is read. In ms. */
const quietTime = 120
/** More that is pasted is taken as a file: a text field that long is slow to draw. In characters. */
const longestTyped = 200_000

const thresholds: readonly Confidence[] = ['certain', 'likely', 'hint']

/** What a run came to so far. */
export interface LabState {
  readonly result: LabResult | null
  /** Share that is done, or null if nothing is under way. */
  readonly progress: number | null
  readonly hasFailed: boolean
}

const idle: LabState = { result: null, progress: null, hasFailed: false }

export function Lab() {
  const text = useSignal('')
  const file = useSignal<Source | null>(null)
  const options = useSignal<LabOptions>({ threshold: 'likely', pii: false })
  const state = useSignal<LabState>(idle)
  useEffect(() => void loadEngine(), [])
  useRuns({ text, file, options, state })
  const open = async (chosen: File | undefined): Promise<void> => {
    if (chosen === undefined) return
    const source = await sourceOfFile(chosen).catch(() => null)
    file.value = source
    state.value = { ...idle, hasFailed: source === null }
  }
  useDrop((dropped) => void open(dropped))
  return (
    <div class="lab">
      <Heading title={words.lab.title} lead={words.lab.lead} />
      <Options options={options} />
      <Input text={text} file={file} onFile={(chosen) => void open(chosen)} />
      <LabOutput state={state.value} source={file.value} />
      <LabFindings result={state.value.result} />
    </div>
  )
}

interface Signals {
  readonly text: Signal<string>
  readonly file: Signal<Source | null>
  readonly options: Signal<LabOptions>
  readonly state: Signal<LabState>
}

/** Runs anew whenever text, file or options change, and gives up the run before. */
function useRuns({ text, file, options, state }: Signals): void {
  useEffect(() => {
    const source = file.value ?? sourceOfText(text.value, null)
    if (source.size === 0) {
      if (!state.value.hasFailed) state.value = idle
      return undefined
    }
    const ended = new AbortController()
    const timer = setTimeout(() => void run(source, options.value, ended.signal, state), quietTime)
    return () => {
      clearTimeout(timer)
      ended.abort()
    }
  }, [text.value, file.value, options.value])
}

async function run(
  source: Source,
  options: LabOptions,
  signal: AbortSignal,
  state: Signal<LabState>,
): Promise<void> {
  const onProgress = (done: number): void => {
    if (!signal.aborted && source.size > longestTyped)
      state.value = { ...state.value, progress: Math.min(1, done / source.size) }
  }
  const result = await redactSource(source, options, signal, onProgress).catch(() => undefined)
  if (signal.aborted || result === null) return
  state.value = { result: result ?? null, progress: null, hasFailed: result === undefined }
}

/** Takes a file that is dropped anywhere on the page, and keeps the browser from showing it instead. */
function useDrop(onFile: (file: File | undefined) => void): void {
  useEffect(() => {
    const over = (event: DragEvent): void => event.preventDefault()
    const drop = (event: DragEvent): void => {
      event.preventDefault()
      onFile(event.dataTransfer?.files[0])
    }
    addEventListener('dragover', over)
    addEventListener('drop', drop)
    return () => {
      removeEventListener('dragover', over)
      removeEventListener('drop', drop)
    }
  }, [])
}

function Options({ options }: { options: Signal<LabOptions> }) {
  const { threshold, pii } = options.value
  return (
    <form class="panel lab-options" onSubmit={(event) => event.preventDefault()}>
      <fieldset class="reach">
        <legend>{words.lab.threshold}</legend>
        {thresholds.map((name) => (
          <label key={name}>
            <input
              type="radio"
              name="threshold"
              checked={threshold === name}
              onChange={() => (options.value = { pii, threshold: name })}
            />
            {words.lab.thresholds[name]}
          </label>
        ))}
      </fieldset>
      <label class="switch">
        <input
          type="checkbox"
          checked={pii}
          onChange={({ currentTarget }) => (options.value = { threshold, pii: currentTarget.checked })}
        />
        {words.lab.pii}
      </label>
    </form>
  )
}

interface InputProps {
  readonly text: Signal<string>
  readonly file: Signal<Source | null>
  readonly onFile: (file: File | undefined) => void
}

function Input({ text, file, onFile }: InputProps) {
  const chooser = useRef<HTMLInputElement>(null)
  const clear = (): void => {
    text.value = ''
    file.value = null
  }
  return (
    <section class="lab-input" aria-label={words.lab.input}>
      <header>
        <h2 id="lab-input">{words.lab.input}</h2>
        <div class="actions">
          <input
            class="unseen"
            type="file"
            tabIndex={-1}
            aria-hidden="true"
            ref={chooser}
            onChange={({ currentTarget }) => {
              onFile(currentTarget.files?.[0])
              currentTarget.value = ''
            }}
          />
          <button onClick={() => chooser.current?.click()}>{words.lab.choose}</button>
          {text.value === '' && file.value === null ? (
            <button onClick={() => (text.value = exampleText())}>{words.lab.example}</button>
          ) : (
            <button onClick={clear}>{words.lab.clear}</button>
          )}
        </div>
      </header>
      {file.value === null ? <Typed text={text} file={file} /> : <Chosen source={file.value} />}
    </section>
  )
}

function Typed({ text, file }: Omit<InputProps, 'onFile'>) {
  const paste = (event: ClipboardEvent): void => {
    const pasted = event.clipboardData?.getData('text/plain') ?? ''
    if (pasted.length <= longestTyped) return
    event.preventDefault()
    file.value = sourceOfText(pasted, words.lab.pasted)
  }
  return (
    // A checker of spelling may send what it checks to its maker.
    <textarea
      aria-labelledby="lab-input"
      rows={10}
      spellcheck={false}
      autocomplete="off"
      autocapitalize="off"
      translate={false}
      placeholder={words.lab.placeholder}
      value={text.value}
      onInput={({ currentTarget }) => (text.value = currentTarget.value)}
      onPaste={paste}
    />
  )
}

function Chosen({ source: { name, size, encoding } }: { source: Source }) {
  return (
    <p class="chosen">
      <b>
        <Foreign text={name ?? words.lab.pasted} />
      </b>{' '}
      <span class="quiet">
        {words.card.bytes(size)}, {words.lab.encodings[encoding]}
      </span>
    </p>
  )
}
