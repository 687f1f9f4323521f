// E-mail addresses, also percent-encoded and with letters of other scripts.
import { alnum, byteClass, digit, hexAny, letter, union } from './classes.ts'
import type { Confidence, Found } from './finding.ts'
import { isMasked, runStartOf } from './pii-place.ts'
import { once } from './once.ts'
import { lexicon, names, wordsBefore } from './pii-words.ts'
import { endsPlaceholder } from './placeholder.ts'
import type { Text } from './text.ts'

/** @see RFC 5321, section 4.5.3.1 */
const longestLocal = 64
const mostLabels = 8
const longestLabel = 63
const longestTop = 24
const longestPort = 5
const atSign = 0x40
const dot = 0x2e
const colon = 0x3a
const slash = 0x2f
const hyphen = 0x2d
const percent = 0x25
const parenthesis = 0x28
/** Letters of scripts that put no space between words begin in UTF-8 with this byte or a later one. */
const wideFrom = 0xe2
const foreign = byteClass('\x80-\xff')
/** What local parts are made of in practice; the rest of what RFC 5321 allows separates. */
const local = union(byteClass("A-Za-z0-9._+%'-"), foreign)
const label = union(byteClass('A-Za-z0-9-'), foreign)
/** Not at the front of a local part. */
const leading = byteClass(".'-")
/** Of the characters that are percent-encoded, those that a local part may hold: + - . _ */
const encoded = new Set(['2b', '2d', '2e', '5f'])
const userinfo = byteClass('A-Za-z0-9._~%!$&+,;=:-')
const path = byteClass('A-Za-z0-9._~/-')

/** Names of files and units look like domains. */
const noDomains = once(
  () =>
    new Set(
      (
        'png jpg jpeg gif svg webp ico bmp css scss html htm js mjs cjs jsx ts tsx json yaml yml toml xml txt log csv pdf ' +
        'tgz gz tar bz exe dll java php service socket timer target mount slice scope device path local lan internal ' +
        'localhost localdomain'
      ).split(' '),
    ),
)

/** Domains that most addresses are in; another of more than two letters takes a word before it. */
const wellKnown = once(
  () =>
    new Set(
      (
        'com net org edu gov mil int info biz name pro aero coop museum mobi jobs travel tel asia cat post app dev page ' +
        'cloud online site store shop blog tech xyz top club live life world today email mail company agency digital ' +
        'media group team work works network systems solutions services support software design studio global ' +
        'international finance bank capital ventures consulting academy school university college health care hospital ' +
        'law legal news press social space website web host zone art music games fun one example test invalid google ' +
        'amazon apple microsoft wien berlin hamburg koeln london paris nyc tokyo'
      ).split(' '),
    ),
)

/** @param at Where the @ stands, or its percent-encoded form. */
export function readEmail(text: Text, at: number, out: Found[]): void {
  const top = topAt(text, at + (text.at(at) === atSign ? 1 : 3))
  if (top === null || isTarget(text, top[1])) return
  const start = localStart(text, at)
  if (start < 0 || isCredential(text, start) || text.latin1(start, at) === 'git') return
  const confidence = confidenceOf(text, start, text.latin1(...top).toLowerCase())
  if (confidence !== null) out.push({ start, end: top[1], detector: 'email', confidence })
}

/** The last label of the domain that begins at `from`, or null if there is no domain. */
function topAt(text: Text, from: number): readonly [start: number, end: number] | null {
  for (let at = from, count = 1; count <= mostLabels; count++) {
    const end = labelEnd(text, at)
    if (end === at || end - at > longestLabel || isMasked(text, end)) return null
    const next = text.at(end) === dot ? end + 1 : -1
    if (next > 0 && isMasked(text, next)) return null
    if (next < 0 || !text.is(next, label)) return count > 1 && isTop(text, at, end) ? [at, end] : null
    at = next
  }
  return null
}

/** Where no spaces are written, what follows an address is glued to it. */
function labelEnd(text: Text, start: number): number {
  const runEnd = text.runEnd(start, label, longestLabel + 1)
  let end = runEnd
  if (text.is(start, alnum)) {
    end = start
    while (end < runEnd && text.at(end) < wideFrom) end++
  }
  while (end > start && text.at(end - 1) === hyphen && !isMasked(text, end)) end--
  return end
}

/** Letters of one kind, two or more; or the ASCII form of others. */
function isTop(text: Text, start: number, end: number): boolean {
  if (end - start >= 6 && text.latin1(start, start + 4).toLowerCase() === 'xn--') return true
  if (end - start < 2 || end - start > longestTop) return false
  return text.runEnd(start, letter, longestTop) >= end || text.runEnd(start, foreign, longestTop) >= end
}

/** `host:path` and `host:22` are where something is copied to. */
function isTarget(text: Text, end: number): boolean {
  if (text.at(end) === parenthesis) return true
  if (text.at(end) !== colon) return false
  const pathEnd = text.runEnd(end + 1, path, longestLocal)
  if (isMasked(text, pathEnd) || text.latin1(end + 1, pathEnd).includes('/')) return true
  const portEnd = text.runEnd(end + 1, digit, longestPort)
  return portEnd > end + 1 && portEnd === pathEnd
}

/** Where the local part that ends at `at` begins, or -1 if there is none. */
function localStart(text: Text, at: number): number {
  const first = runStartOf(text, at, local, longestLocal + 6)
  let start = Math.max(first, afterEscapes(text, first, at), afterScript(text, first, at))
  while (start < at && text.is(start, leading)) start++
  const isWhole = start < at && at - start <= longestLocal && text.at(at - 1) !== dot
  return isWhole && !endsPlaceholder(text, first) ? start : -1
}

/** Behind the last character that is percent-encoded and belongs to no local part. */
function afterEscapes(text: Text, first: number, at: number): number {
  let start = first
  for (let next = first; next < at; next++) {
    if (text.at(next) !== percent || encoded.has(text.latin1(next + 1, next + 3).toLowerCase())) continue
    start = text.is(next + 1, hexAny) && text.is(next + 2, hexAny) ? next + 3 : next + 1
  }
  return start
}

/** A script without spaces ends where ASCII begins. */
function afterScript(text: Text, first: number, at: number): number {
  let start = first
  let last = 0
  for (let next = first; next < at; next++) {
    const byte = text.at(next)
    if (byte < 0x80 && last >= wideFrom) start = next
    if (byte < 0x80 || byte >= 0xc0) last = byte
  }
  return start
}

/** What stands before the @ of a URL is no mailbox. */
function isCredential(text: Text, start: number): boolean {
  const before = text.at(start - 1)
  if (before !== colon) return before === slash && text.at(start - 2) === slash
  const first = text.runStart(start, userinfo, longestLocal)
  return (text.at(first - 1) === slash && text.at(first - 2) === slash) || endsPlaceholder(text, first)
}

function confidenceOf(text: Text, start: number, top: string): Confidence | null {
  if (noDomains().has(top)) return null
  if (top.length === 2 || wellKnown().has(top) || top.startsWith('xn--') || top.charCodeAt(0) >= 0x80)
    return 'certain'
  return names(wordsBefore(text, start), lexicon().addressed) ? 'likely' : 'hint'
}
