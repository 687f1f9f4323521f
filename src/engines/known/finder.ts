// Finds known secrets in bytes: a rolling hash says where one may begin, its HMAC whether it does.
import { utf8 } from '#base'
import { formMac, type Form, type Table } from './form.ts'
import { nextWindow, windowHash, windowsOf, windowTable, type WindowLength, type Windows } from './windows.ts'

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

interface Candidate {
  readonly at: number
  readonly form: Form
}

/** Forms that are known by windows of one length. */
interface Bucket extends Windows {
  readonly forms: ReadonlyMap<number, readonly Form[]>
}

const longestWindow = 24
const longestLead = 3
/** One character, two of padding. */
const longestTail = 3
const padding = 0x3d
/** Bits of the bitmap for each form: that many more bytes are passed over between two that are looked up in vain. */
const sparsity = 512

const base64any = new Uint8Array(256)
for (const byte of utf8('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_'))
  base64any[byte] = 1

export class Finder {
  readonly #table: Table
  readonly #buckets: readonly Bucket[]

  constructor(table: Table) {
    const words = windowTable(table.key)
    this.#table = table
    this.#buckets = ([12, 15, 24] as const)
      .map((length) => bucketOf(length, table.forms, words))
      .filter(({ forms }) => forms.size > 0)
  }

  /** As `KnownSecrets.find`. The ranges of successive calls do not overlap, so that each occurrence is found once. */
  find(bytes: Uint8Array, from: number, isFinal: boolean): Occurrences {
    const candidates = this.#candidates(bytes, from, isFinal)
    const until = isFinal ? Infinity : Math.max(from, firstOpen(candidates, bytes.length) - longestLead)
    const found: Occurrence[] = []
    for (const { at, form } of candidates) {
      const start = startOf(bytes, at, form)
      if (start < from || start >= until || !this.#isThere(bytes, at, form)) continue
      found.push({ start, end: endOf(bytes, at, form), name: this.#table.names[form.name] ?? '' })
    }
    return { found, until }
  }

  #candidates(bytes: Uint8Array, from: number, isFinal: boolean): Candidate[] {
    const candidates: Candidate[] = []
    for (const bucket of this.#buckets) {
      const to = bytes.length - (isFinal ? bucket.length : longestWindow) + 1
      const next = (at: number): number => nextWindow(bucket, bytes, [at, to])
      for (let at = next(from); at < to; at = next(at + 1)) {
        const hash = windowHash(bucket.table, bytes, bucket.length, at)
        for (const form of bucket.forms.get(hash) ?? []) candidates.push({ at, form })
      }
    }
    return candidates
  }

  #isThere(bytes: Uint8Array, at: number, form: Form): boolean {
    const end = at + form.length
    return end <= bytes.length && formMac(this.#table.key, bytes.subarray(at, end)) === form.mac
  }
}

/** The first position that must be asked again when there are more bytes. */
function firstOpen(candidates: readonly Candidate[], length: number): number {
  let first = length - longestWindow + 1
  for (const { at, form } of candidates) {
    if (at < first && at + form.length + form.tail * longestTail > length) first = at
  }
  return first
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

function bucketOf(length: WindowLength, all: readonly Form[], table: Int32Array): Bucket {
  const forms = new Map<number, Form[]>()
  const chosen = all.filter(({ window }) => window === length)
  const bits = 2 ** Math.min(24, Math.max(13, Math.ceil(Math.log2(sparsity * (chosen.length + 1)))))
  const mayHold = new Uint8Array(bits / 8)
  for (const form of chosen) {
    const low = form.hash & (bits - 1)
    mayHold[low >>> 3]! |= 1 << (low & 7)
    forms.set(form.hash, [...(forms.get(form.hash) ?? []), form])
  }
  return { ...windowsOf(table, length, mayHold), forms }
}
