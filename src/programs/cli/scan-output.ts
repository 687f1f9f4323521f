// How a scan is told: a line for each finding, then one that sums up.
import { shown } from '#base'
import type { FoundSecret, Gap, GapReason, ScanResult } from '#scanning'
import type { Writable } from 'node:stream'
import type { Call } from './machine.ts'

const linesAtOnce = 256

const reasons: Readonly<Record<GapReason, string>> = {
  unreadable: 'cannot be read',
  damaged: 'is damaged',
  encrypted: 'is encrypted',
  'unknown-method': 'is packed by a method that is not known',
  'too-many-entries': 'holds too many members; the rest was not looked into',
  'too-large': 'is too large to unpack; not looked into to its end',
  ratio: 'unpacks to far more than it is, as a bomb does; not looked into to its end',
  'too-deep': 'is a container within containers; not opened',
  'too-many-findings': 'holds more findings than anybody will read; the rest was left out',
  failed: 'could not be looked into',
}

/** Prints findings and the summary, as JSON lines with --json. */
export function printFindings({ machine, terminal }: Call, result: ScanResult): void {
  const { findings, gaps, stale, files, bytes } = result
  if (terminal.isJson) {
    write(machine.stdout, findings, (finding) => JSON.stringify(documentOf(finding)))
    const baselined = result.all.length - findings.length
    const summary = {
      summary: true,
      files,
      bytes,
      findings: findings.length,
      baselined,
      incomplete: gaps,
      stale,
    }
    terminal.data(summary, [])
    return
  }
  write(machine.stdout, findings, lineOf)
  terminal.say(`${plural(findings.length, 'finding')} in ${plural(files, 'file')} (${sizeText(bytes)})`)
}

/** Many lines at a time: each write is a call of the system. */
function write(
  out: Writable,
  findings: readonly FoundSecret[],
  lineFor: (finding: FoundSecret) => string,
): void {
  for (let at = 0; at < findings.length; at += linesAtOnce) {
    out.write(
      findings
        .slice(at, at + linesAtOnce)
        .map((finding) => `${lineFor(finding)}\n`)
        .join(''),
    )
  }
}

/** What was not looked into, and why. */
export function gapText({ path, reason }: Gap): string {
  return `incomplete: ${shown(path)} ${reasons[reason]}`
}

/** Bytes as people read them. */
export function sizeText(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}

function documentOf({ path, line, column, detector, confidence, fingerprint, commit }: FoundSecret): object {
  return {
    v: 1,
    path,
    line,
    column,
    detector,
    confidence,
    fingerprint,
    ...(commit !== undefined && { commit }),
  }
}

function lineOf({ path, line, column, detector, confidence, fingerprint, commit }: FoundSecret): string {
  const place = `${shown(path)}:${line}:${column}`
  return [
    place,
    detector,
    confidence,
    fingerprint,
    ...(commit === undefined ? [] : [commit.slice(0, 12)]),
  ].join(' ')
}

/** A number and what is counted. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
