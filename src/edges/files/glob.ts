// Matches names against a pattern with two wildcards, in time that no pattern can blow up.

/**
 * Tells whether a whole name fits a pattern: `*` stands for any characters, `?` for one, all else for itself. Case
 * counts, and a name that begins with a dot is a name like any other.
 * @param pattern Attacker-controlled. The work is at most its length times the name's.
 */
export function fits(name: string, pattern: string): boolean {
  const names = Array.from(name)
  const signs = Array.from(pattern)
  let at = 0
  let sign = 0
  let star = -1
  let retryAt = 0
  while (at < names.length) {
    if (signs[sign] === '*') {
      star = sign++
      retryAt = at
    } else if (signs[sign] === '?' || signs[sign] === names[at]) {
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
  return signs.slice(sign).every((rest) => rest === '*')
}
