// keyreeve transcripts scan: which secrets lie in what assistants wrote down, and for how long already.
import { shown, type ExitCode } from '#base'
import { scanTranscripts, usualLimits, type TranscriptReport } from '#scanning'
import type { Call } from './machine.ts'
import { progressOn } from './progress.ts'
import { gapText, plural, sizeText } from './scan-output.ts'

const day = 86_400_000

interface Total {
  files: number
  bytes: number
  found: number
  gaps: number
  readonly fingerprints: Set<string>
}

/** Ends with 10 if there are secrets, and with 1 if something could not be looked into. Prints no content. */
export async function scan(call: Call): Promise<ExitCode> {
  const { machine, terminal } = call
  const now = machine.clock.now()
  const progress = progressOn(machine)
  const total: Total = { files: 0, bytes: 0, found: 0, gaps: 0, fingerprints: new Set() }
  for await (const report of scanTranscripts({
    paths: call.arguments,
    cwd: machine.cwd,
    userFolder: machine.userFolder,
    platform: machine.platform,
    env: machine.env,
    settings: { threshold: 'likely', salt: null, today: '', limits: usualLimits },
    onProgress: progress.show,
  })) {
    progress.clear()
    add(total, report)
    if (report.secrets.length > 0 || report.gaps.length > 0)
      terminal.data(documentOf(report, now), linesOf(report, now))
  }
  progress.clear()
  const { files, bytes, found, gaps, fingerprints } = total
  const secrets = fingerprints.size
  const sum = `${plural(secrets, 'secret')} in ${plural(found, 'place')} of ${plural(files, 'transcript')} (${sizeText(bytes)})`
  terminal.data({ summary: true, files, bytes, secrets, places: found, incomplete: gaps }, [sum])
  if (found > 0) return 10
  return gaps > 0 ? 1 : 0
}

function add(total: Total, { secrets, gaps, bytes }: TranscriptReport): void {
  total.files++
  total.bytes += bytes
  total.found += secrets.length
  total.gaps += gaps.length
  for (const { fingerprint } of secrets) total.fingerprints.add(fingerprint)
}

/** How many of which kind. */
function kindsOf({ secrets }: TranscriptReport): Map<string, number> {
  const kinds = new Map<string, number>()
  for (const { detector } of secrets) kinds.set(detector, (kinds.get(detector) ?? 0) + 1)
  return kinds
}

function documentOf(report: TranscriptReport, now: number): object {
  const { path, assistant, modified, secrets, gaps } = report
  return {
    path,
    assistant,
    modified: new Date(modified).toISOString(),
    ageDays: daysSince(modified, now),
    kinds: Object.fromEntries(kindsOf(report)),
    places: secrets.map(({ time, ...place }) => ({ ...place, ageDays: daysSince(time ?? modified, now) })),
    incomplete: gaps,
  }
}

function linesOf(report: TranscriptReport, now: number): string[] {
  const { path, assistant, modified, secrets, gaps } = report
  const kinds = [...kindsOf(report)].map(([detector, count]) => `${count} ${detector}`).join(', ')
  return [
    `${shown(path)}  ${assistant}, written ${plural(daysSince(modified, now), 'day')} ago: ${kinds || 'nothing found'}`,
    ...secrets.map(({ line, at, detector, confidence, fingerprint, time }) => {
      const age = plural(daysSince(time ?? modified, now), 'day')
      return `  line ${line}${at === '' ? '' : ` ${shown(at, 200)}`}: ${detector} ${confidence} ${fingerprint}, ${age} old`
    }),
    ...gaps.map((gap) => `  ${gapText(gap)}`),
  ]
}

function daysSince(time: number, now: number): number {
  return Math.max(0, Math.floor((now - time) / day))
}
