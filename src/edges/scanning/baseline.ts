// Findings that are known and let stand: a file of fingerprints, which tells nobody anything.
import { base64url, errorCode, Fault, fromBase64url } from '#base'
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import type { FoundSecret } from './finding.ts'
import { entriesOf, itemsOf, memberOf, parseJson } from './json.ts'

const mostBytes = 2 ** 26

/** What a baseline says of a finding that it lets stand. */
export interface BaselineEntry {
  readonly fingerprint: string
  readonly detector: string
  /** Where it was when it was written down; only for whoever reads the file. */
  readonly path: string
}

/** Findings that are let stand. */
export interface Baseline {
  /** Key of the fingerprints: the same secret has another one in every repository. */
  readonly salt: Uint8Array
  readonly entries: readonly BaselineEntry[]
}

/**
 * Reads a baseline.
 * @returns Null if there is no such file.
 * @throws Fault `baseline-invalid` if it is none.
 */
export function readBaseline(path: string): Baseline | null {
  const bytes = contentOf(path)
  if (bytes === null) return null
  const document = parseJson(bytes)
  const salt = memberOf(document, 'salt')
  const entries = itemsOf(memberOf(document, 'findings')).map(entryOf)
  const isSound = memberOf(document, 'v') === 1 && typeof salt === 'string' && /^[\w-]{22,86}$/.test(salt)
  if (!isSound || entries.includes(null))
    throw new Fault('baseline-invalid', 'the baseline is not one of version 1')
  return { salt: fromBase64url(salt), entries: entries.filter((entry) => entry !== null) }
}

/** Writes a baseline that lets exactly these findings stand. @throws Fault `path-unreadable` */
export function writeBaseline(path: string, salt: Uint8Array, findings: readonly FoundSecret[]): void {
  const entries = new Map(
    findings.map(({ fingerprint, detector, path }) => [fingerprint, { fingerprint, detector, path }]),
  )
  const sorted = [...entries.values()].toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1))
  const text = `${JSON.stringify({ v: 1, salt: base64url(salt), findings: sorted }, null, 2)}\n`
  try {
    writeFileSync(`${path}.new`, text)
    renameSync(`${path}.new`, path)
  } catch (cause) {
    throw new Fault('path-unreadable', 'the baseline cannot be written', { cause })
  }
}

/** Takes out what a baseline lets stand, and names its entries that nothing answers to any more. */
export function compare(
  findings: readonly FoundSecret[],
  { entries }: Baseline,
): { fresh: FoundSecret[]; stale: BaselineEntry[] } {
  const known = new Set(entries.map(({ fingerprint }) => fingerprint))
  const present = new Set(findings.map(({ fingerprint }) => fingerprint))
  return {
    fresh: findings.filter(({ fingerprint }) => !known.has(fingerprint)),
    stale: entries.filter(({ fingerprint }) => !present.has(fingerprint)),
  }
}

function contentOf(path: string): Uint8Array | null {
  try {
    const stat = statSync(path)
    if (stat.isFile() && stat.size <= mostBytes) return readFileSync(path)
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return null
    throw new Fault('path-unreadable', 'the baseline cannot be read', { cause })
  }
  throw new Fault('baseline-invalid', 'the baseline is no file, or too large for one')
}

function entryOf(value: unknown): BaselineEntry | null {
  const members = new Map(entriesOf(value))
  const [fingerprint, detector, path] = ['fingerprint', 'detector', 'path'].map((name) => members.get(name))
  const isSound = typeof fingerprint === 'string' && /^[0-9a-f]{16}$/.test(fingerprint)
  if (!isSound || typeof detector !== 'string' || typeof path !== 'string') return null
  return { fingerprint, detector, path }
}
