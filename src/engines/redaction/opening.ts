// The cheap look at a place where an anchor stands: whether what is around it can be what its scanner asks for. The
// prefilter does the same in WebAssembly (tools/wasm/prefilter.ts); both must give the same answer for every text.
import type { Anchor, Follow } from './anchors.ts'
import { alnum, byteClass, digit, keyName, userinfo } from './classes.ts'
import { isWordStart, type Text } from './text.ts'

/** Bytes behind an anchor that are worth a cheap look. */
const longestLook = 16
/** How far the end of a host is looked for. */
const longestHost = 64
/** How far before a key the dashes of a flag are looked for. */
const longestFlag = 64
/** What may stand between a key and its separator. */
export const keyGap = byteClass('"\'`\\ \t\r\n*]')
export const separators = byteClass(':=!')
/** They join only right behind a name: `password("…")`, `<password>…`. */
export const closeSeparators = byteClass('(>')
/** They join only behind a name in quotes: `"password", "…"`. */
export const quotedSeparators = byteClass(',;')
export const quoteMarks = byteClass('"\'`')
/** Behind the word a name may go on that far, but not with a small letter other than the s of a plural. */
const longestRest = 14
export const startsRest = byteClass('0-9A-Z_.s-')
/** What a host or a user's name may hold; a placeholder's bracket is left to the scanner. */
export const host = userinfo.map((flag, byte) => (byte === 0x5b ? 0 : flag))
/** What makes of a port the beginning of a password. */
export const afterPort = userinfo.map((flag, byte) => (byte === 0x3a || byte === 0x40 ? 1 : flag))
/** Further bytes of a separator: `=>`, `:=`, `==`. */
export const secondSeparator = byteClass('=>:')
/** What ends a value without quotes, where values are those of JSON or code. */
export const bareEnds = byteClass(' \t\r\n"\'`,;)}]>')
const spaces = byteClass(' \t')
const lineEnds = byteClass('\r\n')
const spacesOrLineEnds = byteClass(' \t\r\n')
const quotesOrEscapes = byteClass('"\'`\\')
const longestGap = 4
/** `token: string = '…'` */
const typeName = byteClass('A-Za-z0-9_ ')
const equals = byteClass('=')
const longestType = 16
const backslash = 0x5c
const blanks = byteClass(' \t\r\n')
const bracket = 0x5b
const at_ = 0x40
const colon = 0x3a
const hyphen = 0x2d
const longestPort = 6

const looks: Readonly<Record<Follow, (text: Text, at: number, end: number, anchor: Anchor) => boolean>> = {
  run: (text, _at, end, anchor) => hasRun(text, end, anchor),
  key: (text, at, end, anchor) => hasSeparator(text, at, [end, leastValue(anchor)]),
  url: hasUserinfo,
  any: () => true,
}

/** Tells whether an anchor that stands at `at` may open a finding; sets `text.isShort` if that takes more text to tell. */
export function mayOpen(text: Text, at: number, anchor: Anchor): boolean {
  if (anchor.beginsWord && text.is(at - 1, alnum) && !isWordStart(text, at)) return false
  return looks[anchor.follow](text, at, at + anchor.literal.length, anchor)
}

/** Least bytes of a form's first run that are looked at, and their class. */
export function firstRun({ form, follow }: Anchor): { of: Uint8Array; min: number } {
  const first = form.head[0] ?? form.last
  return follow !== 'run' || 'literal' in first
    ? { of: alnum, min: 0 }
    : { of: first.of, min: Math.min(longestLook, first.min) }
}

function hasRun(text: Text, start: number, anchor: Anchor): boolean {
  const { of, min } = firstRun(anchor)
  return min === 0 || text.runEnd(start, of, min) === start + min || text.isShort
}

function hasSeparator(text: Text, keyStart: number, [wordEnd, least]: readonly [number, number]): boolean {
  if (text.is(wordEnd, keyName) && !text.is(wordEnd, startsRest)) return false
  const end = text.runEnd(wordEnd, keyName, longestRest)
  if (end === wordEnd + longestRest) return false
  const valueSide = text.runEnd(end, keyGap, longestLook)
  if (text.at(valueSide) < 0) return text.isShort
  if (valueSide - end === longestLook) return true
  if (text.is(valueSide, separators)) return hasValue(text, valueSide + 1, [end, least])
  if (valueSide === end) return text.is(valueSide, closeSeparators)
  const isQuoted = holdsAny(text, end, valueSide, quoteMarks)
  const isBlank = holdsAny(text, end, valueSide, blanks)
  if (isQuoted && (isBlank || text.is(valueSide, quotedSeparators))) return true
  return isBlank && hasDashes(text, keyStart)
}

/** Bytes that the value of a key must have. */
export function leastValue({ detector, form }: Anchor): number {
  return detector.structure === 'assignment' ? Math.min(longestLook, form.last.min) : 0
}

/**
 * Tells whether the value behind a separator may be long enough: not the 12 of `"tokens":12,` and not the word of `key: a`.
 * @param keyEnd Where the key's name ends: quotes between it and the separator say that values end at a comma, too.
 */
function hasValue(text: Text, from: number, [keyEnd, least]: readonly [number, number]): boolean {
  const open = text.runEnd(text.is(from, secondSeparator) ? from + 1 : from, spaces, longestGap)
  if (text.at(open) < 0) return text.isShort
  const start = text.runEnd(open, quotesOrEscapes, longestGap)
  if (open - from >= longestGap || start - open >= longestGap || text.is(open, lineEnds)) return true
  if (start > open) return isLong(text, start, [least, lineEnds, text.at(start - 1)])
  const ends = holdsAny(text, keyEnd, from, quoteMarks) ? bareEnds : spacesOrLineEnds
  if (text.at(start) === bracket || isLong(text, start, [least, ends, -1])) return true
  return text.is(text.runEnd(start, typeName, longestType), equals) || text.isShort
}

/** Goes on to what ends the value, or to a backslash or an inner quote, behind which it may go on. */
function isLong(
  text: Text,
  start: number,
  [least, ends, mark]: readonly [number, Uint8Array, number],
): boolean {
  let at = start
  while (at - start < least && text.at(at) >= 0 && text.at(at) !== mark && ends[text.at(at)] === 0) {
    if (text.at(at) === backslash) return true
    at++
  }
  return at - start >= least || text.isShort || (mark < 0 && text.is(at, quoteMarks))
}

function holdsAny(text: Text, start: number, end: number, of: Uint8Array): boolean {
  for (let at = start; at < end; at++) if (of[text.bytes[at]!] === 1) return true
  return false
}

/** `--password VALUE` */
function hasDashes(text: Text, at: number): boolean {
  const start = text.runStart(at, keyName, longestFlag)
  for (let dash = start; dash + 1 < at; dash++) {
    if (text.bytes[dash] === hyphen && text.bytes[dash + 1] === hyphen) return true
  }
  return false
}

/** `user:password@` or `token@`, but no `host/` and no `host:8080/`. */
function hasUserinfo(text: Text, at: number, start: number): boolean {
  if (!text.is(at - 1, alnum)) return false
  const end = text.runEnd(start, host, longestHost)
  const byte = text.at(end)
  if (end - start === longestHost || byte === bracket || byte === at_ || text.isShort) return true
  if (byte !== colon) return false
  const portEnd = text.runEnd(end + 1, digit, longestPort)
  return text.isShort || text.is(portEnd, afterPort)
}
