// Text without a secret in it: whatever a redactor takes out of it, it takes wrongly.
import { Dice } from './dice.ts'
import { type Source, sources } from './sources.ts'
import { block } from './texts.ts'

/**
 * Packages whose files hold keys, and why those are right to be found. Hand-checked.
 */
const withKeys: readonly (readonly [beginning: string, why: string])[] = []

/** Source code, declarations and manuals of the installed packages, without those that hold real test keys. */
export function* cleanFiles(): Generator<Source> {
  for (const kind of ['code', 'types', 'markdown'] as const) {
    for (const source of sources(kind)) {
      if (!withKeys.some(([beginning]) => source.path.startsWith(beginning))) yield source
    }
  }
}

/** Files that are left out of the clean ones, and why. */
export const leftOut = withKeys

/** Logs as they should be: ids, hashes and words such as token and key, but no credential. */
export function cleanLogs(size: number, seed: number): Buffer {
  const dice = new Dice(seed)
  const parts: Buffer[] = []
  for (let length = 0; length < size;) {
    const part = block(dice.pick(['pino', 'access', 'sse', 'git', 'lock'] as const), 16_384, dice)
    parts.push(part)
    length += part.length
  }
  return Buffer.concat(parts)
}
