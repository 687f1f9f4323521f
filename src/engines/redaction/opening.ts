// The cheap look at a place where an anchor stands: whether what is around it can be what its scanner asks for. The
// prefilter does the same in WebAssembly (tools/wasm/prefilter.ts); both must give the same answer for every text.
import type { Anchor, Follow } from './anchors.ts'
import { alnum, byteClass, digit, keyName, space, userinfo } from './classes.ts'
import { leastOf } from './judge.ts'
import { mayBeSet } from './opening-setting.ts'
import { marks } from './quotes.ts'
import { isWordStart, type Text } from './text.ts'

/** Bytes behind an anchor that are worth a cheap look. */
const longestLook = 16
/** How far the end of a host is looked for. */
const longestHost = 64
/** What a host or a user's name may hold; a placeholder's bracket is left to the scanner. */
export const host = userinfo.map((flag, byte) => (byte === 0x5b ? 0 : flag))
/** What makes of a port the beginning of a password. */
export const afterPort = userinfo.map((flag, byte) => (byte === 0x3a || byte === 0x40 ? 1 : flag))
const separators = byteClass(':=')
const escapes = byteClass('\\')
const longestGap = 15
const longestSpace = 32
const bracket = 0x5b
const at_ = 0x40
const colon = 0x3a
const longestPort = 6

const looks: Readonly<Record<Follow, (text: Text, at: number, end: number, anchor: Anchor) => boolean>> = {
  run: (text, _at, end, anchor) => hasRun(text, end, anchor),
  header: (text, _at, end) => hasSeparator(text, end),
  setting: (text, at, end, anchor) => mayBeSet(text, at, [end, leastValue(anchor)]) || text.isShort,
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

/** A colon or an equals sign behind the name of a header. */
function hasSeparator(text: Text, end: number): boolean {
  if (text.is(end, keyName)) return false
  const mark = text.runEnd(end, escapes, longestGap)
  const separator = text.runEnd(text.is(mark, marks) ? mark + 1 : end, space, longestSpace)
  return text.is(separator, separators) || text.isShort
}

/** Bytes that the value of a setting must have. */
export function leastValue({ detector }: Anchor): number {
  return leastOf(detector.id === 'password' ? 'password' : 'credential', true)
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
