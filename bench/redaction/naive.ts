// What everybody writes first: one regular expression for each row of the tables, made from the row itself.
import { classNamed, byteClass, type ByteClass } from '../../src/engines/redaction/classes.ts'
import type { Detector } from '../../src/engines/redaction/detector.ts'
import { detectors } from '../../src/engines/redaction/detectors.ts'

export interface NaiveRule {
  readonly id: string
  readonly regex: RegExp
}

/** Rows that are a literal and a form; the others have scanners of their own. */
export const naiveRows: readonly Detector[] = detectors.filter(
  ({ structure = 'token' }) => structure === 'token',
)

/** A rule for each of `naiveRows`. */
export function naiveRules(): NaiveRule[] {
  return naiveRows.map((detector) => ({ id: detector.id, regex: regexOf(detector) }))
}

/** What the row says, as a global regular expression over text of one byte a character. */
export function regexOf(detector: Detector): RegExp {
  const startsWord = detector.keepsAnchor !== true && detector.before === undefined
  const start = startsWord ? '(?<![A-Za-z0-9])' : ''
  return new RegExp(start + patternOf(detector), detector.isFolded === true ? 'gi' : 'g')
}

/** The same without a look at what stands before, as engines without lookbehind take it. */
export function patternOf({ anchors, before, form }: Detector): string {
  const items = [...(before === undefined ? [] : [before]), '', ...form.split(' ')]
  return items.map((item) => (item === '' ? `(?:${anchors.map(escaped).join('|')})` : itemOf(item))).join('')
}

/** Finds all that the rules find, rule by rule. */
export function naiveScan(text: string, rules: readonly NaiveRule[]): number {
  let found = 0
  for (const { regex } of rules) for (const _ of text.matchAll(regex)) found++
  return found
}

/** `alnum:36` is `[0-9A-Za-z]{36}`, `digit:8-12` `[0-9]{8,12}`, `hex:16+` `[0-9a-f]{16,}`. */
function itemOf(item: string): string {
  if (item.startsWith("'")) return escaped(item.slice(1, -1))
  const split = item.lastIndexOf(':')
  const [of, count] = [item.slice(0, split), item.slice(split + 1)]
  return `${setOf(of)}{${count.replace('-', ',').replace('+', ',')}}`
}

function setOf(name: string): string {
  const of = name.startsWith('[') ? byteClass(name.slice(1, -1)) : classNamed(name)
  if (of === undefined) throw new Error(`no class is called ${name}`)
  return `[${membersOf(of)}]`
}

function membersOf(of: ByteClass): string {
  return Array.from(of.keys())
    .filter((byte) => of[byte] === 1)
    .map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`)
    .join('')
}

function escaped(literal: string): string {
  return literal.replace(
    /[^A-Za-z0-9_]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
