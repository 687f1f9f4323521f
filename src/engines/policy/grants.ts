// Standing grants, found by what they cover.

/** What a person granted to an assistant, as far as a decision needs it. */
export interface PolicyGrant {
  readonly id: string
  /** Name of the assistant. */
  readonly assistant: string
  /** `file-session` covers the very file, `folder-hour` all beneath the folder and the folder itself. */
  readonly scope: 'file-session' | 'folder-hour'
  /** Real absolute path, compared exactly. */
  readonly path: string
}

/** Grants by assistant, scope and path: finding those that cover a file takes one look per folder above it. */
export class GrantIndex {
  readonly #byObject = new Map<string, PolicyGrant>()

  constructor(grants: readonly PolicyGrant[]) {
    for (const grant of grants) this.#byObject.set(keyOf(grant), grant)
  }

  /** The grants of `scope` that an assistant has for any of the paths. */
  find(assistant: string, scope: PolicyGrant['scope'], paths: readonly string[]): readonly PolicyGrant[] {
    if (this.#byObject.size === 0) return []
    return paths.flatMap((path) => this.#byObject.get(keyOf({ assistant, scope, path })) ?? [])
  }
}

function keyOf({ assistant, scope, path }: Omit<PolicyGrant, 'id'>): string {
  return JSON.stringify([assistant, scope, path])
}
