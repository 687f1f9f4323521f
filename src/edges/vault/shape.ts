// Reads the JSON of a vault file member by member; anything unexpected is a Fault that names the file.
import { Fault, type Json } from '#base'

/** Whatever JSON.parse gives is Json; which one is what the methods below find out. */
export type Members = Readonly<Record<string, Json>>

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export const idForm = /^[0-9a-f]{32}$/
export const kekForm = /^[0-9a-f]{16}$/
export const base64Form = /^[\w-]+$/
export const digestForm = /^[\w-]{43}$/

/** Looks at one file of a vault. All that it is given is attacker-controlled; every method throws Fault `vault-corrupt`. */
export class Shape {
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  corrupt(what: string): Fault {
    return new Fault('vault-corrupt', `${this.#file}: ${what}`)
  }

  json(bytes: Uint8Array): Members {
    try {
      return this.members(JSON.parse(decoder.decode(bytes)))
    } catch {
      // The parser's own message would quote the file.
      throw this.corrupt('not a JSON object')
    }
  }

  members(value: unknown): Members {
    if (isMembers(value)) return value
    throw this.corrupt('a member is no object')
  }

  list(value: unknown): readonly unknown[] {
    if (Array.isArray(value)) return value
    throw this.corrupt('a member is no list')
  }

  text(value: unknown, form: RegExp): string {
    if (typeof value === 'string' && form.test(value)) return value
    throw this.corrupt('a text member has another form')
  }

  count(value: unknown): number {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
    throw this.corrupt('a number is no count')
  }

  /** A newer writer that old readers cannot follow says so in `v` or `minReader`. */
  readable(version: unknown): void {
    if (this.count(version) > 1) {
      throw new Fault('version-unsupported', `${this.#file} was written by a newer version`)
    }
  }
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
