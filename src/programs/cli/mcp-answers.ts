// What an assistant gets back: always a status, and a text that says what to do next.
import { asFault, shown } from '#base'
import type { Denied, Edited, FoundNames, Grant, Listing, Pending, Released, Route } from '#wire'
import type { CallToolResult } from '@modelcontextprotocol/server'
import type { HttpAnswer } from './mcp-calls.ts'

/** What was given, and, where more was asked for, what was not. */
interface Given {
  readonly status: 'ok'
  readonly grants: readonly Grant[]
  readonly refused?: readonly { readonly path: string; readonly code: string; readonly message: string }[]
}

/** Names of secrets. */
interface Secrets {
  readonly status: 'ok'
  readonly secrets: readonly string[]
}

/** What http_request can call. */
interface Routes {
  readonly status: 'ok'
  readonly routes: readonly Pick<Route, 'name' | 'baseUrl' | 'allow'>[]
}

export type Answer =
  | HttpAnswer
  | Routes
  | Released
  | Listing
  | FoundNames
  | Edited
  | Given
  | Secrets
  | Pending
  | Denied

/**
 * Makes a tool's result. A denial is a normal result, not an error: the model must read it, not repair it. The file's
 * text stands in both places, since some clients give a model only the one or only the other.
 */
export function answerOf(answer: Answer): CallToolResult {
  return { content: [{ type: 'text', text: textOf(answer) }], structuredContent: { ...answer } }
}

/** Arguments of the wrong shape, which the model can correct. @param place Where; made of the schema's and the model's own names. */
export function invalidAnswer(place: readonly PropertyKey[]): CallToolResult {
  const field = shown(place.map(String).join('.') || 'arguments', 100)
  const message = `the field "${field}" has the wrong shape`
  const next = "correct it after the tool's schema"
  return { ...answerOf({ status: 'denied', code: 'message-invalid', message, next }), isError: true }
}

/** The denied shape of whatever went wrong. */
export function refusal(thrown: unknown): Denied {
  const { code, message, next } = asFault(thrown, 'the call failed')
  return { status: 'denied', code, message, next }
}

function textOf(answer: Answer): string {
  if (answer.status === 'denied') return `Denied (${answer.code}): ${answer.message}. Next: ${answer.next}.`
  if (answer.status === 'pending') return pendingText(answer)
  if ('text' in answer) return releasedText(answer)
  if ('edit' in answer) return `Written: ${shown(answer.path, 4096)} (edit ${answer.edit}).`
  if ('http' in answer) return httpText(answer)
  if ('routes' in answer) return routesText(answer)
  if ('secrets' in answer) return answer.secrets.map((name) => shown(name, 128)).join('\n') || '(no secrets)'
  return 'entries' in answer ? namesText(answer) : grantsText(answer)
}

function httpText({ http: { status, headers, body, bytes, isText, truncated } }: HttpAnswer): string {
  const kind = shown(headers['content-type'] ?? 'no content type', 200)
  const more = truncated ? `\n(cut after ${bytes} bytes)` : ''
  return isText
    ? `HTTP ${status}, ${kind}\n\n${body}${more}`
    : `HTTP ${status}, ${kind}: ${bytes} bytes that are no text`
}

function routesText({ routes }: Routes): string {
  const lines = routes.map(({ name, baseUrl, allow }) => {
    const rules = allow.map(({ method, path }) => `${method} ${path}`).join(', ')
    return `${name}  ${shown(baseUrl, 2048)}  ${shown(rules || 'everything', 2048)}`
  })
  return lines.join('\n') || '(no routes)'
}

function pendingText({ ticket, expiresAt }: Pending): string {
  return (
    `Pending: the person has not answered yet. Call wait_for_permission with ticket "${ticket}" ` +
    `(before ${new Date(expiresAt).toISOString()}); do not repeat the request.`
  )
}

/** What was found by a pattern is marked as all or not all; a text that was read stands alone. */
function releasedText({ text, matches, next }: Released): string {
  if (matches === undefined) return text
  return matches === 0 && next === undefined ? '(no line matches)' : [text, ...notes({ next })].join('')
}

function namesText(answer: Listing | FoundNames): string {
  const lines = answer.entries.map(({ name, kind, size }) => {
    const suffix = { file: `  ${size} bytes`, folder: '/', link: '  (link)', other: '  (not a file)' }[kind]
    return `${shown(name, 4096)}${suffix}`
  })
  const { ignored = 0 } = answer
  const more =
    'truncated' in answer
      ? notes({ next: answer.truncated ? 'more were left out; use a glob' : undefined, ignored })
      : notes({
          next: answer.next === null ? undefined : afterText(answer.next),
          ignored,
          withheld: answer.withheld,
        })
  return [...lines, ...more].join('\n') || '(empty)'
}

function afterText(next: string): string {
  return `there is more: ask again with after "${shown(next, 4096)}"`
}

interface Notes {
  readonly next?: string | undefined
  readonly ignored?: number
  readonly withheld?: number
}

function notes({ next, ignored = 0, withheld = 0 }: Notes): string[] {
  return [
    ...(next === undefined ? [] : [`(${next})`]),
    ...(ignored === 0 ? [] : [`(${ignored} left out by .gitignore; ask with ignored: true to see them)`]),
    ...(withheld === 0 ? [] : [`(${withheld} withheld by policy)`]),
  ]
}

function grantsText({ grants, refused = [] }: Given): string {
  const lines = grants.map(
    ({ path, scope, expiresAt }) =>
      `${scope}  ${shown(path, 4096)}  until ${new Date(expiresAt).toISOString()}`,
  )
  const others = refused.map(
    ({ path, code, message }) => `not given  ${shown(path, 4096)}  (${code}): ${shown(message, 200)}`,
  )
  return [...lines, ...others].join('\n') || '(no grants)'
}
