// Masks the secrets of what is about to be shown and sent. If that fails, nothing is.
import { Fault } from '#base'
import { type Finding, redact, type RedactOptions } from '#redaction'
import { cutterOf } from './cut.ts'

/** A text with its secrets found, ready to be cut. */
export interface MaskedText {
  readonly findings: readonly Finding[]
  /** Masked text of `[start, end)` of the original, line by line the same. */
  readonly cut: (start: number, end: number) => string
}

/** What the keeper lends: the known secrets, and the key that makes pseudonyms the same at every start. */
export type Lent = Required<Pick<RedactOptions, 'known' | 'key'>>

/** What one request is answered with, and until when. */
export interface Task {
  readonly lent: Lent
  /** Aborted once nobody waits for the answer: work that takes long ends then. */
  readonly signal: AbortSignal
}

/**
 * Masks every secret that is likely or certain.
 * @param text With enough around the asked part that a secret can be recognised as one.
 * @throws Fault `redaction-failed`, without what caused it: that could quote the text.
 */
export function mask(text: string, lent: Lent): MaskedText {
  try {
    const { text: masked, findings } = redact(text, { ...lent, threshold: 'likely' })
    return { findings, cut: cutterOf({ original: text, text: masked, findings }) }
  } catch {
    throw new Fault('redaction-failed', 'secrets could not be masked; nothing was released')
  }
}
