// Another token may be glued to one that was found: what begins within it and goes on behind it is masked with it, and
// one that is too long ends where another begins.
import { isContextual, type Anchor, type AnchorSet } from './anchors.ts'
import { byteClass } from './classes.ts'
import { compareConfidence, type Found } from './finding.ts'
import type { Text } from './text.ts'

/** What may stand within a token, and ends the letters, digits, dashes and underscores by which one is widened. */
const goesOn = byteClass('!#-%*+./:=?@^|~')
/** Behind `-----BEGIN` one that is widened ends, too. */
const blank = 0x20
const lastOfBegin = 0x4e
const joints = byteClass('_./:=-')
/** Of what stands before an anchor. */
const longestBefore = 64

/** Gives what an anchor opens that stands at a position, whether or not a word begins there. */
export type Ask = (at: number, anchor: Anchor) => readonly Found[]

/**
 * A token, in one with the tokens that are glued to it, and what else begins within it.
 * @returns What is of no use if `text.isShort` was set.
 */
export function withGlued(text: Text, token: Found, anchors: AnchorSet, ask: Ask): readonly Found[] {
  if (token.confidence !== 'hint') return withInner(text, token, anchors, ask)
  const whole = withNext(text, token, anchors, ask)
  return whole === null ? [token] : withInner(text, whole, anchors, ask)
}

function withInner(text: Text, token: Found, anchors: AnchorSet, ask: Ask): readonly Found[] {
  const beside: Found[] = []
  let whole = token
  for (let at = token.start + 1; at <= whole.end && mayGoOn(text, whole); at++) {
    for (const anchor of standingAt(text, at, anchors)) {
      // What begins where it ends is asked later, but for what stood before that.
      const found = at < whole.end || anchor.before !== null ? ask(at, anchor) : []
      for (const one of found.flatMap((each) => endedByNext(text, each, anchors, ask))) {
        if (one.confidence === 'hint' || one.end <= whole.end) continue
        // What an anchor opens further on, a secret behind its id for one, is found by itself.
        if (isToken(anchor) && one.start <= whole.end) whole = joined(whole, one)
        else beside.push(one)
      }
    }
  }
  return [whole, ...beside]
}

function endedByNext(text: Text, token: Found, anchors: AnchorSet, ask: Ask): readonly Found[] {
  return token.confidence === 'hint' ? withGlued(text, token, anchors, ask) : [token]
}

/** A hint that is too long for its format, in one with the token that begins where it may end; or null. */
function withNext(text: Text, token: Found, anchors: AnchorSet, ask: Ask): Found | null {
  const { start, core, ends } = token
  if (ends === undefined) return null
  const [least, most] = ends
  for (let at = least; at <= most + longestBefore; at++) {
    for (const anchor of standingAt(text, at, anchors).filter(isToken)) {
      if (!mayBeNext(text, ends, at, anchor)) continue
      const [next] = ask(at, anchor).flatMap((one) => withGlued(text, one, anchors, ask))
      if (next === undefined || next.confidence === 'hint') continue
      const end = Math.min(at, most)
      return joined({ ...token, confidence: 'likely', end, core: [core?.[0] ?? start, end] }, next)
    }
  }
  return null
}

/** Tells whether a token of the anchor begins where another may end, or one byte behind it. */
function mayBeNext(
  text: Text,
  [least, most]: readonly [number, number],
  at: number,
  { before }: Anchor,
): boolean {
  if (at <= most) return true
  if (before === null) return at === most + 1 && text.is(most, joints)
  const fits = at - before.max <= most + 1 && at - before.min >= least
  return fits && text.runStart(at, before.of, at - most) <= most + 1
}

function mayGoOn(text: Text, { end, rest }: Found): boolean {
  if (rest !== undefined) return false
  const byte = text.at(end)
  return byte === blank ? text.at(end - 1) === lastOfBegin : byte >= 0 && goesOn[byte] === 1
}

function standingAt(text: Text, at: number, anchors: AnchorSet): readonly Anchor[] {
  if (text.isShort) return []
  const [first, second] = [text.at(at), text.at(at + 1)]
  if (second < 0 || anchors.pairs[(first << 8) | second] === 0) return []
  const third = at + 2 < text.end ? text.at(at + 2) : -1
  return anchors
    .at(first, second, third)
    .filter(({ literal, detector }) => text.has(literal, at, detector.isFolded))
}

function isToken({ detector }: Anchor): boolean {
  return !isContextual(detector) && detector.structure !== 'pem'
}

function joined(token: Found, next: Found): Found {
  const surer = compareConfidence(next.confidence, token.confidence) > 0 ? next : token
  const { ends: _, ...label } = surer
  return {
    ...label,
    start: token.start,
    end: next.end,
    ...(next.rest !== undefined && { rest: next.rest }),
  }
}
