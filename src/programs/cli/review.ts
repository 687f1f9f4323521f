// keyreeve review: the weekly look back. It shows suggestions and applies none.
import { shown, type ExitCode } from '#base'
import { entriesSince, review as look, type Review, type Suggestion } from '#review'
import type { Grant } from '#wire'
import { withBroker } from './connection.ts'
import type { Call } from './machine.ts'
import { moment, pairs, table } from './terminal.ts'
import { wholeNumber } from './whole-number.ts'

const day = 86_400_000
/** Suggestions look back further than the counts. */
const suggestedFrom = 30

/** @throws Fault `usage` for a number of days that is none; `not-running`, `locked` */
export async function review({ machine, terminal, options }: Call): Promise<ExitCode> {
  const days = wholeNumber(options['days'] ?? '7', '--days', 365)
  const now = machine.clock.now()
  const found = await withBroker(machine, async (broker) => {
    const since = now - Math.max(days, suggestedFrom) * day
    const entries = await entriesSince((page) => broker.ask('log.list', page), since)
    const [{ grants }, { questions }] = await Promise.all([
      broker.ask('grant.list', {}),
      broker.ask('status', {}),
    ])
    return look({ now, days, entries, grants, budget: questions.budget })
  })
  terminal.data(found, linesOf(found))
  return 0
}

function linesOf({ from, to, questions, grants, suggestions }: Review<Grant>): string[] {
  const { asked, allowed, denied, unanswered, withdrawn, budget, days, assistants } = questions
  const over = days.filter(({ isOver }) => isOver).length
  return [
    ...pairs([
      ['from', `${moment(from)} to ${moment(to)} UTC`],
      [
        'questions',
        `${asked}: ${allowed} allowed, ${denied} denied, ${unanswered} unanswered, ${withdrawn} withdrawn`,
      ],
      ['budget', `${budget} a day; ${over} of ${days.length} days with questions were over it`],
      [
        'asked most',
        assistants.map((one) => `${shown(one.assistant, 64)} (${one.asked})`).join(', ') || 'none',
      ],
      ['grants', `${grants.given} given, ${grants.revoked} ended before their time`],
    ]),
    ...grantLines('In force and used:', grants.used),
    ...grantLines('In force and never used (keyreeve grant revoke ID):', grants.unused),
    ...grantLines('End within a week; give them again if you want them:', grants.expiring),
    ...suggestions.flatMap(suggestionLines),
  ]
}

function grantLines(title: string, grants: readonly Grant[]): string[] {
  if (grants.length === 0) return []
  const rows = grants.map(({ id, assistant, destination, scope, path, expiresAt, uses }) => [
    id,
    assistant,
    destination,
    scope,
    path,
    moment(expiresAt),
    String(uses),
  ])
  return ['', title, ...table(['id', 'assistant', 'goes to', 'scope', 'path', 'ends', 'uses'], rows)]
}

function suggestionLines({ effect, saves, cedar }: Suggestion): string[] {
  const what = effect === 'permit' ? 'allowed' : 'denied'
  return ['', `You ${what} this ${saves} times. As a rule, for a file in policy/:`, ...cedar.split('\n')]
}
