// Puts a placeholder where each live secret stands, in bytes that come piece by piece.
import { utf8 } from '#base'
import type { Occurrence, Secrets } from './secrets.ts'

/** Told of each secret that was masked, by its name. */
export type Told = (name: string) => void

/** Takes bytes piece by piece. What it gives is good until the next call. */
export interface Steps {
  push(chunk: Uint8Array): readonly Uint8Array[]
  finish(): readonly Uint8Array[]
}

/** So much of what is out is kept for `Secrets.find` to look back at. */
const lookBack = 256
/** So much of a large chunk is copied, to be looked at together with what was kept. */
const seam = 1024
const longestName = 128
const nothing: Uint8Array = new Uint8Array(0)

/**
 * Masks a flow of bytes: the same output however it is cut, and nothing of a secret before it is known to be one. Holds
 * what may still become a secret, at most a few kilobytes.
 */
export class FlowMask implements Steps {
  readonly #secrets: Secrets
  readonly #told: Told
  /** What may be looked back at, and what is held. */
  #kept = nothing
  /** In `#kept`: what starts before it is settled. */
  #from = 0
  /** Counted from the beginning of `#kept`, and often beyond its end: what comes before it is out, or masked. */
  #at = 0
  #lastName = ''

  constructor(secrets: Secrets, told: Told) {
    this.#secrets = secrets
    this.#told = told
  }

  push(chunk: Uint8Array): readonly Uint8Array[] {
    if (this.#kept.length === 0) return this.#look(chunk, false)
    if (chunk.length <= 2 * seam) return this.#look(joined(this.#kept, chunk), false)
    const parts = this.#look(joined(this.#kept, chunk.subarray(0, seam)), false)
    // What is kept now is the end of that, mostly within the chunk: the rest is looked at where it stands.
    const inPlace = seam - this.#kept.length
    const rest = inPlace >= 0 ? chunk.subarray(inPlace) : joined(this.#kept, chunk.subarray(seam))
    return [...parts, ...this.#look(rest, false)]
  }

  finish(): readonly Uint8Array[] {
    return this.#look(this.#kept, true)
  }

  #look(bytes: Uint8Array, isFinal: boolean): readonly Uint8Array[] {
    const { found, until } = this.#secrets.find(bytes, this.#from, isFinal)
    const settled = Math.min(until, bytes.length)
    const parts: Uint8Array[] = []
    for (const { start, end, name } of inOrder(found)) {
      if (this.#goesOn(start, name)) {
        this.#at = Math.max(this.#at, end)
        continue
      }
      if (start > this.#at) parts.push(bytes.subarray(this.#at, start))
      parts.push(utf8(placeholderOf(name)))
      this.#told(name)
      this.#at = end
      this.#lastName = name
    }
    if (settled > this.#at) parts.push(bytes.subarray(this.#at, settled))
    this.#keep(bytes, settled)
    return parts
  }

  /** Overlaps what was masked last, or is the next piece of the same long secret. */
  #goesOn(start: number, name: string): boolean {
    return this.#lastName !== '' && (start < this.#at || (start === this.#at && name === this.#lastName))
  }

  #keep(bytes: Uint8Array, settled: number): void {
    const dropped = Math.max(0, settled - lookBack)
    if (settled > this.#at) this.#lastName = ''
    this.#at = Math.max(this.#at, settled) - dropped
    this.#from = settled - dropped
    this.#kept = bytes.subarray(dropped)
  }
}

/** The bytes with each secret masked, or the very bytes that were given if there is none. */
export function masked(bytes: Uint8Array, secrets: Secrets, told: Told): Uint8Array {
  const parts = new FlowMask(secrets, told)
  const all = [...parts.push(bytes), ...parts.finish()]
  const [only = nothing] = all
  return all.length === 1 && only.length === bytes.length ? bytes : Buffer.concat(all)
}

/** As the redaction engine spells it: safe in JSON, HTML and addresses. */
function placeholderOf(name: string): string {
  return `[secret:${name.replaceAll(/[^\w.-]/g, '_').slice(0, longestName)}]`
}

/** By start, the longest first: so the name of what overlaps does not depend on how the bytes were cut. */
function inOrder(found: readonly Occurrence[]): readonly Occurrence[] {
  if (found.length < 2) return found
  return found.toSorted((a, b) => a.start - b.start || b.end - a.end || (a.name < b.name ? -1 : 1))
}

function joined(kept: Uint8Array, chunk: Uint8Array): Uint8Array {
  if (kept.length === 0) return chunk
  const bytes = Buffer.allocUnsafe(kept.length + chunk.length)
  bytes.set(kept)
  bytes.set(chunk, kept.length)
  return bytes
}
