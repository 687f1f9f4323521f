// Reads the fields of one rule from JSON that may hold anything, and says which of them is wrong without repeating it.
import { Fault } from '#base'

/** What a text must be like: an expression, or a test of another kind. */
interface Test {
  test(text: string): boolean
}

export class Fields {
  readonly #fields: ReadonlyMap<string, unknown>
  readonly #name: string

  private constructor(fields: ReadonlyMap<string, unknown>, name: string) {
    this.#fields = fields
    this.#name = name
  }

  /**
   * @param name What messages call it.
   * @param known All fields that it may have: one misspelled would be left out in silence.
   * @throws Fault `rule-invalid`
   */
  static of(json: unknown, name: string, known: readonly string[]): Fields {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw new Fault('rule-invalid', `${name}: must be an object`)
    }
    const fields = new Map<string, unknown>(Object.entries(json))
    if ([...fields.keys()].some((field) => !known.includes(field))) {
      throw new Fault('rule-invalid', `${name}: has a field that is none of ${known.join(', ')}`)
    }
    return new Fields(fields, name)
  }

  /** The same, under the name of what it is. */
  named(id: string): Fields {
    return new Fields(this.#fields, `${this.#name} (${id})`)
  }

  has(field: string): boolean {
    return this.#fields.has(field)
  }

  text(field: string, like: Test, rule: string): string {
    const value = this.#fields.get(field)
    if (typeof value !== 'string' || !like.test(value)) throw this.invalid(field, rule)
    return value
  }

  texts(field: string, like: Test, { most, rule }: { most: number; rule: string }): readonly string[] {
    return this.list(field, { least: 1, most }).map((value) => {
      if (typeof value !== 'string' || !like.test(value)) throw this.invalid(field, rule)
      return value
    })
  }

  list(field: string, { least, most }: { least: number; most: number }): readonly unknown[] {
    const value = this.#fields.get(field)
    if (!Array.isArray(value) || value.length < least || value.length > most) {
      throw this.invalid(field, `must be a list of ${least} to ${most}`)
    }
    return Array.from<unknown>(value)
  }

  choice<T extends string>(field: string, choices: readonly T[]): T {
    const value = this.#fields.get(field)
    const choice = choices.find((choice) => choice === value)
    if (choice === undefined) throw this.invalid(field, `must be one of ${choices.join(', ')}`)
    return choice
  }

  /** Those of the flags that are set. */
  flags<T extends string>(...fields: readonly T[]): Partial<Record<T, true>> {
    const set: Partial<Record<T, true>> = {}
    for (const field of fields) {
      const value = this.#fields.get(field)
      if (value === true) set[field] = true
      else if (value !== undefined && value !== false) throw this.invalid(field, 'must be true or false')
    }
    return set
  }

  /** Does what may throw a Fault about a field, and says which it was. */
  attempt<T>(field: string, read: () => T): T {
    try {
      return read()
    } catch (thrown) {
      if (thrown instanceof Fault) throw this.invalid(field, thrown.message)
      throw thrown
    }
  }

  invalid(field: string, why: string): Fault {
    return new Fault('rule-invalid', `${this.#name}: ${field} ${why}`)
  }
}
