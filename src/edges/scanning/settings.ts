// What every part of a scan must know. Plain data: it goes to the workers as it is.
import { parseRules, type Confidence, type ScanOptions } from '#redaction'

/** How far a scan goes into containers, each for one file of the tree. */
export interface Limits {
  /** Members of a container, those of the containers in it included. */
  readonly entries: number
  /** Bytes that come out of it. */
  readonly unpacked: number
  /** Bytes that come out for each byte that goes in, once more than 16 MiB came out. */
  readonly ratio: number
  /** Bytes of a container within a container, of a directory of members, and of a version in a history. */
  readonly held: number
  /** Findings. */
  readonly findings: number
}

/** What a scan goes by unless it is told otherwise. */
export const usualLimits: Limits = {
  entries: 100_000,
  unpacked: 2 ** 31,
  ratio: 200,
  held: 2 ** 25,
  findings: 10_000,
}

/** How to look, the same for every file of a scan. */
export interface Settings {
  readonly threshold: Confidence
  /** Look for personal data, too. */
  readonly pii?: boolean
  /** An organisation's own rules, as JSON that `parseRules` takes; each thread parses them once. */
  readonly rules?: unknown
  /** Key of the fingerprints, from a baseline; null for the fixed one. */
  readonly salt: Uint8Array | null
  /** `YYYY-MM-DD`, for allowances that end. */
  readonly today: string
  readonly limits: Limits
}

const parsed = new WeakMap<Settings, ScanOptions>()

/** What the engine is to look for; the same for the same settings. @throws Fault `rule-invalid` */
export function scanOptions(settings: Settings): ScanOptions {
  const known = parsed.get(settings)
  if (known !== undefined) return known
  const { threshold, pii = false, rules } = settings
  const options = { threshold, pii, ...(rules !== undefined && { rules: parseRules(rules) }) }
  parsed.set(settings, options)
  return options
}
