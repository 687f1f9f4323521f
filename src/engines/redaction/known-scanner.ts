// Finds known secrets in a text that grows.
import { byteClass } from './classes.ts'
import type { Found } from './finding.ts'
import { formMac, type KnownForm, type KnownSecrets } from './known.ts'
import type { Text } from './text.ts'
import { roll, windowTable, type WindowLength } from './windows.ts'

const base64any = byteClass('A-Za-z0-9+/_-')
const padding = byteClass('=')
const longestWindow = 24
const longestLead = 3
/** One character, two of padding. */
const longestTail = 3

interface Bucket {
  readonly length: WindowLength
  readonly table: Uint32Array
  readonly mayHold: Uint8Array
  readonly forms: ReadonlyMap<number, readonly KnownForm[]>
}

export class KnownScanner {
  #next = 0
  readonly #known: KnownSecrets
  readonly #buckets: readonly Bucket[]

  constructor(known: KnownSecrets) {
    this.#known = known
    this.#buckets = bucketsOf(known)
  }

  /** As `PatternScanner.scan`. */
  scan(text: Text, out: Found[]): number {
    for (const { at, form } of this.#candidates(text)) {
      if (at + form.length + form.tail * longestTail > text.end && !text.isFinal) {
        this.#next = at
        return at - longestLead
      }
      if (at + form.length > text.end) continue
      text.steps += form.length
      if (formMac(this.#known.key, text.bytes.subarray(at, at + form.length)) === form.mac) {
        out.push(this.#found(text, at, form))
      }
    }
    this.#next = Math.max(this.#next, text.end - longestWindow + 1)
    return text.isFinal ? Infinity : this.#next - longestLead
  }

  shift(by: number): void {
    this.#next -= by
  }

  #candidates(text: Text): { at: number; form: KnownForm }[] {
    const found: { at: number; form: KnownForm }[] = []
    for (const bucket of this.#buckets) {
      const to = text.end - (text.isFinal ? bucket.length : longestWindow) + 1
      text.steps += Math.max(0, to - this.#next)
      roll(bucket, text.bytes, [this.#next, to], (at, hash) => {
        for (const form of bucket.forms.get(hash) ?? []) found.push({ at, form })
      })
    }
    return found.sort((a, b) => a.at - b.at || b.form.length - a.form.length)
  }

  /** Base64 that begins or ends within a group: the characters at the border hold a few bits of the secret. */
  #found(text: Text, at: number, form: KnownForm): Found {
    const start = text.runStart(at, base64any, form.lead)
    const bodyEnd = at + form.length
    const end = form.tail === 0 ? bodyEnd : text.runEnd(text.runEnd(bodyEnd, base64any, 1), padding, 2)
    const name = this.#known.names[form.name] ?? ''
    return { start, end, detector: 'known', confidence: 'certain', name }
  }
}

/** The table is the same for every text of a process. */
const built = new WeakMap<KnownSecrets, readonly Bucket[]>()

function bucketsOf(known: KnownSecrets): readonly Bucket[] {
  const present = built.get(known)
  if (present !== undefined) return present
  const table = windowTable(known.key)
  const buckets = ([12, 15, 24] as const)
    .map((length) => bucketOf(length, known, table))
    .filter(({ forms }) => forms.size > 0)
  built.set(known, buckets)
  return buckets
}

function bucketOf(length: WindowLength, known: KnownSecrets, table: Uint32Array): Bucket {
  const forms = new Map<number, KnownForm[]>()
  const chosen = known.forms.filter(({ window }) => window === length)
  const bits = 2 ** Math.min(24, Math.max(13, Math.ceil(Math.log2(64 * (chosen.length + 1)))))
  const mayHold = new Uint8Array(bits / 8)
  for (const form of chosen) {
    const low = form.hash & (bits - 1)
    mayHold[low >>> 3]! |= 1 << (low & 7)
    forms.set(form.hash, [...(forms.get(form.hash) ?? []), form])
  }
  return { length, table, mayHold, forms }
}
