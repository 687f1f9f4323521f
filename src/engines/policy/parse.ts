// Reads policy texts: parses, validates against the schema, and says of every problem where it is.
import { asFault, Fault, shown, shownBlock, utf8 } from '#base'
import { policySetTextToParts, policyToJson, validate } from '@cedar-policy/cedar-wasm/nodejs'
import type { DetailedError } from '@cedar-policy/cedar-wasm/nodejs'
import { schemaText } from './schema.ts'
import { alwaysRules, reservedIds, type PolicySource } from './shipped.ts'

/**
 * What is wrong with a policy text, and where. Line and column count from 1, the column in UTF-16 code units; both are
 * missing where no one place is meant.
 */
export interface PolicyProblem {
  readonly source: string
  readonly line?: number
  readonly column?: number
  readonly message: string
}

/** One policy, ready for Cedar. */
export interface Rule {
  readonly id: string
  readonly text: string
  /** Every string in it: names of folders among them. */
  readonly mentions: readonly string[]
  /** What a caller is told if this rule denies. */
  readonly message: string | null
}

interface Parsed {
  readonly rules: readonly Rule[]
  readonly problems: readonly PolicyProblem[]
}

type Place = Omit<PolicyProblem, 'source'>

/** Characters of one text. */
const longestText = 256 * 1024
/** Brackets within brackets. Cedar's parser recurses, and a stack that overflows inside WASM ends the engine for good. */
const deepest = 64
/** A rule that can never hold is a slip, and if it is a forbid, a dangerous one. */
const impossible = 'the policy expression evaluates to false for all valid requests'

/** Reads all texts, ours first: the rules of those that hold, and every problem of those that do not. */
export function parseSources(sources: readonly PolicySource[]): Parsed {
  const taken = new Set<string>()
  const parsed = [alwaysRules, ...sources].map((source) => parseSource(source, taken))
  return { rules: parsed.flatMap(({ rules }) => rules), problems: parsed.flatMap(({ problems }) => problems) }
}

function parseSource(source: PolicySource, taken: Set<string>): Parsed {
  const text = source.text.replaceAll('\r\n', '\n').normalize('NFC')
  const unreadable = findUnreadable(text)
  const places = unreadable === null ? findInvalid(text) : [unreadable]
  const rules = places.length === 0 ? rulesOf(source.name, text) : []
  const misnamed = rules.flatMap(({ id }) => misnaming(id, source, taken))
  return { rules, problems: [...places, ...misnamed].map((place) => ({ source: source.name, ...place })) }
}

/** What must not reach the parser, or would deceive the eye of a reader. */
function findUnreadable(text: string): Place | null {
  if (text.length > longestText) return { message: `longer than ${longestText} characters` }
  const hidden = findHidden(text)
  if (hidden !== null)
    return { ...placeAt(text.slice(0, hidden)), message: 'an invisible or reordering character' }
  return nesting(text) > deepest ? { message: `brackets nested more than ${deepest} deep` } : null
}

/** Offset of the first character that would be spelled out, or null. */
function findHidden(text: string): number | null {
  const safe = shownBlock(text)
  if (safe === text) return null
  let at = 0
  while (safe[at] === text[at]) at++
  return at
}

function nesting(text: string): number {
  let depth = 0
  let most = 0
  for (const char of text) {
    if ('([{'.includes(char)) most = Math.max(most, ++depth)
    else if (')]}'.includes(char)) depth--
  }
  return most
}

function findInvalid(text: string): readonly Place[] {
  const answer = tryValidate(text)
  if (answer.type === 'failure') return answer.errors.map((error) => placeOf(error, text))
  const { validationErrors: errors, validationWarnings: warnings } = answer
  const useless = warnings.filter(({ error }) => error.message.endsWith(impossible))
  return (errors.length > 0 ? errors : useless).map(({ error }) => placeOf(error, text))
}

function tryValidate(text: string): ReturnType<typeof validate> {
  try {
    return validate({ schema: schemaText, policies: { staticPolicies: text } })
  } catch (thrown) {
    throw asFault(thrown, 'the policy engine gave up on a policy text')
  }
}

function placeOf({ message, help, sourceLocations }: DetailedError, text: string): Place {
  const at = sourceLocations?.[0]
  // Policies are counted by Cedar as it likes; the line says more.
  const said = [message.replace(/^for policy `policy\d+`, /, ''), help, at?.label]
  return {
    // Cedar counts in bytes of UTF-8.
    ...(at !== undefined && placeAt(new TextDecoder().decode(utf8(text).subarray(0, at.start)))),
    message: shown(said.filter((part) => typeof part === 'string').join('; '), 400),
  }
}

/** The place at which a text ends. */
function placeAt(before: string): Pick<Required<PolicyProblem>, 'line' | 'column'> {
  const lines = before.split('\n')
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
}

function rulesOf(name: string, text: string): readonly Rule[] {
  const parts = policySetTextToParts(text)
  if (parts.type === 'failure') throw new Fault('internal', 'a valid policy text could not be taken apart')
  // Cedar sorts the parts by the ids that it made up, as text: policy0, policy1, policy10, policy2…
  const order = parts.policies.map((_, index) => `policy${index}`).toSorted()
  return parts.policies.map((part, index) =>
    ruleOf(part, `${name}#${Number(order[index]?.slice('policy'.length)) + 1}`),
  )
}

function ruleOf(text: string, unnamed: string): Rule {
  const parsed = policyToJson(text)
  if (parsed.type === 'failure') throw new Fault('internal', 'a valid policy could not be taken apart')
  const { id = unnamed, message } = parsed.json.annotations ?? {}
  // Cedar gets the text, not this JSON, in which integers beyond 2^53 are no longer what was written.
  return {
    id,
    text,
    mentions: stringsIn(parsed.json),
    message: message === undefined ? null : shown(message, 200),
  }
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}

/** A rule must not pass for another one, least of all for one of ours. */
function misnaming(id: string, source: PolicySource, taken: Set<string>): readonly Place[] {
  const isOdd = id === '' || id !== shown(id, 128) || (source !== alwaysRules && reservedIds.test(id))
  const isTaken = taken.has(id)
  taken.add(id)
  if (isOdd) return [{ message: `the id "${shown(id, 64)}" cannot be used` }]
  return isTaken ? [{ message: `the id "${shown(id, 64)}" is used twice` }] : []
}
