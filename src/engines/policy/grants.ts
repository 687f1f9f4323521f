// Standing grants, found by what they cover.

/** What a person granted to an assistant, as far as a decision needs it. */
export interface PolicyGrant {
  readonly id: string
  /** Name of the assistant, where what it reads goes to, and the hash of its program: a grant is for all three. */
  readonly assistant: string
  readonly destination: string
  readonly program: string
  /** `file-session` covers the very file, the others all beneath the folder and the folder itself. */
  readonly scope: 'file-session' | 'folder-hour' | 'folder-until-revoked'
  /** Real absolute path, compared exactly. */
  readonly path: string
}

/** For whom a grant is. */
export type GrantHolder = Pick<PolicyGrant, 'assistant' | 'destination' | 'program'>

/** Grants by holder, scope and path: finding those that cover a file takes one look per folder above it. */
export class GrantIndex {
  readonly #byObject = new Map<string, PolicyGrant>()

  constructor(grants: readonly PolicyGrant[]) {
    for (const grant of grants) this.#byObject.set(keyOf(grant), grant)
  }

  /** The grants of `scope` that are held for any of the paths. */
  find(holder: GrantHolder, scope: PolicyGrant['scope'], paths: readonly string[]): readonly PolicyGrant[] {
    if (this.#byObject.size === 0) return []
    return paths.flatMap((path) => this.#byObject.get(keyOf({ ...holder, scope, path })) ?? [])
  }
}

function keyOf({ assistant, destination, program, scope, path }: Omit<PolicyGrant, 'id'>): string {
  return JSON.stringify([assistant, destination, program, scope, path])
}
