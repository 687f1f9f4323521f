// Finds passwords among the arguments of well-known commands: `curl -u NAME:PASSWORD`, `mysql -pPASSWORD`.
import { latin1 } from '#base'
import { blank, byteClass, digit } from './classes.ts'
import type { Found } from './finding.ts'
import { ruleOn } from './judge.ts'
import { endsPlaceholder } from './placeholder.ts'
import { quotedAt, valueAt, type Value } from './quotes.ts'
import type { Text } from './text.ts'

interface Command {
  /** What must stand before on the line. */
  readonly after?: RegExp
  /** The value is a user's name, a colon and the password. */
  readonly hasUser?: true
  /** Without quotes it is prose. */
  readonly needsQuotes?: true
}

const user: Command = { after: /\b(?:curl|wget|https?)\b/, hasUser: true }
/** By the literal. */
const commands: ReadonlyMap<string, Command> = new Map([
  [' -u ', user],
  [' --user ', user],
  [' --user=', user],
  [' -p', { after: /\b(?:mysql\w*|mariadb\w*|mongo\w*|login)\b/ }],
  ['sshpass -p', {}],
  ['sshpass -p ', {}],
  ['IDENTIFIED BY ', { needsQuotes: true }],
])
/** The same, by what the anchors hold. */
const known = new WeakMap<Uint8Array, Command>()
const contextReach = 96
const colon = 0x3a
const userName = byteClass('!-9;-~')

/** What stands behind the literal of a command, which ends at `keyEnd`. */
export function verifyCommand(text: Text, at: number, literal: Uint8Array): readonly Found[] {
  const command = commandOf(literal)
  if (command.after?.test(lineBefore(text, at)) === false) return []
  const keyEnd = at + literal.length
  const value = argumentAt(text, keyEnd, command)
  const start = command.hasUser === true ? pastUser(text, value) : value.start
  if (start < 0 || value.end <= start || isNumber(text, start, value.end)) return []
  const key = { start: at, nameEnd: keyEnd, quote: null, end: keyEnd }
  const rule = ruleOn(text, {
    start,
    end: value.end,
    kind: 'password',
    place: 'setting',
    key,
    how: 'flag',
    isWholeLine: false,
    isListed: false,
  })
  return rule === undefined ? [{ start, end: value.end, detector: 'password', confidence: 'likely' }] : []
}

function commandOf(literal: Uint8Array): Command {
  let command = known.get(literal)
  if (command === undefined) {
    command = commands.get(latin1(literal)) ?? {}
    known.set(literal, command)
  }
  return command
}

function argumentAt(text: Text, keyEnd: number, { needsQuotes }: Command): Value {
  const open = text.runEnd(keyEnd, blank, 4)
  const quoted = quotedAt(text, open)
  if (quoted !== null) return quoted
  return needsQuotes === true ? { start: open, end: open, isQuoted: false } : valueAt(text, open, false)
}

/** The line up to `at`, not before the last placeholder. */
function lineBefore(text: Text, at: number): string {
  const limit = Math.max(0, text.floor, at - contextReach)
  let start = at
  while (start > limit && text.bytes[start - 1]! >= 0x20 && !endsPlaceholder(text, start)) start--
  return text.latin1(start, at)
}

/** One past the colon behind a user's name, or -1. */
function pastUser(text: Text, { start, end }: Value): number {
  const nameEnd = text.runEnd(start, userName, end - start)
  return nameEnd > start && nameEnd < end && text.at(nameEnd) === colon ? nameEnd + 1 : -1
}

/** `docker login -p 8080`, `-u 1000:1000`. */
function isNumber(text: Text, start: number, end: number): boolean {
  return text.runEnd(start, digit, end - start) === end
}
