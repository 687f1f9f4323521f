// What a row would cost on text as it usually comes, told before it runs: how often its anchors stand there by chance.
import type { ByteClass } from './classes.ts'
import type { Detector } from './detector.ts'
import { parseForm, parseRun, type Form } from './form.ts'
import { contextReach } from './token.ts'

/** What one row adds to the work of a scan. */
export interface Cost {
  /** Places in a megabyte of text, logs and code where the row is asked and finds nothing. An estimate. */
  readonly candidatesPerMegabyte: number
  /** Most bytes that are looked at to answer once. */
  readonly worstBytes: number
}

const megabyte = 1_000_000
/** As far as the prefilter looks at what follows an anchor. */
const longestLook = 16
/**
 * Shares of bytes, in percent, in a mixture of prose, logs and source code. A letter behind a letter is likelier than
 * that, since words are no dice, and nothing is likelier than once more the same: `---`, `===`, `    `.
 */
const shares: Readonly<Record<string, number>> = {
  ' ': 14,
  etaoinsr: 4.6,
  hldcumpf: 2.1,
  gwybvkxjqz: 0.7,
  ETAOINSRHLDCUMPFGWYBVKXJQZ: 0.25,
  '0123456789': 0.9,
  '-_./:,"\n': 1.2,
  "()'=;{}[]": 0.6,
}
const rarest = 0.05
const behindLetter = 6
const onceMore = 0.5
const frequencies = frequencyTable()

/** The cost of a row whose forms are known to be well-formed. */
export function costOf(detector: Detector): Cost {
  const form = parseForm(detector.form)
  const before = detector.before === undefined ? 0 : parseRun(detector.before).max
  const longest = Math.max(...detector.anchors.map(({ length }) => length))
  const follows = shareOfRun(form)
  const chances = detector.anchors.map((anchor) => chanceOf(anchor, detector.isFolded === true))
  return {
    candidatesPerMegabyte: megabyte * follows * chances.reduce((sum, chance) => sum + chance, 0),
    worstBytes: before + longest + longestOf(form) + (detector.context === undefined ? 0 : contextReach),
  }
}

/** Most bytes that a form takes. */
export function longestOf({ head, last }: Form): number {
  return head.reduce((sum, item) => sum + ('literal' in item ? item.literal.length : item.max), last.max)
}

/** Chance that an anchor stands at a place. */
function chanceOf(anchor: string, isFolded: boolean): number {
  return Array.from(anchor).reduce((chance, char, at) => {
    return chance * chanceBehind(at === 0 ? '' : anchor[at - 1]!, frequencyOf(char, isFolded), char)
  }, 1)
}

function chanceBehind(last: string, share: number, char: string): number {
  if (char === last) return onceMore
  const isInWord = isLetter(char) && isLetter(last)
  return isInWord ? Math.min(onceMore, share * behindLetter) : share
}

function isLetter(char: string): boolean {
  return /^[a-z]$/i.test(char)
}

function frequencyOf(char: string, isFolded: boolean): number {
  const own = frequencies[char.charCodeAt(0)] ?? rarest / 100
  const capital = char.toUpperCase()
  return isFolded && capital !== char ? own + frequencies[capital.charCodeAt(0)]! : own
}

/** Chance that as much of the first run stands behind an anchor as the prefilter asks for. */
function shareOfRun({ head, last }: Form): number {
  const first = head[0] ?? last
  if ('literal' in first) return first.literal.reduce((chance, byte) => chance * frequencies[byte]!, 1)
  return shareOf(first.of) ** Math.min(first.min, longestLook)
}

function shareOf(of: ByteClass): number {
  return frequencies.reduce((sum, share, byte) => sum + share * of[byte]!, 0)
}

function frequencyTable(): readonly number[] {
  const table = Array<number>(256).fill(rarest / 100)
  for (const [chars, share] of Object.entries(shares)) {
    for (const char of chars) table[char.charCodeAt(0)] = share / 100
  }
  return table
}
