// Redacts a source in slices, and gives the output in pieces, so that what was masked can stand out.
import type { Confidence, Finding } from '#redaction'
import { Places, type Place } from './lab-places.ts'
import type { Source } from './lab-source.ts'

export interface LabOptions {
  readonly threshold: Confidence
  readonly pii: boolean
}

/** A stretch of the output: text as it was, or a placeholder. */
export interface Piece {
  readonly text: string
  readonly isMasked: boolean
}

export interface LabFinding extends Place {
  readonly detector: string
  readonly confidence: Confidence
}

export interface LabResult {
  readonly pieces: readonly Piece[]
  readonly findings: readonly LabFinding[]
  /** All findings; the list holds the first ones. */
  readonly count: number
  /** Bytes of the output. */
  readonly size: number
  /** The whole output, also of what is too long to be shown. */
  readonly output: Blob
  /** The pieces are not all of it. */
  readonly isCut: boolean
}

/** More is not shown: as much text would freeze the page. In characters. */
const mostShown = 400_000
const mostFindings = 500

let engine: Promise<typeof import('./lab-engine.ts')> | undefined

/** Loads the engine, once. */
export function loadEngine(): Promise<typeof import('./lab-engine.ts')> {
  return (engine ??= import('./lab-engine.ts'))
}

/**
 * @param signal Ends the run: the result is null then.
 * @param onProgress Told how many bytes are done.
 */
export async function redactSource(
  source: Source,
  options: LabOptions,
  signal: AbortSignal,
  onProgress: (done: number) => void,
): Promise<LabResult | null> {
  const { StreamRedactor } = await loadEngine()
  const run = new Run()
  const redactor = new StreamRedactor({
    ...options,
    onReplaced: (replaced) => run.replaced(replaced, replaced.placeholder),
  })
  let done = 0
  for await (const slice of source.slices()) {
    if (signal.aborted) return null
    run.places.add(slice)
    run.take(redactor.push(slice))
    done += slice.length
    onProgress(done)
    await turn()
  }
  if (signal.aborted) return null
  run.take(redactor.finish())
  return run.result()
}

/** What has come out of one run so far. */
class Run {
  readonly places = new Places()
  readonly #pieces: Piece[] = []
  readonly #findings: LabFinding[] = []
  readonly #parts: Uint8Array<ArrayBuffer>[] = []
  readonly #decoder = new TextDecoder()
  /** Placeholders that were told and did not come yet. */
  readonly #due: string[] = []
  #count = 0
  #shown = 0

  replaced({ start, detector, confidence }: Finding, placeholder: string): void {
    if (this.#shown < mostShown) this.#due.push(placeholder)
    this.#count++
    if (this.#findings.length < mostFindings)
      this.#findings.push({ ...this.places.placeOf(start), detector, confidence })
  }

  take(parts: readonly Uint8Array[]): void {
    for (const part of parts) {
      this.#parts.push(new Uint8Array(part))
      if (this.#shown < mostShown) this.#show(this.#decoder.decode(part, { stream: true }))
    }
  }

  result(): LabResult {
    const output = new Blob(this.#parts, { type: 'text/plain' })
    return {
      pieces: this.#pieces,
      findings: this.#findings,
      count: this.#count,
      size: output.size,
      output,
      isCut: this.#shown >= mostShown,
    }
  }

  /** A placeholder comes as a part of its own. */
  #show(text: string): void {
    const isMasked = text !== '' && text === this.#due[0]
    if (isMasked) this.#due.shift()
    const left = mostShown - this.#shown
    this.#shown += text.length
    this.#pieces.push({ text: isMasked ? text : text.slice(0, left), isMasked })
  }
}

/** Lets the page draw and hear keys. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => resolve(), { once: true })
    port1.start()
    port2.postMessage(null)
  })
}
