// How far a text is settled while more may follow: what could still turn out to be the beginning of a form.
import { aligned } from './prober.ts'
import type { Group } from './groups.ts'
import type { Kind } from './table.ts'

/** Characters of base64 before a form that are taken with it. All are graphic. */
const longestLead = 3
const [space, quote, backslash] = [0x20, 0x22, 0x5c]

/** The first position at which a form could start that no window has shown yet, or the end of the text. */
export function horizonOf(bytes: Uint8Array, groups: readonly Group[]): number {
  let horizon = bytes.length
  for (const group of groups) {
    const lastWindow = aligned(bytes.length - group.window + 1, group) - group.stride
    for (const [kind, base] of group.bases) {
      const least = Math.max(0, lastWindow - base + 1 - (kind === 'graphic' ? longestLead : 0))
      horizon = Math.min(horizon, beginnings[kind](bytes, least))
    }
  }
  return horizon
}

/** By kind: the first position from `least` on from where the text goes on to its end like a form of that kind. */
const beginnings: Readonly<Record<Kind, (bytes: Uint8Array, least: number) => number>> = {
  any: (_, least) => least,
  graphic(bytes, least) {
    let at = bytes.length
    while (at > least && isGraphic(bytes[at - 1]!)) at--
    return at
  },
  wide(bytes, least) {
    let at = bytes.length
    while (at > least && (bytes[at - 1] === 0 || (bytes[at] ?? 0) === 0)) at--
    // A space that ends the text begins none.
    return at === bytes.length - 1 && bytes[at]! <= space ? bytes.length : at
  },
  escaped(bytes, least) {
    let first = bytes.length
    for (let at = bytes.length - 1; at >= least && first - at <= 8; at--)
      if (bytes[at] === backslash) first = at
    return first
  },
}

function isGraphic(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f && byte !== quote
}
