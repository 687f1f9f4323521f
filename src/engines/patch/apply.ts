// Applies a patch to a text of which whoever wrote the patch saw only the masked form.
import { Fault } from '#base'
import type { Hunk, HunkLine } from './parse.ts'

/** A text and its masked form, line by line the same number of lines. */
export interface MaskedLines {
  readonly original: string
  readonly masked: string
  /** Each place that is masked: what stands there, and what it stands for. */
  readonly masks: readonly { readonly placeholder: string; readonly secret: string }[]
}

/** What a patch makes of a text. */
export interface Applied {
  readonly text: string
  /** A unified diff of the masked forms, with the places where the hunks really went. */
  readonly diff: string
}

/** What stands in the place of a secret looks like this. */
const placeholderLike = /\[[a-z][\w. -]{0,80}:[^[\]\n]{1,200}\]/g

/**
 * Applies hunks. Lines of context and lines to remove are held against the masked form; lines that stay keep what they
 * really hold. A new line may hold a placeholder only where a removed line of the same hunk holds it and it stands for
 * one secret alone: then that secret goes there.
 * @throws Fault `patch-conflict` where a hunk fits nowhere or in several places; `patch-placeholder` where a placeholder
 *   would be written over a secret, or nobody can tell which secret it stands for.
 */
export function applyPatch(file: MaskedLines, hunks: readonly Hunk[]): Applied {
  const original = linesOf(file.original)
  const masked = linesOf(file.masked).lines.map(bare)
  const result: string[] = []
  const diff: string[] = []
  let { isOpenEnded } = original
  let at = 0
  let shift = 0
  for (const [number, hunk] of hunks.entries()) {
    const old = hunk.lines.filter(({ sign }) => sign !== '+')
    const place = placeOf(hunk, { old, masked, from: at, number: number + 1 })
    result.push(...original.lines.slice(at, place))
    const fresh = freshLines(hunk, { file, original: original.lines, place, number: number + 1 })
    result.push(...fresh)
    diff.push(...rowsOf(hunk, { place, shift, old: old.length, fresh: fresh.length }))
    at = place + old.length
    shift += fresh.length - old.length
    if (at === original.lines.length) isOpenEnded = endAfter(hunk, isOpenEnded)
  }
  result.push(...original.lines.slice(at))
  return {
    text: result.join('\n') + (isOpenEnded || result.length === 0 ? '' : '\n'),
    diff: `${diff.join('\n')}\n`,
  }
}

function linesOf(text: string): { lines: string[]; isOpenEnded: boolean } {
  if (text === '') return { lines: [], isOpenEnded: false }
  const lines = text.split('\n')
  return lines.at(-1) === ''
    ? { lines: lines.slice(0, -1), isOpenEnded: false }
    : { lines, isOpenEnded: true }
}

function bare(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}

interface Search {
  readonly old: readonly HunkLine[]
  readonly masked: readonly string[]
  /** First line that no hunk before has taken. */
  readonly from: number
  readonly number: number
}

/** Where the hunk says, or else the one other place where its old lines stand. */
function placeOf({ at }: Hunk, { old, masked, from, number }: Search): number {
  const fits = (place: number): boolean =>
    place >= from &&
    place + old.length <= masked.length &&
    old.every(({ text }, line) => masked[place + line] === text)
  const said = old.length === 0 ? at : at - 1
  if (fits(said)) return said
  const places = old.length === 0 ? [] : masked.flatMap((_, place) => (fits(place) ? [place] : []))
  if (places.length === 1) return places[0]!
  throw new Fault(
    'patch-conflict',
    places.length === 0
      ? `hunk ${number}: its old lines do not stand in the file as it is shown`
      : `hunk ${number}: its old lines stand in ${places.length} places, and not where it says`,
  )
}

interface Place {
  readonly file: MaskedLines
  readonly original: readonly string[]
  readonly place: number
  readonly number: number
}

function freshLines({ lines }: Hunk, { file, original, place, number }: Place): string[] {
  const removed = lines.filter(({ sign }) => sign === '-').map(({ text }) => text)
  const ending = original[Math.min(place, original.length - 1)]?.endsWith('\r') === true ? '\r' : ''
  let at = place
  return lines.flatMap(({ sign, text }) => {
    if (sign === '+') return [`${unmasked(text, { file, removed, number })}${ending}`]
    const line = original[at++]!
    return sign === ' ' ? [line] : []
  })
}

interface Unmasking {
  readonly file: MaskedLines
  /** Lines that the hunk removes, as they are shown. */
  readonly removed: readonly string[]
  readonly number: number
}

function unmasked(text: string, { file, removed, number }: Unmasking): string {
  return text.replaceAll(placeholderLike, (found) => {
    const masks = file.masks.filter(({ placeholder }) => placeholder.includes(found))
    const secrets = new Set(masks.map(({ secret }) => secret))
    const [secret = ''] = secrets
    const isLiteral = masks.length === 0 && file.original.includes(found)
    if (isLiteral) return found
    const isKept = removed.some((line) => line.includes(found))
    const isExact = masks.every(({ placeholder }) => placeholder === found) && !file.original.includes(found)
    if (secrets.size !== 1 || !isKept || !isExact || secret.includes('\n')) {
      throw new Fault('patch-placeholder', `hunk ${number}: a new line holds a placeholder of a secret`)
    }
    return secret
  })
}

function endAfter({ lines }: Hunk, before: boolean): boolean {
  const fresh = lines.findLast(({ sign }) => sign !== '-')
  if (fresh === undefined) return false
  return fresh.isOpenEnded || (before && fresh.sign === ' ' && fresh === lines.at(-1))
}

interface Numbers {
  readonly place: number
  readonly shift: number
  readonly old: number
  readonly fresh: number
}

function rowsOf({ lines }: Hunk, { place, shift, old, fresh }: Numbers): string[] {
  const [from, to] = [old === 0 ? place : place + 1, fresh === 0 ? place + shift : place + shift + 1]
  return [`@@ -${from},${old} +${to},${fresh} @@`, ...lines.map(({ sign, text }) => `${sign}${text}`)]
}
