// What redaction leaves of a secret.
import type { Finding } from '../../src/api/lib/redaction.ts'

/**
 * The longest stretch of a secret that no finding covers.
 * @param findings In order, none overlapping another.
 */
export function longestLeft(
  findings: readonly Finding[],
  start: number,
  end: number,
): { readonly length: number; readonly isTouched: boolean } {
  let at = start
  let length = 0
  for (const finding of findings) {
    if (finding.end <= start || finding.start >= end) continue
    length = Math.max(length, finding.start - at)
    at = finding.end
  }
  const isTouched = findings.some((finding) => finding.end > start && finding.start < end)
  return { length: Math.max(length, end - at), isTouched }
}
