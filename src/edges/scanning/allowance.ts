// `keyreeve:allow DETECTOR reason="…" until=YYYY-MM-DD` in a comment: lets one finding stand, for a reason and a time.
import { latin1 } from './content.ts'

/** What a comment says about a finding of its detector. */
export type Allowed = 'yes' | 'without-reason' | 'expired'

export interface Allowance {
  readonly allowed: Allowed
  /** Bytes from the start of the line to the comment's words. */
  readonly offset: number
}

const pattern =
  /keyreeve:allow[ \t]+([a-z0-9-]{2,64})((?:[ \t]+(?:reason=(?:"[^"]*"|'[^']*')|until=[^\s"'>]*))*)/g

/**
 * Reads what a line says about findings of a detector.
 * @param line Attacker-controlled.
 * @param isBefore The line stands before that of the finding: then nothing but the comment may stand in it.
 * @param today `YYYY-MM-DD`.
 * @returns Null if it says nothing about it. A comment without a reason, or past its last day, allows nothing.
 */
export function allowanceIn(
  line: Uint8Array,
  { detector, isBefore, today }: { detector: string; isBefore: boolean; today: string },
): Allowance | null {
  const text = latin1(line)
  if (!text.includes('keyreeve:allow')) return null
  for (const { index, 1: named, 2: terms = '' } of text.matchAll(pattern)) {
    if (named !== detector || (isBefore && /[\w"']/.test(text.slice(0, index)))) continue
    return { allowed: judge(terms, today), offset: index }
  }
  return null
}

function judge(terms: string, today: string): Allowed {
  const reason = /reason=(?:"([^"]*)"|'([^']*)')/.exec(terms)
  if ((reason?.[1] ?? reason?.[2] ?? '').trim() === '') return 'without-reason'
  const until = /until=(\S*)/.exec(terms)?.[1]
  if (until === undefined) return 'yes'
  return /^\d{4}-\d\d-\d\d$/.test(until) && until >= today ? 'yes' : 'expired'
}
