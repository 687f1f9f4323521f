// keyreeve scan: finds secrets before somebody else does, and says where without saying what.
import { Fault, shown, type ExitCode } from '#base'
import {
  annotation,
  readBaseline,
  sarifLog,
  scanOptions,
  scanPaths,
  usualLimits,
  writeBaseline,
  type Baseline,
  type ScanResult,
  type Settings,
} from '#scanning'
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Call, Machine } from './machine.ts'
import { progressOn } from './progress.ts'
import { rulesIn, thresholdOf } from './redact-options.ts'
import { gapText, printFindings } from './scan-output.ts'
import { wholeNumber } from './whole-number.ts'

const saltLength = 16
const mostThreads = 64

/** Ends with 10 if there are findings, and with 1 if something could not be looked into. */
export async function scan(call: Call): Promise<ExitCode> {
  const { machine, options } = call
  const baseline = baselineOf(call)
  const progress = progressOn(machine)
  const result = await scanPaths({
    paths:
      call.arguments.length === 0 && options['history'] !== true && options['staged'] !== true
        ? ['.']
        : call.arguments,
    cwd: machine.cwd,
    of: scopeOf(options),
    heedsIgnoreFiles: options['ignore'] !== false,
    baseline: baseline?.old ?? null,
    settings: settingsOf(call, baseline?.salt ?? null),
    env: machine.env,
    crew: { threads: threadsOf(options['threads']), worker: workerOf(machine), onProgress: progress.show },
  })
  progress.clear()
  writeReport(call, result)
  if (options['writeBaseline'] !== true || baseline === null) return tell(call, result)
  writeBaseline(baseline.path, baseline.salt, result.all)
  call.terminal.say(`${result.all.length} findings let stand in ${shown(baseline.path)}`)
  return tell(call, { ...result, findings: [], stale: [] })
}

function settingsOf({ machine, options }: Call, salt: Uint8Array | null): Settings {
  const { rules } = options
  const settings: Settings = {
    threshold: thresholdOf(options['threshold']),
    pii: options['pii'] === true,
    ...(typeof rules === 'string' && { rules: rulesIn(resolve(machine.cwd, rules)) }),
    salt,
    today: new Date(machine.clock.now()).toISOString().slice(0, 10),
    limits: usualLimits,
  }
  // What is wrong with the rules is said before anything is looked at.
  scanOptions(settings)
  return settings
}

function tell(call: Call, result: ScanResult): ExitCode {
  const { terminal, options } = call
  printFindings(call, result)
  if (options['github'] === true)
    for (const finding of result.findings) call.machine.stdout.write(`${annotation(finding)}\n`)
  for (const gap of result.gaps) terminal.say(gapText(gap))
  for (const { detector, path } of result.stale)
    terminal.say(`baseline: ${detector} in ${shown(path)} is no more`)
  if (result.findings.length > 0) return 10
  return result.gaps.length > 0 ? 1 : 0
}

function writeReport({ machine, options }: Call, { findings }: ScanResult): void {
  const { sarif } = options
  if (typeof sarif !== 'string') return
  try {
    writeFileSync(
      resolve(machine.cwd, sarif),
      `${JSON.stringify(sarifLog(findings, machine.version), null, 2)}\n`,
    )
  } catch (cause) {
    throw new Fault('path-unreadable', 'the SARIF file cannot be written', { cause })
  }
}

interface Known {
  readonly path: string
  /** Null if it is yet to be written. */
  readonly old: Baseline | null
  readonly salt: Uint8Array
}

function baselineOf({ machine, options }: Call): Known | null {
  const { baseline } = options
  const isToBeWritten = options['writeBaseline'] === true
  if (typeof baseline !== 'string') {
    if (isToBeWritten) throw new Fault('usage', '--write-baseline needs --baseline FILE')
    return null
  }
  const path = resolve(machine.cwd, baseline)
  const old = readBaseline(path)
  if (old === null && !isToBeWritten) throw new Fault('path-not-found', 'there is no such baseline')
  return { path, old, salt: old?.salt ?? machine.random(saltLength) }
}

function scopeOf(options: Call['options']): 'files' | 'staged' | 'history' {
  if (options['staged'] === true && options['history'] === true) {
    throw new Fault('usage', 'choose one of --staged and --history')
  }
  if (options['staged'] === true) return 'staged'
  return options['history'] === true ? 'history' : 'files'
}

function threadsOf(text: Call['options'][string]): number {
  return text === undefined
    ? availableParallelism()
    : Math.max(1, wholeNumber(text, '--threads', mostThreads))
}

/** The room's own file, or what `tools/bundle.ts` made of it and all that it needs. */
function workerOf({ main }: Machine): URL {
  return new URL(
    main.endsWith('.ts') ? '../../edges/scanning/worker.ts' : './scan-worker.js',
    pathToFileURL(main),
  )
}
