// Errors in the form that the client's own library understands.
import type { Fault } from '#base'
import type { ServerResponse } from 'node:http'

/** How a client wants its errors. */
export type Dialect = 'openai' | 'anthropic'

const anthropicTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
}

/** By the path alone, which is known before anything else is. */
export function dialectOf(url: string | undefined): Dialect {
  return /\/v1\/messages(?:[/?]|$)/.test(url ?? '') ? 'anthropic' : 'openai'
}

/**
 * Answers with a fault, if nothing was answered yet; else ends the events with it, or breaks the answer off.
 * @param isEvents The answer that began is a stream of events.
 */
export function sendFault(response: ServerResponse, fault: Fault, dialect: Dialect, isEvents = false): void {
  if (response.destroyed || response.writableEnded) return
  const text = JSON.stringify(bodyOf(fault, dialect))
  if (!response.headersSent) {
    response.writeHead(fault.http, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'x-keyreeve-code': fault.code,
      ...(fault.retry ? {} : { 'x-should-retry': 'false' }),
      ...retryAfter(fault),
    })
    response.end(text)
  } else if (isEvents) {
    response.end(`\n\n${dialect === 'anthropic' ? 'event: error\n' : ''}data: ${text}\n\n`)
  } else {
    // A body that just ended would look whole.
    response.destroy()
  }
}

/** Seconds, where it is known how long the refusal holds. @see RFC 9110, section 10.2.3 */
function retryAfter({ cause }: Fault): { 'retry-after'?: string } {
  const wait = typeof cause === 'object' && cause !== null && 'wait' in cause ? cause.wait : null
  return typeof wait === 'number' ? { 'retry-after': String(Math.max(1, Math.ceil(wait / 1000))) } : {}
}

function bodyOf({ code, message, next, http }: Fault, dialect: Dialect): object {
  const said = `Keyreeve: ${message} (${code}). Next: ${next}`
  return dialect === 'anthropic'
    ? { type: 'error', error: { type: anthropicTypes[http] ?? 'api_error', message: said } }
    : { error: { message: said, type: 'keyreeve_error', param: null, code } }
}
