// The policies below /api: shown, checked, and tried on what was asked in the last thirty days. Nothing here changes one.
import { Fault, type Milliseconds } from '#base'
import {
  alwaysRules,
  checkPolicies,
  classify,
  defaultPolicy,
  loadPolicies,
  type PolicyProblem,
  type PolicySource,
} from '#policy'
import { compare, entriesSince, pastRequests, summarize, type Difference, type Replayed } from '#review'
import type { ReplyOf } from '#wire'
import { ask, type Call } from './asking.ts'
import { readBody } from './entrance.ts'

const lookedBack: Milliseconds = 30 * 86_400_000
/** The newest that are looked at. */
const mostEntries = 20_000
const mostListed = 200
/** Requests that are decided before others get their turn: cards must not wait for this. */
const atOnce = 25

/** What the texts of a page would have changed. */
interface Trial extends Replayed {
  readonly from: Milliseconds
  readonly to: Milliseconds
  /** The most frequent first; `isCut`: there are more. */
  readonly differences: readonly Difference[]
  readonly isCut: boolean
}

/** What is in force: the built-in texts, and the person's own files, which alone can be changed. */
export async function show({ desk }: Call): Promise<object> {
  const { version, problem, files } = await ask(desk, 'policy.show', {})
  return { version, problem, files, builtIn: [alwaysRules, defaultPolicy] }
}

/** Everything that is wrong with a text beside the other files. */
export async function check(call: Call): Promise<{ problems: readonly PolicyProblem[] }> {
  const { files } = await ask(call.desk, 'policy.show', {})
  const { problems } = checkPolicies(await withDraft(call, files))
  return { problems: problems.toSorted(byPlace).slice(0, mostListed) }
}

/** Puts every request of the last thirty days to the policies in force and to those of the page. @throws Fault `policy-invalid` */
export async function simulate(call: Call): Promise<Trial> {
  const { desk } = call
  const { files, homes } = await ask(desk, 'policy.show', {})
  const before = loadPolicies([defaultPolicy, ...files])
  const after = loadPolicies(await withDraft(call, files))
  const to = desk.clock.now()
  const entries = await entriesSince((page) => ask(desk, 'log.list', page), to - lookedBack, mostEntries)
  const isWhole = entries.length < mostEntries
  const past = pastRequests(entries, (path) => classify(path, homes))
  const differences: Difference[] = []
  for (const [at, one] of past.entries()) {
    const difference = compare(one, before, after)
    if (difference !== null) differences.push(difference)
    if (at % atOnce === atOnce - 1) await new Promise((resolve) => setImmediate(resolve))
    // Whoever went away needs no answer.
    if (call.response.destroyed) break
  }
  return {
    from: isWhole ? to - lookedBack : (entries.at(-1)?.time ?? to),
    to,
    ...summarize(past, differences),
    differences: differences.slice(0, mostListed),
    isCut: differences.length > mostListed,
  }
}

/** What would be in force with the text of the page: it stands in the place of the file of its name. */
async function withDraft(
  { request }: Call,
  files: ReplyOf<'policy.show'>['files'],
): Promise<readonly PolicySource[]> {
  const { file, text } = await readBody(request)
  if (typeof file !== 'string' || typeof text !== 'string')
    throw new Fault('message-invalid', 'the fields "file" and "text" are texts')
  return [defaultPolicy, ...files.filter(({ name }) => name !== file), { name: file, text }]
}

/** Cedar names them in any order. */
function byPlace(a: PolicyProblem, b: PolicyProblem): number {
  if (a.source !== b.source) return a.source < b.source ? -1 : 1
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
}
