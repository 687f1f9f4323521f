// How a request looks in a terminal. Every foreign text is spelled out and fenced, so that none can pose as ours.
import { shown, shownBlock } from '#base'
import type { Card, Scope } from '#wire'
import { moment, pairs, width, type Terminal } from './terminal.ts'

export interface View {
  readonly rows: number
  readonly columns: number
  readonly now: number
  /** Also what does not fit on the screen. */
  readonly isWhole: boolean
  /** Places of the ticked items of a request for access. */
  readonly ticked: readonly number[]
}

/** Stands before each row of foreign content; a row without it is ours. */
const fence = '│ '
const tabColumns = 8
const smallestPage = 5

/** The keys that a card offers, besides those that deny. */
export const scopeKeys = {
  a: { scope: 'once', label: 'allow once' },
  r: { scope: 'route-session', label: 'allow requests by this route for this session' },
  s: { scope: 'file-session', label: 'allow this file for this session' },
  f: { scope: 'folder-hour', label: 'allow this folder for an hour' },
  u: { scope: 'folder-until-revoked', label: 'allow this folder until revoked, 30 days at most' },
} as const satisfies Record<string, { scope: Scope; label: string }>

/** The same without keys and colours, and whole. */
export function cardText(card: Card, { columns, now }: Pick<View, 'columns' | 'now'>): string[] {
  const ticked = card.items.flatMap(({ isTicked }, at) => (isTicked ? [at] : []))
  const view = { rows: Infinity, columns, now, isWhole: true, ticked }
  return [...headLines(card, view, { styled: (text) => text }), ...contentLines(card, view, Infinity)]
}

export function cardLines(card: Card, view: View, terminal: Pick<Terminal, 'styled'>): string[] {
  const head = headLines(card, view, terminal)
  const foot = footLines(card, terminal)
  const room = Math.max(smallestPage, view.rows - head.length - foot.length - 2)
  return [...head, ...contentLines(card, view, room), ...foot]
}

function headLines(card: Card, view: View, { styled }: Pick<Terminal, 'styled'>): string[] {
  const { columns, now, ticked } = view
  const { proved, claimed, assistant, destination } = card.caller
  const seconds = Math.max(0, Math.round((card.expiresAt - now) / 1000))
  const launcher = proved.launcher === null ? '' : `, started by ${programText(proved.launcher)}`
  return [
    '',
    styled('─'.repeat(Math.min(columns, 72)), 'faint'),
    styled(`${shown(assistant, 128)} asks ${verbs[card.kind]}`, 'strong'),
    ...pairs([
      ['proved', `${programText(proved)}${launcher}`],
      [
        'claimed',
        claimed === null
          ? 'nothing'
          : `${shown(claimed.name, 100)} ${shown(claimed.version, 40)} (not verified)`,
      ],
      ['goes to', destinationText(destination)],
      ...objectRows(card, ticked),
      ['reason', card.reason === null ? 'none given' : `"${shown(card.reason, 600)}" (not verified)`],
      ['before', card.last === null ? 'not allowed that I remember' : lastText(card.last)],
      ['time left', `${seconds} s, then it is denied`],
    ]),
  ]
}

type Program = NonNullable<Card['caller']['proved']['launcher']>

function programText({ executable, pid, package: from, sha256 }: Program): string {
  const known = [
    `pid ${pid}`,
    ...(from === null ? [] : [`package ${shown(from, 100)}`]),
    ...(sha256 === null ? [] : [`SHA-256 ${sha256.slice(0, 12)}…`]),
  ]
  return `${shown(executable, 200)} (${known.join(', ')})`
}

function destinationText(destination: string): string {
  if (destination === 'unknown') return 'unknown: config.toml does not say'
  if (destination === 'local') return 'a model on this machine (by config.toml)'
  return `${destination.split(':')[1] ?? 'a model elsewhere'} (by config.toml)`
}

function lastText({ at, method }: NonNullable<Card['last']>): string {
  return `allowed ${moment(at)} UTC, by ${method}`
}

const verbs = {
  read: 'to read a file',
  list: 'to list a folder',
  edit: 'to change a file',
  access: 'for access',
  call: 'to send a request',
} as const satisfies Record<Card['kind'], string>

function objectRows(card: Card, ticked: readonly number[]): [string, string][] {
  const { content } = card
  return [
    ...(card.path === null ? [] : [['path', shown(card.path, 400)] satisfies [string, string]]),
    ...(card.pattern === undefined
      ? []
      : [['pattern', `"${shown(card.pattern, 400)}"`] satisfies [string, string]]),
    ...card.items.map(
      ({ path, scope, until, classes }, at) =>
        [
          `${at + 1} [${ticked.includes(at) ? 'x' : ' '}]`,
          `${shown(path, 400)} (${[scope, ...classes].join(', ')}${untilText(until)})`,
        ] satisfies [string, string],
    ),
    ...(card.lines === null
      ? []
      : [['lines', card.lines.map(([from, to]) => `${from}–${to}`).join(', ')] satisfies [string, string]]),
    ...(card.classes.length === 0
      ? []
      : [['classes', card.classes.map((name) => shown(name, 64)).join(', ')] satisfies [string, string]]),
    ...(content === null ? [] : [['masked', maskedText(content)] satisfies [string, string]]),
  ]
}

function untilText(until: number | undefined): string {
  return until === undefined ? '' : `, until ${new Date(until).toISOString()}`
}

function maskedText({ redactions, bytes, size }: NonNullable<Card['content']>): string {
  const found = redactions.map(({ detector, count }) => `${count} × ${shown(detector, 64)}`).join(', ')
  return `${found || 'nothing found'}; ${bytes} bytes leave, the file has ${size}`
}

function contentLines({ kind, content }: Card, { columns, isWhole }: View, room: number): string[] {
  if (content === null) return []
  const rows = wrapped(shownBlock(content.text), columns - width(fence))
  const page = isWhole ? rows : rows.slice(0, room)
  const rest = rows.length - page.length
  return [
    kind === 'edit' ? 'This changes, exactly:' : 'This leaves, exactly:',
    ...page.map((row) => `${fence}${row}`),
    ...(rest === 0 ? [] : [`… and ${rest} more rows: press v to see all`]),
  ]
}

function footLines({ scopes, items, tier }: Card, { styled }: Pick<Terminal, 'styled'>): string[] {
  if (tier > 1) return [styled('d or Enter deny   to allow it, use your passkey in the console', 'strong')]
  const offers = Object.entries(scopeKeys).flatMap(([key, { scope, label }]) =>
    scopes.includes(scope) ? [`${key} ${label}`] : [],
  )
  const ticking = items.length === 0 ? [] : ['1-9 tick or untick']
  return [styled(['d or Enter deny', ...offers, ...ticking].join('   '), 'strong')]
}

/** Breaks text into rows that fit, so that a long line cannot push the head off the screen uncounted. */
export function wrapped(text: string, columns: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, Math.max(8, columns)))
}

function wrapLine(line: string, columns: number): string[] {
  const rows: string[] = []
  let row = ''
  let used = 0
  for (const char of line) {
    const wide = char === '\t' ? tabColumns : width(char)
    if (used + wide > columns) {
      rows.push(row)
      row = ''
      used = 0
    }
    row += char
    used += wide
  }
  return [...rows, row]
}
