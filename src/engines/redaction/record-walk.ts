// One walk through a record. Whatever fails on the way is replaced by a marker: what was not looked at does not leave.
import { Fault, utf8 } from '#base'
import type { ScanOptions } from './finding.ts'
import { placeholderEnd } from './placeholder.ts'
import { namesNext, type KeyMeanings, type Mask } from './record-keys.ts'
import {
  bytesOf,
  emptyLike,
  fieldsOf,
  isPairs,
  isShown,
  isSteady,
  nameOf,
  putField,
  listedBytes,
  spelledBy,
} from './record-shape.ts'
import { redact } from './redact.ts'
import { Text } from './text.ts'
import { unredacted } from './unredacted.ts'

interface Options extends ScanOptions {
  readonly isUnsteady?: (value: object) => boolean
  readonly onFault?: (fault: Fault) => void
}

interface Limits {
  readonly depth: number
  readonly values: number
  readonly characters: number
}

/** Where a value stands, and what that says of it. */
interface Place {
  readonly depth: number
  readonly mask?: Mask | undefined
  /** A name that the detectors know. */
  readonly key?: string | undefined
}

interface Visit {
  /** Made when the object turns up within itself, or at the end. */
  copy?: object
  result?: unknown
}

interface Member {
  readonly key: string | symbol
  /** The key, with what it holds of secrets masked. */
  readonly name: string | symbol
  readonly item: unknown
  readonly isSame: boolean
}

/** A number of fewer digits is no card, no account and no token. */
const leastTellingNumber = 1e9

/** Reports a fault of the redactor, without anything of the data, and gives what stands for the value. */
export function droppedValue(onFault: Options['onFault']): string {
  try {
    onFault?.(new Fault('redaction-failed', 'a value could not be redacted and was dropped'))
  } catch {
    // Whoever listens must not get the value through by failing.
  }
  return unredacted.dropped
}

export class RecordWalk {
  readonly #options: Options
  readonly #meanings: KeyMeanings
  readonly #deepest: number
  #values: number
  #characters: number
  /** By what the place says, since that decides what becomes of an object. */
  readonly #visits = new Map<string, Map<object, Visit>>()

  constructor(options: Options, limits: Limits, meanings: KeyMeanings) {
    this.#options = options
    this.#meanings = meanings
    this.#deepest = limits.depth
    this.#values = limits.values
    this.#characters = limits.characters
  }

  /** The value with what it holds masked, or the value itself. */
  value(value: unknown, place: Place): unknown {
    if (--this.#values < 0) return unredacted.large
    try {
      if (typeof value === 'string') return this.#text(value, place)
      if (typeof value === 'number' || typeof value === 'bigint') return this.#number(value, place)
      if (typeof value === 'symbol') return this.#symbol(value)
      return typeof value === 'object' && value !== null ? this.#object(value, place) : value
    } catch {
      return droppedValue(this.#options.onFault)
    }
  }

  #text(value: string, { mask, key }: Place): string {
    if (value === '') return value
    if (!this.#hasRoomFor(value.length)) return unredacted.large
    const { text } = redact(value, this.#options)
    if (mask !== undefined) return isPlaceholder(text) ? text : `[${mask}]`
    return key === undefined ? text : this.#underName(key, text)
  }

  /** Lets the detectors judge a text by the name that it stands under. */
  #underName(key: string, text: string): string {
    const line = JSON.stringify({ [key]: text })
    const redacted = redact(line, this.#options).text
    if (redacted === line) return text
    const [value]: unknown[] = Object.values(Object(JSON.parse(redacted)))
    if (typeof value !== 'string') throw new Fault('redaction-failed', 'the JSON of a field has changed')
    return value
  }

  #number(value: number | bigint, { mask }: Place): unknown {
    if (mask === 'password') return `[${mask}]`
    if (value < leastTellingNumber && value > -leastTellingNumber) return value
    const spelled = String(value)
    const { text } = redact(spelled, this.#options)
    return text === spelled ? value : text
  }

  #symbol(value: symbol): symbol {
    const { description = '' } = value
    const { text } = redact(description, this.#options)
    return text === description ? value : Symbol(text)
  }

  #object(value: object, place: Place): unknown {
    const bytes = bytesOf(value) ?? listedBytes(value)
    if (bytes !== null) return this.#bytes(value, bytes, place)
    const spelled = spelledBy(value)
    if (spelled !== null) return this.#spelled(value, spelled, place)
    if (place.depth >= this.#deepest) return unredacted.deep
    const visits = this.#visitsAt(place, Array.isArray(value))
    const earlier = visits.get(value)
    if (earlier !== undefined)
      return 'result' in earlier ? earlier.result : (earlier.copy ??= emptyLike(value))
    const visit: Visit = {}
    visits.set(value, visit)
    visit.result = this.#inside(value, visit, { ...place, depth: place.depth + 1 })
    return visit.result
  }

  /** A name that the detectors know says something of a list's items, but nothing of an object's fields. */
  #visitsAt({ mask, key }: Place, isList: boolean): Map<object, Visit> {
    const name = `${mask ?? ''}:${isList ? (key ?? '') : ''}`
    const visits = this.#visits.get(name) ?? new Map<object, Visit>()
    this.#visits.set(name, visits)
    return visits
  }

  #inside(value: object, visit: Visit, place: Place): unknown {
    if (Array.isArray(value)) return this.#list(value, visit, place)
    if (value instanceof Map) return this.#map(value, visit, place)
    if (value instanceof Set) return this.#set(value, visit, place)
    if (isPairs(value)) return this.#pairs(value, place)
    const fields = this.#fields(value, visit, place)
    if (value instanceof Error || !('toJSON' in value) || typeof value.toJSON !== 'function') return fields
    const json: unknown = value.toJSON()
    const shown = json === value ? fields : this.value(json, place)
    return shown === json && fields === value ? value : shown
  }

  #list(value: readonly unknown[], visit: Visit, place: Place): unknown {
    const items: unknown[] = []
    let isChanged = this.#isUnsteady(value)
    for (let index = 0; index < value.length; index++) {
      // A list may claim to be longer than any memory.
      if (this.#values <= 0) return this.#filled(value, visit, [...items, unredacted.large])
      const item = value[index]
      const next = this.value(item, this.#placeAfter(value[index - 1], place))
      isChanged ||= next !== item
      items.push(next)
    }
    return isChanged || visit.copy !== undefined ? this.#filled(value, visit, items) : value
  }

  #filled(value: readonly unknown[], visit: Visit, items: readonly unknown[]): unknown {
    const copy = (visit.copy ??= emptyLike(value))
    if (Array.isArray(copy)) for (const item of items) copy.push(item)
    return copy
  }

  /** In a list of words, `--password` or `Authorization` says what the next one is. */
  #placeAfter(before: unknown, place: Place): Place {
    return namesNext(before) ? this.#placeUnder(before.replace(/^-+/, ''), place) : place
  }

  #placeUnder(name: string, { depth, mask }: Place): Place {
    const meaning = this.#meanings.of(name)
    return { depth, mask: mask ?? meaning.mask, key: meaning.isTelling ? name : undefined }
  }

  #map(value: ReadonlyMap<unknown, unknown>, visit: Visit, place: Place): unknown {
    let isChanged = this.#isUnsteady(value)
    const entries: [unknown, unknown][] = []
    for (const [key, item] of value) {
      const next = this.value(item, typeof key === 'string' ? this.#placeUnder(key, place) : place)
      const nextKey = this.value(key, { depth: place.depth })
      isChanged ||= next !== item || nextKey !== key
      entries.push([nextKey, next])
    }
    if (!isChanged && visit.copy === undefined) return value
    const copy = (visit.copy ??= emptyLike(value))
    if (copy instanceof Map) for (const [key, item] of entries) copy.set(key, item)
    return copy
  }

  #set(value: ReadonlySet<unknown>, visit: Visit, place: Place): unknown {
    const items = Array.from(value, (item) => this.value(item, place))
    const isSame = !this.#isUnsteady(value) && [...value].every((item, index) => item === items[index])
    if (isSame && visit.copy === undefined) return value
    const copy = (visit.copy ??= emptyLike(value))
    if (copy instanceof Set) for (const item of items) copy.add(item)
    return copy
  }

  /** Such objects cannot be copied with other content everywhere: they become a plain one. */
  #pairs(value: object & Iterable<readonly [string, unknown]>, place: Place): unknown {
    const copy = {}
    let isChanged = false
    for (const [key, item] of value) {
      const next = this.value(item, this.#placeUnder(key, place))
      const { spelled } = this.#meanings.of(key)
      isChanged ||= next !== item || spelled !== key
      putField(copy, spelled, next)
    }
    return isChanged ? copy : value
  }

  #fields(value: object, visit: Visit, place: Place): unknown {
    const members: Member[] = []
    let isChanged = this.#isUnsteady(value)
    const named = nameOf(value)
    for (const key of fieldsOf(value)) {
      const member = this.#field(value, key, { ...place, key: key === 'value' ? named : undefined })
      isChanged ||= !member.isSame
      members.push(member)
    }
    if (!isChanged && visit.copy === undefined) return value
    const copy = (visit.copy ??= emptyLike(value))
    for (const { key, item, name } of members) putField(copy, name, item, isShown(value, key))
    return copy
  }

  /** @param place Its key is a name that stands in another field. */
  #field(value: object, key: string | symbol, place: Place): Member {
    const item = read(value, key)
    const name = place.key ?? (typeof key === 'string' ? key : undefined)
    const next = item.isRead
      ? this.value(item.value, name === undefined ? place : this.#placeUnder(name, place))
      : unredacted.dropped
    const spelled = typeof key === 'string' ? this.#meanings.of(key).spelled : key
    return {
      key,
      name: spelled,
      item: next,
      isSame: next === item.value && spelled === key && isSteady(value, key),
    }
  }

  #bytes(value: object, bytes: Uint8Array, { mask }: Place): unknown {
    if (mask !== undefined && bytes.length > 0) return `[${mask}]`
    if (!this.#hasRoomFor(bytes.length)) return unredacted.large
    const { text, findings } = redact(bytes, this.#options)
    if (findings.length === 0) return value
    if (!ArrayBuffer.isView(value)) return text
    const redacted = utf8(text)
    // A browser has none.
    return typeof Buffer !== 'undefined' && Buffer.isBuffer(value) ? Buffer.from(redacted) : redacted
  }

  #spelled(value: object, spelled: string, place: Place): unknown {
    const text = this.#text(spelled, place)
    return text === spelled ? value : text
  }

  #hasRoomFor(length: number): boolean {
    this.#characters -= length
    return this.#characters >= 0
  }

  #isUnsteady(value: object): boolean {
    return this.#options.isUnsteady?.(value) ?? false
  }
}

function isPlaceholder(text: string): boolean {
  const bytes = utf8(text)
  return placeholderEnd(new Text(bytes, true), 0) === bytes.length
}

function read(value: object, key: string | symbol): { readonly isRead: boolean; readonly value?: unknown } {
  try {
    return { isRead: true, value: Reflect.get(value, key) }
  } catch {
    return { isRead: false }
  }
}
