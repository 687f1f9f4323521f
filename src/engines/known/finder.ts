// Finds known secrets in bytes: keyed hashes say where one may stand, its HMAC whether it does.
import { utf8 } from '#base'
import { groupsOf, type Group } from './groups.ts'
import { horizonOf } from './horizon.ts'
import { isForm } from './mac.ts'
import type { Prober } from './prober.ts'
import type { Form, Table } from './table.ts'

/** Where a known secret stands, or a piece of a long one. */
interface Occurrence {
  readonly start: number
  /** One past the last byte. */
  readonly end: number
  /** The secret's name. */
  readonly name: string
}

/** What a look at some bytes gave. */
export interface Occurrences {
  /** In no order; they may overlap. */
  readonly found: readonly Occurrence[]
  /** All that start before it are found; Infinity if nothing can follow. */
  readonly until: number
}

/** One character, two of padding. */
const longestTail = 3
const padding = 0x3d

const base64any = new Uint8Array(256)
for (const byte of utf8('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_'))
  base64any[byte] = 1

export class Finder {
  readonly #table: Table
  readonly #groups: readonly Group[]
  readonly #prober: Prober

  constructor(table: Table, proberOf: (table: Table, groups: readonly Group[]) => Prober) {
    this.#table = table
    this.#groups = groupsOf(table.forms)
    this.#prober = proberOf(table, this.#groups)
  }

  /** As `KnownSecrets.find`. The ranges of successive calls do not overlap, so that each occurrence is found once. */
  find(bytes: Uint8Array, from: number, isFinal: boolean): Occurrences {
    const all: Occurrence[] = []
    const confirmed = new Map<Form, number>()
    let open = isFinal ? Infinity : horizonOf(bytes, this.#groups)
    this.#prober.probe(bytes, from, isFinal, (at, index) => {
      const form = this.#table.forms[index]!
      const start = startOf(bytes, at, form)
      if (start < from) return
      const isWhole = at + form.length <= bytes.length
      if (isWhole && !this.#isThere(bytes, at, form, confirmed)) return
      if (!isFinal && at + form.length + form.tail * longestTail > bytes.length) open = Math.min(open, start)
      else all.push({ start, end: endOf(bytes, at, form), name: this.#table.names[form.name] ?? '' })
    })
    const until = Math.max(from, open)
    return { found: all.filter(({ start }) => start < until), until }
  }

  /** @param confirmed Where each form was found last: a text that repeats it costs no second HMAC. */
  #isThere(bytes: Uint8Array, at: number, form: Form, confirmed: Map<Form, number>): boolean {
    const last = confirmed.get(form)
    const isThere =
      (last !== undefined && isRepeated(bytes, last, at, form.length)) ||
      isForm(this.#table.key, bytes.subarray(at, at + form.length), form)
    if (isThere) confirmed.set(form, at)
    return isThere
  }
}

function isRepeated(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  let same = 0
  while (same < length && bytes[a + same] === bytes[b + same]) same++
  return same === length
}

/** Base64 that begins or ends within a group: the characters at the border hold a few bits of the secret. */
function startOf(bytes: Uint8Array, at: number, { lead }: Form): number {
  let start = at
  while (start > 0 && at - start < lead && base64any[bytes[start - 1]!] === 1) start--
  return start
}

function endOf(bytes: Uint8Array, at: number, { length, tail }: Form): number {
  const bodyEnd = at + length
  if (tail === 0) return bodyEnd
  let end = base64any[bytes[bodyEnd] ?? 0] === 1 ? bodyEnd + 1 : bodyEnd
  for (let most = 2; most > 0 && bytes[end] === padding; most--) end++
  return end
}
