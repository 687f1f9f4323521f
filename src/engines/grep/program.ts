// Turns a parsed pattern into a machine that walks over bytes. @see Thompson, Regular Expression Search Algorithm, 1968
import { assertNever } from '#base'
import { type CharacterRange, type Place, type Syntax, tooComplex } from './syntax.ts'
import { byteSequences, type ByteRange } from './utf8.ts'

/** One way on from a node: by one byte of a range. */
interface Arc {
  readonly low: number
  readonly high: number
  readonly next: number
}

export type Node =
  | { readonly kind: 'step'; readonly arcs: readonly Arc[] }
  /** Goes on at all of these, without a byte. */
  | { readonly kind: 'fork'; readonly next: readonly number[] }
  /** Goes on only at such a place. */
  | { readonly kind: 'place'; readonly place: Place; readonly next: number }
  | { readonly kind: 'match' }

export interface Program {
  readonly nodes: readonly Node[]
  readonly start: number
  /** Whether any place depends on the characters beside it being of a word. */
  readonly hasWordPlaces: boolean
}

const mostNodes = 20_000
/** Parts to put in place, each as often as it is repeated: one that is empty adds no node. */
const mostParts = 100_000

/** @throws Fault `pattern-too-complex` where counts or classes make it too large. */
export function assemble(syntax: Syntax): Program {
  return new Assembler().assemble(syntax)
}

/** Works from the end: each part is told where the pattern goes on after it. */
class Assembler {
  readonly #nodes: Node[] = []
  #hasWordPlaces = false
  #parts = 0

  assemble(syntax: Syntax): Program {
    const start = this.#emit(syntax, this.#add({ kind: 'match' }))
    return { nodes: this.#nodes, start, hasWordPlaces: this.#hasWordPlaces }
  }

  #add(node: Node): number {
    if (this.#nodes.length >= mostNodes) throw tooComplex('too many steps; make its counts smaller')
    return this.#nodes.push(node) - 1
  }

  #emit(syntax: Syntax, next: number): number {
    if (++this.#parts > mostParts) throw tooComplex('too many repetitions; make its counts smaller')
    switch (syntax.kind) {
      case 'set':
        return this.#set(syntax.ranges, next)
      case 'place':
        return this.#place(syntax.place, next)
      case 'sequence':
        return syntax.parts.reduceRight((after, part) => this.#emit(part, after), next)
      case 'either':
        return this.#add({ kind: 'fork', next: syntax.options.map((option) => this.#emit(option, next)) })
      case 'repeat':
        return this.#repeat(syntax, next)
      default:
        return assertNever(syntax)
    }
  }

  #place(place: Place, next: number): number {
    if (place === 'word-edge' || place === 'no-word-edge') this.#hasWordPlaces = true
    return this.#add({ kind: 'place', place, next })
  }

  #repeat({ of, least, most }: Extract<Syntax, { kind: 'repeat' }>, next: number): number {
    let entry = most === null ? this.#loop(of, next) : next
    for (let more = least; more < (most ?? least); more++) {
      entry = this.#add({ kind: 'fork', next: [this.#emit(of, entry), next] })
    }
    for (let copy = 0; copy < least; copy++) entry = this.#emit(of, entry)
    return entry
  }

  #loop(of: Syntax, next: number): number {
    const ways: number[] = [next]
    const loop = this.#add({ kind: 'fork', next: ways })
    ways.push(this.#emit(of, loop))
    return loop
  }

  #set(ranges: readonly CharacterRange[], next: number): number {
    const tails = new Map<string, number>()
    const arcs = ranges
      .flatMap(byteSequences)
      .map(([lead, ...tail]) => arc(lead!, this.#tail(tail, next, tails)))
    return this.#add({ kind: 'step', arcs })
  }

  /** The bytes after the first; sequences that end alike share them. */
  #tail(tail: readonly ByteRange[], next: number, tails: Map<string, number>): number {
    return tail.reduceRight((after, range) => {
      const key = `${range.join()} ${after}`
      const node = tails.get(key) ?? this.#add({ kind: 'step', arcs: [arc(range, after)] })
      tails.set(key, node)
      return node
    }, next)
  }
}

function arc([low, high]: ByteRange, next: number): Arc {
  return { low, high, next }
}
