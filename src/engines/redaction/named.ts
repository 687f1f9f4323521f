// Knows keys that carry no mark by the name they stand under: `MISTRAL_API_KEY` with 32 letters and digits is Mistral's.
import type { ByteClass } from './classes.ts'
import type { Confidence } from './finding.ts'
import { parseForm, type Form } from './form.ts'
import { cloudNamed } from './named-cloud.ts'
import { codeNamed } from './named-code.ts'
import { officeNamed } from './named-office.ts'
import { restNamed } from './named-rest.ts'

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
  readonly words: readonly string[] | undefined
  readonly form: Form
  readonly confidence: Confidence
}

/** All formats that are known by their names. */
export const namedFormats: readonly NamedFormat[] = [
  ...cloudNamed,
  ...codeNamed,
  ...officeNamed,
  ...restNamed,
]

const longest = 256
let byLength: readonly (readonly Named[])[] | undefined

/**
 * The format that a value has under a name, or null.
 * @param name Of the setting, lower case.
 * @param value Attacker-controlled.
 */
export function namedOf(name: string, value: Uint8Array): Pick<Named, 'id' | 'confidence'> | null {
  byLength ??= tableOf(namedFormats)
  const fitting = (byLength[value.length] ?? []).find(
    ({ words, form }) =>
      (words === undefined || words.some((word) => name.includes(word))) && fits(value, form),
  )
  return fitting ?? null
}

/** A mark, with a name or in the middle of the value, leaves no doubt. */
export function namedConfidence({ words, form }: NamedFormat): Confidence {
  return words === undefined || form.startsWith("'") ? 'certain' : 'likely'
}

/** Most values are of a length that few formats have. */
function tableOf(formats: readonly NamedFormat[]): readonly (readonly Named[])[] {
  const table: Named[][] = Array.from({ length: longest + 1 }, () => [])
  for (const format of formats) {
    const { id, words } = format
    const form = parseForm(format.form)
    const { min, max } = lengthsOf(form)
    for (let length = min; length <= Math.min(max, longest); length++) {
      table[length]!.push({ id, words, form, confidence: namedConfidence(format) })
    }
  }
  return table
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

function fits(value: Uint8Array, { head, last }: Form): boolean {
  let at = 0
  for (const item of head) {
    if ('literal' in item) {
      if (!item.literal.every((byte, offset) => value[at + offset] === byte)) return false
      at += item.literal.length
      continue
    }
    const end = runEnd(value, at, item)
    if (end - at < item.min) return false
    at = end
  }
  return value.length - at >= last.min && runEnd(value, at, last) === value.length
}

function runEnd(value: Uint8Array, start: number, { of, max }: { of: ByteClass; max: number }): number {
  const limit = Math.min(value.length, start + max)
  let at = start
  while (at < limit && of[value[at]!] === 1) at++
  return at
}
