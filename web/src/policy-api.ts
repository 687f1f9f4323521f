// What the pages of policy and review ask of the console.
import type { Grant, ReplyOf, RequestOf } from '#wire'
import { send } from './session.ts'

interface PolicyText {
  readonly name: string
  readonly text: string
}

export interface PolicyFolder {
  readonly version: string
  /** Why the files are not in force; null where they are. */
  readonly problem: string | null
  /** The person's own. */
  readonly files: readonly (PolicyText & { readonly sha256: string })[]
  readonly builtIn: readonly PolicyText[]
}

/** A mistake; line and column count from 1, in the units of strings. */
export interface Problem {
  readonly source: string
  readonly line?: number
  readonly column?: number
  readonly message: string
}

/** A text that is not saved. */
export interface Draft {
  readonly file: string
  readonly text: string
}

export type Verdict = 'allow' | 'click' | 'passkey' | 'persons' | 'deny'

export interface Change {
  readonly from: Verdict
  readonly to: Verdict
  readonly count: number
}

/** A request of the past that would have been decided differently. */
export interface Difference extends Change {
  readonly assistant: string
  readonly action: 'read' | 'list' | 'edit'
  readonly path: string
  readonly at: number
  readonly because: readonly string[]
}

export interface Trial {
  readonly from: number
  readonly to: number
  readonly asked: number
  readonly changed: number
  readonly changes: readonly Change[]
  readonly differences: readonly Difference[]
  readonly isCut: boolean
}

export interface Suggestion {
  readonly effect: 'permit' | 'forbid'
  readonly assistant: string
  readonly destination: string
  readonly folder: string
  readonly saves: number
  readonly cedar: string
}

export interface LookBack {
  readonly from: number
  readonly to: number
  readonly questions: {
    readonly asked: number
    readonly allowed: number
    readonly denied: number
    readonly unanswered: number
    readonly withdrawn: number
    readonly budget: number
    readonly days: readonly { readonly day: number; readonly asked: number; readonly isOver: boolean }[]
    readonly assistants: readonly { readonly assistant: string; readonly asked: number }[]
  }
  readonly grants: {
    readonly given: number
    readonly revoked: number
    readonly used: readonly Grant[]
    readonly unused: readonly Grant[]
    readonly expiring: readonly Grant[]
  }
  readonly suggestions: readonly Suggestion[]
}

export async function readPolicy(): Promise<PolicyFolder> {
  return (await send('GET', '/api/policy')).json()
}

export async function checkPolicy(draft: Draft): Promise<{ readonly problems: readonly Problem[] }> {
  return (await send('POST', '/api/policy/check', draft)).json()
}

/** Puts the requests of the last thirty days to the draft. */
export async function tryPolicy(draft: Draft): Promise<Trial> {
  return (await send('POST', '/api/policy/trial', draft)).json()
}

export async function savePolicy(change: RequestOf<'policy.change'>): Promise<ReplyOf<'policy.change'>> {
  return (await send('POST', '/api/policy', change)).json()
}

/** @param days How far to look back, 1 to 365. */
export async function lookBack(days: number): Promise<LookBack> {
  return (await send('GET', `/api/review?days=${days}`)).json()
}
