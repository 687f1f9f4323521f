// Header fields and trailers of an answer, and single texts of it: nothing of a secret is left in them.
import { masked, type Told } from './masking.ts'
import type { LiveSecrets } from './live.ts'

/** Name and value: a character for each byte, as Node and undici give them; or text with other characters, as UTF-8. */
export type Field = readonly [name: string, value: string]

/** What says how long a body is, how it is encoded and what it sums to: not true of what is sent on. */
const untrue = new Set([
  'content-encoding',
  'content-length',
  'content-digest',
  'repr-digest',
  'digest',
  'content-md5',
  'accept-ranges',
])
/** In no form of any secret, so that none seems to go on from one field to the next. */
const between = '\0\n\0'

/**
 * Masks header fields or trailers. A field whose name holds a secret is left out: no placeholder can stand there.
 * @param fields Attacker-controlled.
 * @param told Told of each secret that was masked, by its name.
 * @returns The very fields that were given if there is none.
 */
export function scrubFields(fields: readonly Field[], secrets: LiveSecrets, told: Told): readonly Field[] {
  // One look at all of them: nearly always it finds nothing.
  const all = fields.map(([name, value]) => `${name}${between}${value}`).join(between)
  if (secrets.find(bytesOf(all), 0, true).found.length === 0) return fields
  return fields
    .filter(([name]) => scrubText(name, secrets, told) === name)
    .map(([name, value]) => [name, scrubText(value, secrets, told)] as const)
}

/**
 * The header fields of an answer whose body goes through an `AnswerScrub`, masked, and without those that are not true of
 * it: its length, encoding and digests.
 */
export function answerFields(fields: readonly Field[], secrets: LiveSecrets, told: Told): readonly Field[] {
  const kept = fields.filter(([name]) => !untrue.has(name.toLowerCase()))
  return scrubFields(kept, secrets, told)
}

/** Masks one text, such as that of a status line. */
export function scrubText(text: string, secrets: LiveSecrets, told: Told): string {
  const bytes = bytesOf(text)
  const scrubbed = masked(bytes, secrets, told)
  return scrubbed === bytes ? text : Buffer.from(scrubbed).toString(encodingOf(text))
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, encodingOf(text))
}

function encodingOf(text: string): 'latin1' | 'utf8' {
  return /[^\0-\xff]/.test(text) ? 'utf8' : 'latin1'
}
