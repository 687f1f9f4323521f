// Knows keys that carry no mark by the name they stand under: `MISTRAL_API_KEY` with 32 letters and digits is Mistral's.
import { utf8 } from '#base'
import type { ByteClass } from './classes.ts'
import type { Confidence } from './finding.ts'
import { parseForm, type Form } from './form.ts'
import { cloudNamed } from './named-cloud.ts'
import { codeNamed } from './named-code.ts'
import { officeNamed } from './named-office.ts'
import { restNamed } from './named-rest.ts'
import { fold } from './text.ts'

/** What the whole value of a setting is when its name says whose it is. */
export interface NamedFormat {
  /** As in `Detector`. */
  readonly id: string
  /** One of them, lower case, is part of the name. Without: the form has a mark in its middle and needs no name. */
  readonly words?: readonly string[]
  /** As in `Detector`, from the first byte of the value to the last. */
  readonly form: string
  /** The provider's own description of the format. */
  readonly source: string
}

interface Named {
  readonly id: string
  /** Numbers of its words. */
  readonly words: readonly number[]
  readonly form: Form
  readonly confidence: Confidence
}

/** Formats by the length of the value: most values are of a length that few formats have. */
type Lengths = readonly (readonly Named[])[]

interface Word {
  readonly text: Uint8Array
  readonly number: number
}

interface Table {
  readonly all: Lengths
  /** Those that need no name. */
  readonly unnamed: Lengths
  /** Words by the hash of their first two bytes. */
  readonly words: readonly (readonly Word[])[]
  /** For the number of each word 1 if it is part of the name that is asked about. */
  readonly isSeen: Uint8Array
}

interface Stretch {
  readonly start: number
  readonly end: number
}

/** All formats that are known by their names. */
export const namedFormats: readonly NamedFormat[] = [
  ...cloudNamed,
  ...codeNamed,
  ...officeNamed,
  ...restNamed,
]

const longest = 256
const hashes = 1024
let table: Table | undefined

/**
 * The format that a value has under a name, or null.
 * @param bytes Attacker-controlled.
 * @param name Where the name of the setting stands, in either case.
 */
export function namedOf(
  bytes: Uint8Array,
  name: Stretch,
  { start, end }: Stretch,
): Pick<Named, 'id' | 'confidence'> | null {
  table ??= tableOf(namedFormats)
  const all = table.all[end - start]
  if (all === undefined || all.length === 0) return null
  const isNamed = markWords(bytes, name, table)
  for (const one of isNamed ? all : table.unnamed[end - start]!) {
    if (isMeant(one, table.isSeen) && fits(bytes, [start, end], one.form)) return one
  }
  return null
}

/** Marks the words that are part of a name. @returns False if none is. */
function markWords(bytes: Uint8Array, { start, end }: Stretch, { words, isSeen }: Table): boolean {
  isSeen.fill(0)
  let isNamed = false
  for (let at = start; at + 1 < end; at++) {
    for (const { text, number } of words[hashOf(bytes[at]!, bytes[at + 1]!)]!) {
      if (!stands(bytes, at, end, text)) continue
      isSeen[number] = 1
      isNamed = true
    }
  }
  return isNamed
}

/** Takes no notice of case, and is too small to tell all pairs from each other. */
function hashOf(first: number, second: number): number {
  return ((first & 0x1f) << 5) | (second & 0x1f)
}

function stands(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
  if (start + text.length > end) return false
  let offset = 0
  while (offset < text.length && fold(bytes[start + offset]!) === text[offset]) offset++
  return offset === text.length
}

function isMeant({ words }: Named, isSeen: Uint8Array): boolean {
  if (words.length === 0) return true
  for (const number of words) if (isSeen[number] === 1) return true
  return false
}

/** A mark, with a name or in the middle of the value, leaves no doubt. */
export function namedConfidence({ words, form }: NamedFormat): Confidence {
  return words === undefined || form.startsWith("'") ? 'certain' : 'likely'
}

function tableOf(formats: readonly NamedFormat[]): Table {
  const numbers = new Map<string, number>()
  for (const word of formats.flatMap(({ words = [] }) => words))
    if (!numbers.has(word)) numbers.set(word, numbers.size)
  const all = byLength(formats, numbers)
  const words: Word[][] = Array.from({ length: hashes }, () => [])
  for (const [word, number] of numbers) {
    const text = utf8(word)
    words[hashOf(text[0]!, text[1]!)]!.push({ text, number })
  }
  return {
    all,
    unnamed: all.map((list) => list.filter((one) => one.words.length === 0)),
    words,
    isSeen: new Uint8Array(numbers.size),
  }
}

function byLength(formats: readonly NamedFormat[], numbers: ReadonlyMap<string, number>): Lengths {
  const lengths: Named[][] = Array.from({ length: longest + 1 }, () => [])
  for (const format of formats) {
    const form = parseForm(format.form)
    const words = (format.words ?? []).map((word) => numbers.get(word)!)
    const named = { id: format.id, words, form, confidence: namedConfidence(format) }
    const { min, max } = lengthsOf(form)
    for (let length = min; length <= Math.min(max, longest); length++) lengths[length]!.push(named)
  }
  return lengths
}

function lengthsOf({ head, last }: Form): { min: number; max: number } {
  const sizes = head.map((item) =>
    'literal' in item ? { min: item.literal.length, max: item.literal.length } : item,
  )
  return {
    min: sizes.reduce((sum, { min }) => sum + min, last.min),
    max: sizes.reduce((sum, { max }) => sum + max, last.max),
  }
}

function fits(
  bytes: Uint8Array,
  [start, end]: readonly [start: number, end: number],
  { head, last }: Form,
): boolean {
  let at = start
  for (const item of head) {
    if ('literal' in item) {
      if (!item.literal.every((byte, offset) => bytes[at + offset] === byte)) return false
      at += item.literal.length
      continue
    }
    const next = runEnd(bytes, [at, end], item)
    if (next - at < item.min) return false
    at = next
  }
  return end - at >= last.min && runEnd(bytes, [at, end], last) === end
}

function runEnd(
  bytes: Uint8Array,
  [start, end]: readonly [start: number, end: number],
  { of, max }: { of: ByteClass; max: number },
): number {
  const limit = Math.min(end, start + max)
  let at = start
  while (at < limit && of[bytes[at]!] === 1) at++
  return at
}
