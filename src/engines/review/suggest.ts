// Suggests rules from what a person answered again and again. Nothing applies them: a person reads and copies them.
import { shown } from '#base'
import type { Asked } from './history.ts'

/** A rule that would have answered some questions of the past. */
export interface Suggestion {
  readonly effect: 'permit' | 'forbid'
  readonly assistant: string
  readonly destination: string
  readonly folder: string
  /** Questions that it would have saved. */
  readonly saves: number
  /** The rule, ready for a file in `policy/`. */
  readonly cedar: string
}

const enough = { permit: 5, forbid: 3 } as const
const mostSuggestions = 10
/** Longer ones stand cut on a card. */
const longest = 512

/**
 * Suggests a permit where one assistant was allowed the same folder five times and never denied, nothing of it
 * sensitive; a forbid where it was denied three times and never allowed.
 * @param asked Paths and names are attacker-influenced: what cannot stand plainly in a rule is in no suggestion.
 */
export function suggestRules(asked: readonly Asked[]): Suggestion[] {
  const byPlace = Map.groupBy(asked.filter(isPlain), placeOf)
  return [...byPlace.values()]
    .flatMap(suggestFor)
    .toSorted((a, b) => b.saves - a.saves)
    .slice(0, mostSuggestions)
}

/** Reading of one file or folder, spelled without anything that a string of Cedar would have to escape. */
function isPlain({ asked, assistant, destination, paths }: Asked): boolean {
  return (
    (asked === 'read' || asked === 'list') &&
    paths.length === 1 &&
    [assistant, destination, ...paths].every(
      (text) => text.length <= longest && text === shown(text, longest) && !/["\\]/.test(text),
    )
  )
}

function placeOf(one: Asked): string {
  return JSON.stringify([one.assistant, one.destination, folderOf(one)])
}

function folderOf({ asked, paths: [path = '/'] }: Asked): string {
  return asked === 'list' ? path : path.slice(0, path.lastIndexOf('/')) || '/'
}

function suggestFor(group: readonly Asked[]): Suggestion[] {
  const [first] = group
  if (first === undefined) return []
  const allowed = group.filter(({ decision }) => decision === 'allowed')
  const denied = group.filter(({ decision }) => decision === 'denied')
  const isSensitive = group.some(({ classes }) => classes.length > 0)
  if (denied.length === 0 && allowed.length >= enough.permit && !isSensitive) {
    return [suggestion('permit', first, allowed.length)]
  }
  return allowed.length === 0 && denied.length >= enough.forbid
    ? [suggestion('forbid', first, denied.length)]
    : []
}

function suggestion(effect: 'permit' | 'forbid', one: Asked, saves: number): Suggestion {
  const { assistant, destination } = one
  const folder = folderOf(one)
  const actions = effect === 'permit' ? '[Action::"read", Action::"list"]' : 'Action::"files"'
  const condition = `principal.destination == "${destination}" && resource.classes.isEmpty()`
  const lines = [
    `${effect} (principal == Assistant::"${assistant}", action in ${actions}, resource in Folder::"${folder}")`,
    ...(effect === 'permit' ? [`when { ${condition} }`] : []),
  ]
  return { effect, assistant, destination, folder, saves, cedar: `${lines.join('\n')};` }
}
