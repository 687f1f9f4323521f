// The literals that make a place worth a look, with what is known of them, and which of them may stand at a place.
import { utf8 } from '#base'
import type { Detector, Structure } from './detector.ts'
import { parseForm, parseRun, type Form, type Run } from './form.ts'
import { fold } from './text.ts'

/** What must follow an anchor, as far as it is cheap to tell; see opening.ts. */
export type Follow = 'run' | 'header' | 'setting' | 'url' | 'any'

export interface Anchor {
  readonly literal: Uint8Array
  readonly detector: Detector
  readonly form: Form
  readonly before: Run | null
  readonly follow: Follow
  /** It begins the secret, and so must begin a word. */
  readonly beginsWord: boolean
}

/** Structures that judge by the place: what they find may hold a token that says more. */
const contextual: ReadonlySet<Structure> = new Set(['authorization', 'bearer', 'url', 'assignment'])

const follows: Readonly<Partial<Record<Structure, Follow>>> = {
  authorization: 'header',
  assignment: 'setting',
  url: 'url',
  pem: 'any',
}

/** True if what an anchor finds, it finds by its place and not by its form. */
export function isContextual({ structure = 'token' }: Detector): boolean {
  return contextual.has(structure)
}

/** Whether a secret may begin with the beginning of an anchor: 0 no, 1 where a word begins, 2 anywhere. */
export type Hold = 0 | 1 | 2

/** One character a byte; `folded` in lower case. */
export interface Prefixes {
  readonly exact: ReadonlyMap<string, Hold>
  readonly folded: ReadonlyMap<string, Hold>
}

/** An anchor as its row has it; what is made of it waits until somebody asks: most are never met. */
class Row {
  readonly text: string
  readonly detector: Detector
  #anchor: Anchor | undefined

  constructor(text: string, detector: Detector) {
    this.text = text
    this.detector = detector
  }

  get anchor(): Anchor {
    return (this.#anchor ??= anchorOf(this.text, this.detector))
  }
}

/** The anchors of some detectors. */
export class AnchorSet {
  /** Length of the longest. */
  readonly longest: number
  readonly #rows: readonly Row[]
  /** For each pair of bytes 0, or the index in `#groups` of the anchors that begin with it. */
  readonly #groupOf = new Uint16Array(65_536)
  /** Longer anchors say more: `sk-ant-` is asked before `sk-`. */
  readonly #groups: Row[][] = [[]]
  /** The same, as far as they were asked for. */
  readonly #asked: (readonly Anchor[] | undefined)[] = [[]]
  /** Made as they are asked for. */
  readonly #byThird = new Map<number, readonly Anchor[]>()
  #prefixes: Prefixes | undefined
  #withBefore: readonly Anchor[] | undefined

  constructor(detectors: readonly Detector[]) {
    this.#rows = detectors.flatMap((detector) => detector.anchors.map((text) => new Row(text, detector)))
    this.longest = this.#rows.reduce((most, { text }) => Math.max(most, text.length), 0)
    for (const row of this.#rows) this.#enter(row)
  }

  get all(): readonly Anchor[] {
    return this.#rows.map(({ anchor }) => anchor)
  }

  /** Anchors that begin with the pair of bytes, the longest first. */
  of(first: number, second: number): readonly Anchor[] {
    const group = this.#groupOf[(first << 8) | second]!
    return this.#asked[group] ?? this.#make(group)
  }

  /** Those that may stand where a text goes on with `third`; all of `of` if that is no byte. */
  at(first: number, second: number, third: number): readonly Anchor[] {
    const group = this.#groupOf[(first << 8) | second]!
    const anchors = this.of(first, second)
    if (anchors.length < 2 || third < 0 || third > 255) return anchors
    const key = (group << 8) | third
    let known = this.#byThird.get(key)
    if (known === undefined) {
      known = anchors.filter((anchor) => mayGoOn(anchor, third))
      this.#byThird.set(key, known)
    }
    return known
  }

  /** For each pair of bytes 0 if no anchor begins with it. */
  get pairs(): Uint16Array {
    return this.#groupOf
  }

  /** Beginnings of the anchors, the whole not among them, and whether a stream must hold them back. */
  get prefixes(): Prefixes {
    this.#prefixes ??= {
      exact: prefixesOf(this.#rows.filter(({ detector }) => detector.isFolded !== true)),
      folded: prefixesOf(this.#rows.filter(({ detector }) => detector.isFolded === true)),
    }
    return this.#prefixes
  }

  /** Anchors before which a part of the secret stands. */
  get withBefore(): readonly Anchor[] {
    this.#withBefore ??= this.#rows
      .filter(({ detector }) => detector.before !== undefined)
      .map(({ anchor }) => anchor)
    return this.#withBefore
  }

  #enter(row: Row): void {
    for (const pair of pairsOf(row)) {
      if (this.#groupOf[pair] === 0) this.#groupOf[pair] = this.#groups.push([]) - 1
      this.#groups[this.#groupOf[pair]!]!.push(row)
    }
  }

  #make(group: number): readonly Anchor[] {
    const rows = this.#groups[group]!.toSorted((a, b) => b.text.length - a.text.length)
    return (this.#asked[group] = rows.map(({ anchor }) => anchor))
  }
}

function mayGoOn({ literal, detector }: Anchor, third: number): boolean {
  return literal.length < 3 || literal[2] === (detector.isFolded === true ? fold(third) : third)
}

function anchorOf(text: string, detector: Detector): Anchor {
  return {
    literal: utf8(text),
    detector,
    form: parseForm(detector.form),
    before: detector.before === undefined ? null : parseRun(detector.before),
    follow: follows[detector.structure ?? 'token'] ?? 'run',
    beginsWord: beginsWord(detector),
  }
}

function beginsWord(detector: Detector): boolean {
  return (
    detector.before === undefined &&
    !isContextual(detector) &&
    detector.keepsAnchor !== true &&
    detector.structure !== 'pem'
  )
}

/** A secret may begin with it: nowhere, only where a word begins, anywhere. */
function holdOf(detector: Detector): Hold {
  if (isContextual(detector) || detector.keepsAnchor === true || detector.before !== undefined) return 0
  return beginsWord(detector) ? 1 : 2
}

function prefixesOf(rows: readonly Row[]): Map<string, Hold> {
  const prefixes = new Map<string, Hold>()
  for (const { text, detector } of rows) {
    const hold = holdOf(detector)
    for (let length = 1; length < text.length; length++) {
      const prefix = text.slice(0, length)
      if (hold >= (prefixes.get(prefix) ?? 0)) prefixes.set(prefix, hold)
    }
  }
  return prefixes
}

function pairsOf({ text, detector }: Row): number[] {
  const [first, second] = [text.charCodeAt(0), text.charCodeAt(1)]
  if (detector.isFolded !== true) return [(first << 8) | second]
  return casesOf(first).flatMap((a) => casesOf(second).map((b) => (a << 8) | b))
}

function casesOf(byte: number): number[] {
  const capital = byte & ~0x20
  return fold(capital) === byte && capital !== byte ? [byte, capital] : [byte]
}
