// What `redact` and its servers look for, as the command line says it.
import { Fault } from '#base'
import type { Confidence, ScanOptions } from '#redaction'
import type { Call } from './machine.ts'

/** @throws Fault `usage` for a threshold that is none. */
export function redactOptions({ options }: Pick<Call, 'options'>): ScanOptions {
  return {
    threshold: thresholdOf(options['threshold']),
    policy: options['strict'] === true ? 'strict' : 'anchored',
  }
}

/** Default `likely`. @throws Fault `usage` */
export function thresholdOf(text: Call['options'][string]): Confidence {
  if (text === undefined) return 'likely'
  if (text === 'certain' || text === 'likely' || text === 'hint') return text
  throw new Fault('usage', '--threshold must be certain, likely or hint')
}
