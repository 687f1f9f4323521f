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

/** The anchors of some detectors. */
export class AnchorSet {
  readonly all: readonly Anchor[]
  /** For each pair of bytes 0, or the index in `#groups` of the anchors that begin with it. */
  readonly #groupOf = new Uint16Array(65_536)
  readonly #groups: Anchor[][] = [[]]
  readonly #longest: number
  #prefixes: Prefixes | undefined
  #withBefore: readonly Anchor[] | undefined

  constructor(detectors: readonly Detector[]) {
    this.all = detectors.flatMap(anchorsOf)
    this.#longest = Math.max(...this.all.map(({ literal }) => literal.length))
    for (const anchor of this.all) this.#enter(anchor)
    // Longer anchors say more: `sk-ant-` is asked before `sk-`.
    for (const group of this.#groups) group.sort((a, b) => b.literal.length - a.literal.length)
  }

  /** Anchors that begin with the pair of bytes, the longest first. */
  of(first: number, second: number): readonly Anchor[] {
    return this.#groups[this.#groupOf[(first << 8) | second]!]!
  }

  /** For each pair of bytes 0 if no anchor begins with it. */
  get pairs(): Uint16Array {
    return this.#groupOf
  }

  /** Beginnings of the anchors, the whole not among them, and whether a stream must hold them back. */
  get prefixes(): Prefixes {
    this.#prefixes ??= {
      exact: prefixesOf(this.all.filter(({ detector }) => detector.isFolded !== true)),
      folded: prefixesOf(this.all.filter(({ detector }) => detector.isFolded === true)),
    }
    return this.#prefixes
  }

  /** Anchors before which a part of the secret stands. */
  get withBefore(): readonly Anchor[] {
    this.#withBefore ??= this.all.filter(({ before }) => before !== null)
    return this.#withBefore
  }

  /** Length of the longest anchor. */
  get longest(): number {
    return this.#longest
  }

  #enter(anchor: Anchor): void {
    for (const pair of pairsOf(anchor)) {
      if (this.#groupOf[pair] === 0) this.#groupOf[pair] = this.#groups.push([]) - 1
      this.#groups[this.#groupOf[pair]!]!.push(anchor)
    }
  }
}

function anchorsOf(detector: Detector): Anchor[] {
  const { structure = 'token' } = detector
  const form = parseForm(detector.form)
  const before = detector.before === undefined ? null : parseRun(detector.before)
  const follow = follows[structure] ?? 'run'
  const beginsWord =
    before === null && !isContextual(detector) && detector.keepsAnchor !== true && structure !== 'pem'
  return detector.anchors.map((text) => ({
    literal: utf8(text),
    detector,
    form,
    before,
    follow,
    beginsWord,
  }))
}

/** A secret may begin with it: nowhere, only where a word begins, anywhere. */
function holdOf({ detector, beginsWord, before }: Anchor): Hold {
  if (isContextual(detector) || detector.keepsAnchor === true || before !== null) return 0
  return beginsWord ? 1 : 2
}

function prefixesOf(anchors: readonly Anchor[]): Map<string, Hold> {
  const prefixes = new Map<string, Hold>()
  for (const anchor of anchors) {
    const text = String.fromCharCode(...anchor.literal)
    const hold = holdOf(anchor)
    for (let length = 1; length < text.length; length++) {
      const prefix = text.slice(0, length)
      if (hold >= (prefixes.get(prefix) ?? 0)) prefixes.set(prefix, hold)
    }
  }
  return prefixes
}

function pairsOf({ literal, detector }: Anchor): number[] {
  const [first, second] = [literal[0]!, literal[1]!]
  if (detector.isFolded !== true) return [(first << 8) | second]
  return casesOf(first).flatMap((a) => casesOf(second).map((b) => (a << 8) | b))
}

function casesOf(byte: number): number[] {
  const capital = byte & ~0x20
  return fold(capital) === byte && capital !== byte ? [byte, capital] : [byte]
}
