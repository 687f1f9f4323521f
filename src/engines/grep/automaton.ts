// Walks over bytes with one look into a table for each; the table is filled only as far as the text needs it.
import type { Node, Program } from './program.ts'
import { holds, wordCharacters } from './ranges.ts'
import { lineFeed, type Place, tooComplex } from './syntax.ts'

const mostStates = 4096
/** Nodes to look at while the table is filled: some tens of milliseconds. */
const mostWork = 4_000_000

/** Bytes of a character after its first. @see RFC 3629 */
const continuation = [0x80, 0xbf] as const

/** In the table: not known yet. */
const unknown = 0
/** In the table: the line matches, whatever comes after. */
const matched = 1

/** All the nodes where the machine may be after what was read of a line. */
interface State {
  /** Each has a step, a place or the match. */
  readonly nodes: readonly number[]
  readonly isLineStart: boolean
  readonly isAfterWord: boolean
}

/** What lies on both sides of a place. */
type Surroundings = Readonly<Record<Place, boolean>>

/**
 * Tells whether a line matches, in one pass. A state's row in the table has one column for each class of bytes that no
 * part of the pattern tells apart, and holds where the row of the next state begins.
 */
export class Automaton {
  readonly #program: Program
  readonly #classOf: Uint8Array
  /** One byte of each class. */
  readonly #samples: readonly number[]
  readonly #table: Int32Array
  readonly #states: (State | null)[] = [null, null]
  readonly #rows = new Map<string, number>()
  readonly #start: number
  /** Marks nodes that were added already, by the round that added them. */
  readonly #seen: Uint32Array
  #round = 0
  #work = 0

  constructor(program: Program) {
    this.#program = program
    const { classOf, samples } = classify(program)
    this.#classOf = classOf
    this.#samples = samples
    this.#table = new Int32Array(mostStates * samples.length)
    this.#seen = new Uint32Array(program.nodes.length)
    this.#start = this.#rowOf({
      nodes: this.#closure([program.start], null),
      isLineStart: true,
      isAfterWord: false,
    })
  }

  /**
   * Walks over lines until it knows of one that it matches.
   * @param from Where a line begins.
   * @param until Where a line ends: its line feed, or the end of the bytes.
   * @returns Offset of the byte, in that line or at its end, at which it was known; -1 if no line matches.
   * @throws Fault `pattern-too-complex` where the text leads to more states than there is room for.
   */
  walk(bytes: Uint8Array, from: number, until: number): number {
    const table = this.#table
    const classOf = this.#classOf
    let row = this.#start
    for (let at = from; at < until; at++) {
      const byteClass = classOf[bytes[at]!]!
      let next = table[row + byteClass]!
      if (next <= matched) {
        if (next === unknown) next = this.#fill(row, byteClass)
        if (next === matched) return at
      }
      row = next
    }
    const atEnd = classOf[lineFeed]!
    const last = table[row + atEnd]! || this.#fill(row, atEnd)
    return last === matched ? until : -1
  }

  #fill(row: number, byteClass: number): number {
    const width = this.#samples.length
    const next = this.#next(this.#states[row / width]!, this.#samples[byteClass]!)
    this.#table[row + byteClass] = next
    return next
  }

  #next(state: State, byte: number): number {
    const isWord = isWordByte(byte)
    const nodes = this.#closure(state.nodes, {
      'line-start': state.isLineStart,
      'line-end': byte === lineFeed,
      'word-edge': state.isAfterWord !== isWord,
      'no-word-edge': state.isAfterWord === isWord && !isWithinCharacter(byte),
    })
    if (nodes.some((node) => this.#program.nodes[node]!.kind === 'match')) return matched
    if (byte === lineFeed) return this.#start
    // A match may begin after any byte.
    const after = this.#closure([...this.#after(nodes, byte), this.#program.start], null)
    return this.#rowOf({
      nodes: after,
      isLineStart: false,
      isAfterWord: isWord && this.#program.hasWordPlaces,
    })
  }

  #after(nodes: readonly number[], byte: number): number[] {
    const found: number[] = []
    for (const node of nodes) {
      for (const { low, high, next } of arcsOf(this.#program.nodes[node]!)) {
        if (low <= byte && byte <= high) found.push(next)
      }
    }
    return found
  }

  /** Goes on without a byte, through places only where their surroundings are known. */
  #closure(from: readonly number[], around: Surroundings | null): number[] {
    this.#round++
    const found: number[] = []
    const open = [...from]
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (this.#seen[node] === this.#round) continue
      this.#seen[node] = this.#round
      const there = this.#program.nodes[node]!
      this.#spend(there)
      if (there.kind === 'fork') open.push(...there.next)
      else if (there.kind !== 'place' || around === null) found.push(node)
      else if (around[there.place]) open.push(there.next)
    }
    return found
  }

  #spend(node: Node): void {
    this.#work += 1 + arcsOf(node).length
    if (this.#work > mostWork) throw tooComplex('too much work for this text; make its counts smaller')
  }

  #rowOf(state: State): number {
    const nodes = state.nodes.toSorted((a, b) => a - b)
    const key = `${nodes.join()} ${Number(state.isLineStart)}${Number(state.isAfterWord)}`
    const known = this.#rows.get(key)
    if (known !== undefined) return known
    if (this.#states.length >= mostStates) {
      throw tooComplex('too many states for this text; make its counts smaller, or its classes narrower')
    }
    const row = this.#states.length * this.#samples.length
    this.#states.push({ ...state, nodes })
    this.#rows.set(key, row)
    return row
  }
}

function arcsOf(node: Node): Extract<Node, { kind: 'step' }>['arcs'] {
  return node.kind === 'step' ? node.arcs : []
}

/** Gives bytes that no arc and no place of the program tells apart the same number. */
function classify({ nodes, hasWordPlaces }: Program): { classOf: Uint8Array; samples: number[] } {
  const arcs = nodes.flatMap(arcsOf).map(({ low, high }) => [low, high] as const)
  const words = hasWordPlaces ? [...wordCharacters, continuation] : []
  const cuts = new Set(
    [...arcs, ...words, [lineFeed, lineFeed] as const].flatMap(([low, high]) => [low, high + 1]),
  )
  const classOf = new Uint8Array(256)
  const samples = [0]
  for (let byte = 1; byte < 256; byte++) {
    if (cuts.has(byte)) samples.push(byte)
    classOf[byte] = samples.length - 1
  }
  return { classOf, samples }
}

/** There is no place between the bytes of one character. */
function isWithinCharacter(byte: number): boolean {
  return holds([continuation], byte)
}

function isWordByte(byte: number): boolean {
  return holds(wordCharacters, byte)
}
