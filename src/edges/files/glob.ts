// Matches names and paths against patterns with wildcards, in time that no pattern can blow up.

/** What one place of a pattern stands for. */
type Sign =
  | { readonly isStar: true }
  | { readonly isStar: false; readonly takes: (character: string) => boolean }

/** A pattern that is ready. The work is at most its length times the name's. */
export type NamePattern = (name: string) => boolean

/**
 * Tells whether a whole name fits a pattern: `*` stands for any characters, `?` for one, all else for itself. Case
 * counts, and a name that begins with a dot is a name like any other.
 * @param pattern Attacker-controlled. The work is at most its length times the name's.
 */
export function fits(name: string, pattern: string): boolean {
  return namePattern(pattern)(name)
}

/** Makes a pattern of `fits` ready. */
export function namePattern(pattern: string): NamePattern {
  return fitting(Array.from(pattern, signOf))
}

/** As `namePattern`, with the classes and the backslash of gitignore. @see fnmatch(3), gitignore(5) */
export function shellPattern(pattern: string): NamePattern {
  const parts = pattern.match(/\\.|\[[!^]?\]?[^\]]*\]|./gsu) ?? []
  return fitting(parts.map((part) => (part.length > 1 ? shellSign(part) : signOf(part))))
}

/** `*` of a list of patterns stands for one path component, `**` for any number of them. */
export function pathFits(path: readonly string[], pattern: readonly (NamePattern | '**')[]): boolean {
  return fitsAll(
    path,
    pattern,
    (component, sign) => sign !== '**' && sign(component),
    (sign) => sign === '**',
  )
}

function fitting(signs: readonly Sign[]): NamePattern {
  return (name) =>
    fitsAll(
      Array.from(name),
      signs,
      (character, sign) => !sign.isStar && sign.takes(character),
      (sign) => sign.isStar,
    )
}

function signOf(character: string): Sign {
  if (character === '*') return { isStar: true }
  return { isStar: false, takes: character === '?' ? () => true : (other) => other === character }
}

function shellSign(part: string): Sign {
  if (part.startsWith('\\')) return { isStar: false, takes: (other) => other === part.slice(1) }
  const isNegated = /^\[[!^]/.test(part)
  const members = Array.from(part.slice(isNegated ? 2 : 1, -1))
  return { isStar: false, takes: (other) => isMember(other, members) !== isNegated }
}

function isMember(character: string, members: readonly string[]): boolean {
  return members.some((member, at) => {
    const isRange = members[at + 1] === '-' && at + 2 < members.length
    return isRange ? member <= character && character <= members[at + 2]! : member === character
  })
}

function fitsAll<One, Of>(
  text: readonly One[],
  signs: readonly Of[],
  takes: (one: One, sign: Of) => boolean,
  isStar: (sign: Of) => boolean,
): boolean {
  let at = 0
  let sign = 0
  let star = -1
  let retryAt = 0
  while (at < text.length) {
    const here = signs[sign]
    if (here !== undefined && isStar(here)) {
      star = sign++
      retryAt = at
    } else if (here !== undefined && takes(text[at]!, here)) {
      sign++
      at++
    } else if (star >= 0) {
      // Only the latest star needs another try: an earlier one could not match more than it did.
      sign = star + 1
      at = ++retryAt
    } else {
      return false
    }
  }
  return signs.slice(sign).every(isStar)
}
