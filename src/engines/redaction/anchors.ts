// The literals that make a place worth a look, with what is known of them, and which of them may stand at a place.
import { utf8 } from '#base'
import type { Detector, Structure } from './detector.ts'
import { parseForm, parseRun, type Form, type Run } from './form.ts'
import { fold } from './text.ts'

/** What must follow an anchor, as far as it is cheap to tell; see opening.ts. */
export type Follow = 'run' | 'key' | 'url' | 'any'

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
  authorization: 'key',
  assignment: 'key',
  url: 'url',
  pem: 'any',
}

/** True if what an anchor finds, it finds by its place and not by its form. */
export function isContextual({ structure = 'token' }: Detector): boolean {
  return contextual.has(structure)
}

/** The anchors of some detectors. */
export class AnchorSet {
  readonly all: readonly Anchor[]
  /** For each pair of bytes 0, or the index in `#groups` of the anchors that begin with it. */
  readonly #groupOf = new Uint16Array(65_536)
  readonly #groups: Anchor[][] = [[]]
  readonly #longest: number
  #prefixes: ReadonlyMap<string, boolean> | undefined
  #foldedPrefixes: ReadonlySet<string> | undefined
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

  /**
   * Beginnings of the anchors that begin a secret, one character a byte, the whole not among them; lower case where
   * folded. True where each of them counts only at the beginning of a word.
   */
  get prefixes(): ReadonlyMap<string, boolean> {
    this.#prefixes ??= prefixesOf(this.all.filter(isHeld))
    return this.#prefixes
  }

  /** Beginnings of all anchors, in lower case. */
  get foldedPrefixes(): ReadonlySet<string> {
    this.#foldedPrefixes ??= new Set(
      Array.from(prefixesOf(this.all).keys(), (prefix) => prefix.toLowerCase()),
    )
    return this.#foldedPrefixes
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

/** What a stream must hold back when it ends in the beginning of it. */
function isHeld({ detector, before }: Anchor): boolean {
  return !isContextual(detector) && detector.keepsAnchor !== true && before === null
}

function prefixesOf(anchors: readonly Anchor[]): Map<string, boolean> {
  const prefixes = new Map<string, boolean>()
  for (const { literal, beginsWord } of anchors) {
    const text = String.fromCharCode(...literal)
    for (let length = 1; length < text.length; length++) {
      const prefix = text.slice(0, length)
      prefixes.set(prefix, beginsWord && prefixes.get(prefix) !== false)
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
