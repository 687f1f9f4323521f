// Masks the streamed answers of model interfaces: a secret is masked however the model and the network cut it.
import { utf8 } from '#base'
import { Channels, type Carrier } from './channels.ts'
import { readingOf, type Piece, type Reading } from './dialects.ts'
import { edited, ordered, takenBack, type Edit } from './edits.ts'
import type { RedactOptions, Replacement } from './finding.ts'
import { dataOf, FrameReader, isData, styleOf, withData, type FieldLine, type Frame } from './frames.ts'
import { redact } from './redact.ts'
import { readSpans, type Leaf, type Node } from './spans.ts'
import { transformOf } from './transform.ts'
import { unredacted } from './unredacted.ts'

/** What is masked, and how large the parts of a stream may be. */
export interface EventOptions extends RedactOptions {
  /** Bytes of one event; a longer one is dropped. Default 8 MiB. */
  readonly longestEvent?: number
}

/** Texts that come at the same time: choices, tool calls, blocks. */
const mostChannels = 256
/** Pieces of texts, and ends of them, in one event. */
const mostParts = 1024
/** Characters of an event around the text that it carries, to be said again with what was held back. */
const longestTemplate = 65_536
/** The beginning of every channel's name. */
const every = ''
const endMark = '[DONE]'

/**
 * A transform of the Server-Sent Events, or lines of JSON, of a model's interface: OpenAI's chat completions and
 * responses, Anthropic's messages, Gemini's and Ollama's, and whatever is spelled like one of them. The pieces of each
 * text (a choice, a tool call's arguments, a block) make together what `redact` makes of the whole text. What may still
 * become a secret is left out of its event and comes with a later one, or with one of our own before the text ends.
 * Events that repeat a whole text say the same as its pieces. All other data is masked event by event. Where nothing is
 * found, an event leaves byte for byte as it came.
 *
 * What cannot be read safely (an event that is too long, nested too deep, names one member twice, or begins one text too
 * many) is dropped, and a comment, or an `error` line among lines of JSON, says so.
 */
export function redactEvents(options: EventOptions = {}): TransformStream<Uint8Array, Uint8Array> {
  return transformOf(new EventRedactor(options))
}

/** The synchronous form of `redactEvents`. */
export class EventRedactor {
  readonly #options: RedactOptions
  readonly #frames: FrameReader
  readonly #channels: Channels
  #dropped = 0
  #isRecords = false

  constructor({ longestEvent = 8 * 1024 * 1024, ...options }: EventOptions = {}) {
    this.#options = options
    this.#frames = new FrameReader(longestEvent)
    this.#channels = new Channels(options, mostChannels)
  }

  /** Events that were dropped so far. */
  get dropped(): number {
    return this.#dropped
  }

  /** Takes the next bytes, attacker-controlled, and gives what is settled, in order. Never throws on data. */
  push(chunk: Uint8Array): Uint8Array[] {
    return this.#frames.push(chunk).flatMap((frame) => this.#guarded(() => this.#frame(frame)))
  }

  /** Takes the end of the stream and gives the rest, with what was held of each text. */
  finish(): Uint8Array[] {
    const last = this.#frames.finish().flatMap((frame) => this.#guarded(() => this.#frame(frame)))
    const held = this.#guarded(() => this.#channels.close(every))
    const ending = held.length > 0 && last.length > 0 ? [utf8(this.#isRecords ? '\n' : '\n\n')] : []
    return [...last, ...ending, ...held]
  }

  /** A fault of our own costs the event and what is held, but lets nothing out. */
  #guarded(work: () => Uint8Array[] | null): Uint8Array[] {
    try {
      return work() ?? this.#drop()
    } catch {
      this.#channels.clear()
      return this.#drop()
    }
  }

  #drop(): Uint8Array[] {
    this.#dropped++
    return [
      utf8(
        this.#isRecords
          ? `${JSON.stringify({ error: unredacted.dropped })}\n`
          : `: ${unredacted.dropped}\n\n`,
      ),
    ]
  }

  /** Null stands for what must be dropped, here and below. */
  #frame(frame: Frame | null): Uint8Array[] | null {
    if (frame === null) return null
    const data = dataOf(frame)
    if (data === null) return frame.lines.map((line) => this.#line(line))
    this.#isRecords = styleOf(frame).isRecord
    const root = readSpans(data)
    if (root === 'refused') return null
    if (root !== 'foreign') return this.#json(frame, data, readingOf(root))
    const held = data.trim() === endMark ? this.#channels.close(every) : []
    return [...held, ...this.#written(frame, data, redact(data, this.#options).text)]
  }

  #json(frame: Frame, data: string, reading: Reading): Uint8Array[] | null {
    if (reading.pieces.length + reading.ends.length > mostParts) return null
    const around = this.#around(data, reading)
    const texts = around && this.#texts(reading, carriers(frame, { data, reading, around }))
    if (around === null || texts === null) return null
    const held = reading.ends.flatMap((beginning) => this.#channels.close(beginning))
    const echoes = texts.length > 0 ? reading.echoes.map(emptied) : []
    const edits = ordered([...around, ...texts, ...echoes])
    return edits && [...held, ...this.#written(frame, data, edited(data, edits))]
  }

  /** Masks all but the texts, as if they were empty. */
  #around(data: string, { pieces, wholes }: Reading): readonly Edit[] | null {
    const texts = ordered([...pieces.map(({ node }) => node), ...wholes].map(blank))
    if (texts === null) return null
    const skeleton = edited(data, texts)
    const found: Edit[] = []
    const onReplaced = (replacement: Replacement): void => {
      const { start, end, placeholder } = replacement
      found.push({ start, end, text: placeholder })
      this.#options.onReplaced?.(replacement)
    }
    redact(skeleton, { ...this.#options, onReplaced })
    return takenBack(found, texts)
  }

  /** Gives each piece to its channel, and masks what is whole. */
  #texts({ pieces, wholes, ends }: Reading, carrierOf: (piece: Piece) => Carrier | null): Edit[] | null {
    const lasts = new Map(pieces.map((piece) => [piece.channel, piece]))
    const edits = wholes.flatMap((leaf) => changed(leaf, redact(leaf.value, this.#options).text))
    for (const piece of pieces) {
      const channel = this.#channels.open(piece.channel)
      if (channel === null) return null
      let text = channel.push(piece.node.value)
      if (lasts.get(piece.channel) === piece) {
        const isOver = ends.some((beginning) => piece.channel.startsWith(beginning))
        if (isOver) text += this.#channels.finish(piece.channel)
        else channel.carrier = carrierOf(piece)
      }
      edits.push(...changed(piece.node, text))
    }
    return edits
  }

  #written(frame: Frame, data: string, masked: string): Uint8Array[] {
    const line = (line: FieldLine): Uint8Array => this.#line(line)
    if (masked !== data) return withData(frame, masked, line)
    return frame.lines.map((one) => (isData(one) ? one.raw : line(one)))
  }

  #line({ raw, head, value, ending }: FieldLine): Uint8Array {
    const line = head + value
    if (line === '') return raw
    const { text } = redact(line, this.#options)
    return text === line ? raw : utf8(text + ending)
  }
}

/** What an event becomes when it is said again with another piece of one of its texts, and nothing else that counts. */
function carriers(
  frame: Frame,
  { data, reading, around }: { data: string; reading: Reading; around: readonly Edit[] },
): (piece: Piece) => Carrier | null {
  const style = styleOf(frame)
  const name = frame.lines.find((line) => line.name === 'event')?.value ?? null
  const texts = [...reading.pieces.map(({ node }) => node), ...reading.wholes].map(blank)
  const edits = ordered([...around, ...texts, ...reading.echoes.map(emptied), ...reading.once.map(nulled)])
  const isShort = edits !== null && edited(data, edits).length <= longestTemplate
  return ({ node, next }) => {
    if (next !== undefined) return { style, template: next }
    if (!isShort) return null
    const around = { before: edited(data, edits, 0, node.start), after: edited(data, edits, node.end) }
    return { style, template: { name, ...around } }
  }
}

function changed({ value, start, end }: Leaf, text: string): Edit[] {
  return text === value ? [] : [{ start, end, text: JSON.stringify(text) }]
}

function blank({ start, end }: Node): Edit {
  return { start, end, text: '""' }
}

function emptied({ kind, start, end }: Node): Edit {
  return { start, end, text: kind === 'list' ? '[]' : 'null' }
}

function nulled({ start, end }: Node): Edit {
  return { start, end, text: 'null' }
}
