// What `redact` and its servers look for, as the command line says it.
import { errorCode, Fault } from '#base'
import { parseRules, type Confidence, type ScanOptions } from '#redaction'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Call } from './machine.ts'

/** @throws Fault `usage`, `path-not-found`, `path-unreadable`, `rule-invalid` */
export function redactOptions({ machine, options }: Pick<Call, 'machine' | 'options'>): ScanOptions {
  const { rules } = options
  return {
    threshold: thresholdOf(options['threshold']),
    policy: options['strict'] === true ? 'strict' : 'anchored',
    pii: options['pii'] === true,
    ...(typeof rules === 'string' && { rules: parseRules(rulesIn(resolve(machine.cwd, rules))) }),
  }
}

/** Default `likely`. @throws Fault `usage` */
export function thresholdOf(text: Call['options'][string]): Confidence {
  if (text === undefined) return 'likely'
  if (text === 'certain' || text === 'likely' || text === 'hint') return text
  throw new Fault('usage', '--threshold must be certain, likely or hint')
}

/** JSON in a file of rules. @throws Fault `path-not-found`, `path-unreadable`, `rule-invalid` */
export function rulesIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') throw new Fault('path-not-found', 'there is no such file of rules')
    if (errorCode(cause) !== undefined) throw new Fault('path-unreadable', 'the rules cannot be read')
    throw new Fault('rule-invalid', 'the file of rules is no JSON', { cause })
  }
}
