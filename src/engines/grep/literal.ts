// Finds a text that every match holds, so that most lines need not be looked at.
import { assertNever, utf8 } from '#base'
import type { CharacterRange, Syntax } from './syntax.ts'

/** Longest piece to look for: a search for it costs at most as many comparisons for each byte. */
const longest = 8

/** Bytes that texts hold often, roughly the most frequent first: a search for anything else skips more. */
const frequent = ' etaoinsrhlducmpfgyw\n.,_-=(){}"\'/:;bvkETAOINSRHLDUCMPFGYW0123456789'

/**
 * Finds the best piece of text that every match of a pattern holds.
 * @returns Up to 8 bytes, or null where nothing is certain.
 */
export function requiredPiece(syntax: Syntax): Uint8Array | null {
  const pieces = runsOf(syntax).flatMap(piecesOf)
  if (pieces.length === 0) return null
  return pieces.reduce((best, piece) => (worth(piece) > worth(best) ? piece : best))
}

/** Runs of characters that stand in every match, one beside the other. */
function runsOf(syntax: Syntax): string[] {
  const exact = exactText(syntax)
  if (exact !== null) return exact === '' ? [] : [exact]
  if (syntax.kind === 'repeat') return syntax.least > 0 ? runsOf(syntax.of) : []
  if (syntax.kind !== 'sequence') return []
  const runs = ['']
  for (const part of syntax.parts) {
    const text = exactText(part)
    if (text === null) runs.push(...runsOf(part), '')
    else runs.push(`${runs.pop() ?? ''}${text}`)
  }
  return runs.filter((run) => run !== '')
}

/** The one text that this matches, or null where there are several. */
function exactText(syntax: Syntax): string | null {
  switch (syntax.kind) {
    case 'set':
      return onlyCharacter(syntax.ranges)
    case 'place':
      return ''
    case 'sequence':
      return joined(syntax.parts.map(exactText))
    case 'repeat':
      return repeatedText(syntax)
    case 'either':
      return null
    default:
      return assertNever(syntax)
  }
}

function repeatedText({ of, least, most }: Extract<Syntax, { kind: 'repeat' }>): string | null {
  const text = least === most && least <= longest ? exactText(of) : null
  return text === null || text.length > longest ? null : text.repeat(least)
}

function onlyCharacter(ranges: readonly CharacterRange[]): string | null {
  const [range, ...others] = ranges
  return range !== undefined && others.length === 0 && range[0] === range[1]
    ? String.fromCodePoint(range[0])
    : null
}

function joined(texts: readonly (string | null)[]): string | null {
  return texts.includes(null) ? null : texts.join('')
}

function piecesOf(run: string): Uint8Array[] {
  const bytes = utf8(run)
  return Array.from(bytes, (_, at) => bytes.subarray(at, at + longest))
}

/** The search goes from one occurrence of the first byte to the next, so that byte should be rare; and the more bytes, the better. */
function worth(piece: Uint8Array): number {
  return rarity(piece[0]!) + 12 * Math.min(piece.length, 4)
}

function rarity(byte: number): number {
  const place = frequent.indexOf(String.fromCharCode(byte))
  return place === -1 ? frequent.length : place
}
