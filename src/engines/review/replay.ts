// Puts what was asked in the past to other policies: which requests would they have decided differently?
import type { Milliseconds } from '#base'
import * as z from 'zod'
import type { IndexedEvent } from './collect.ts'

const asked = z.object({
  kind: z.enum(['intent', 'denial']),
  who: z.object({
    assistant: z.string(),
    executable: z.string(),
    launcher: z.nullable(z.string()),
    destination: z.optional(z.string()),
  }),
  what: z.enum(['read', 'list', 'edit']),
  object: z.object({ path: z.string(), classes: z.optional(z.array(z.string())) }),
})

/** A request as policies see it. */
interface PastRequest {
  readonly assistant: {
    readonly name: string
    readonly executable: string
    readonly launcher: string | null
    readonly program: string
    readonly destination: string
  }
  readonly action: 'read' | 'list' | 'edit'
  readonly resource: {
    readonly kind: 'file' | 'folder'
    readonly path: string
    readonly classes: readonly string[]
  }
}

/** The same request, as often as it came. */
export interface Past {
  readonly request: PastRequest
  readonly count: number
  /** When it came last. */
  readonly at: Milliseconds
}

/** What policies say to a request; `tier` as in `ask`. */
interface Said {
  readonly effect: 'allow' | 'ask' | 'deny'
  readonly tier?: 1 | 2 | 3
  readonly because: readonly string[]
}

/** Whatever decides. */
export interface Decider {
  decide(request: PastRequest): Said
}

/** How a request ends: let through, asked with so much evidence of consent, or denied. */
type Verdict = 'allow' | 'click' | 'passkey' | 'persons' | 'deny'

/** A request that the other policies decide differently. */
export interface Difference {
  readonly assistant: string
  readonly action: PastRequest['action']
  readonly path: string
  readonly count: number
  readonly at: Milliseconds
  readonly from: Verdict
  readonly to: Verdict
  /** Ids of the rules that decide it then. */
  readonly because: readonly string[]
}

/** What other policies would have changed. */
export interface Replayed {
  readonly asked: number
  readonly changed: number
  readonly changes: readonly (Pick<Difference, 'from' | 'to'> & { readonly count: number })[]
}

/**
 * Reads, lists and edits that were asked for, whatever was answered, the most frequent first. Events that are gone or
 * of other kinds are left out, and so are requests for standing access: the log does not say of what kind their objects were.
 * @param classesOf Classes of a path by its name; what was found in a file stands in its event, unless it was denied.
 */
export function pastRequests(
  entries: readonly IndexedEvent[],
  classesOf: (path: string) => readonly string[],
): Past[] {
  const requests = entries.flatMap(({ time, event }) => {
    const parsed = asked.safeParse(event)
    return parsed.success ? [{ request: requestOf(parsed.data, classesOf), at: time }] : []
  })
  const same = Map.groupBy(requests, ({ request }) => JSON.stringify(request))
  return [...same.values()]
    .flatMap((group) => {
      const [first] = group
      const at = group.reduce((latest, one) => Math.max(latest, one.at), 0)
      return first === undefined ? [] : [{ request: first.request, count: group.length, at }]
    })
    .toSorted((a, b) => b.count - a.count)
}

function requestOf(
  { who, what, object }: z.output<typeof asked>,
  classesOf: (path: string) => readonly string[],
): PastRequest {
  const { assistant: name, executable, launcher, destination = 'unknown' } = who
  const classes = [...new Set([...classesOf(object.path), ...(object.classes ?? [])])].toSorted()
  return {
    // Grants are held to a program. None is put to the policies here: a change of them ends all grants.
    assistant: { name, executable, launcher, program: '', destination },
    action: what,
    resource: { kind: what === 'list' ? 'folder' : 'file', path: object.path, classes },
  }
}

/** Holds two sets of policies against a request. @returns Null where both decide the same. */
export function compare({ request, count, at }: Past, before: Decider, after: Decider): Difference | null {
  const said = after.decide(request)
  const [from, to] = [verdictOf(before.decide(request)), verdictOf(said)]
  if (from === to) return null
  const { assistant, action, resource } = request
  return {
    assistant: assistant.name,
    action,
    path: resource.path,
    count,
    at,
    from,
    to,
    because: said.because,
  }
}

/** Of how many requests how many differ, and in which ways; the most frequent way first. */
export function summarize(past: readonly Past[], differences: readonly Difference[]): Replayed {
  const alike = Map.groupBy(differences, ({ from, to }) => `${from} ${to}`)
  const changes = [...alike.values()].flatMap((group) => {
    const [first] = group
    return first === undefined ? [] : [{ from: first.from, to: first.to, count: sum(group) }]
  })
  return {
    asked: sum(past),
    changed: sum(differences),
    changes: changes.toSorted((a, b) => b.count - a.count),
  }
}

function sum(counted: readonly { readonly count: number }[]): number {
  return counted.reduce((total, { count }) => total + count, 0)
}

function verdictOf({ effect, tier }: Said): Verdict {
  if (effect !== 'ask') return effect
  return tier === 3 ? 'persons' : tier === 2 ? 'passkey' : 'click'
}
