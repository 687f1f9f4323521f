// Tells at a glance that nothing is in a text: the way of most lines of a log.
import type { ScanOptions } from './finding.ts'
import { isClear as isClearIn, usualMachine } from './prefilter-machine.ts'

/** True if all that is looked for shows by an anchor or a run: then a glance can tell that nothing is there. */
export function isGlanceable(
  input: string | Uint8Array,
  { known, pii = false, policy }: ScanOptions,
): input is string {
  return typeof input === 'string' && known === undefined && pii === false && policy !== 'strict'
}

/** Tells of a short string that nothing of ours is in it; false says nothing. Needs no detector to be loaded. */
export function isClear(input: string | Uint8Array, options: ScanOptions): boolean {
  if (options.rules !== undefined || !isGlanceable(input, options)) return false
  const machine = usualMachine()
  return machine !== null && isClearIn(machine, input)
}
