// What an assistant gets back: always a status, and a text that says what to do next.
import { asFault, shown } from '#base'
import type { Denied, Grant, Listing, Pending, Released } from '#wire'
import type { CallToolResult } from '@modelcontextprotocol/server'

/** What was given, and, where more was asked for, what was not. */
interface Given {
  readonly status: 'ok'
  readonly grants: readonly Grant[]
  readonly refused?: readonly { readonly path: string; readonly code: string; readonly message: string }[]
}

export type Answer = Released | Listing | Given | Pending | Denied

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
  if ('text' in answer) return answer.text
  return 'entries' in answer ? listingText(answer) : grantsText(answer)
}

function pendingText({ ticket, expiresAt }: Pending): string {
  return (
    `Pending: the person has not answered yet. Call wait_for_permission with ticket "${ticket}" ` +
    `(before ${new Date(expiresAt).toISOString()}); do not repeat the request.`
  )
}

function listingText({ entries, truncated }: Listing): string {
  const lines = entries.map(({ name, kind, size }) => {
    const suffix = { file: `  ${size} bytes`, folder: '/', link: '  (link)', other: '  (not a file)' }[kind]
    return `${shown(name, 1024)}${suffix}`
  })
  return [...lines, ...(truncated ? ['(more were left out; use a glob)'] : [])].join('\n') || '(empty)'
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
