// Ties a sign-in to the browser that began it: who comes back from the identity provider must bring the same cookie.
import { base64url, type Random } from '#base'
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** The cookie. */
export interface BrowserCookie {
  /** Hash of the browser's own value; sets one where there is none. */
  ensure(request: IncomingMessage, response: ServerResponse): string
  /** Hash of the value that a browser brought, or undefined. */
  hashOf(request: IncomingMessage): string | undefined
}

const form = /^[\w-]{43}$/
const seconds = 600

/** Makes it. Over TLS no neighbouring host can set it. */
export function browserCookie({
  isSecure,
  random,
}: {
  readonly isSecure: boolean
  readonly random: Random
}): BrowserCookie {
  const name = isSecure ? '__Host-keyreeve_browser' : 'keyreeve_browser'
  return {
    ensure(request, response) {
      const known = valueOf(request, name)
      const value = known ?? base64url(random(32))
      const flags = `Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
      response.appendHeader('set-cookie', `${name}=${value}; ${flags}`)
      return hash(value)
    },
    hashOf(request) {
      const value = valueOf(request, name)
      return value === undefined ? undefined : hash(value)
    },
  }
}

function valueOf({ headers }: IncomingMessage, name: string): string | undefined {
  const pair = headers.cookie?.split('; ').find((one) => one.startsWith(`${name}=`))
  const value = pair?.slice(name.length + 1)
  return value !== undefined && form.test(value) ? value : undefined
}

function hash(value: string): string {
  return createHash('sha256').update(value).digest('base64url')
}

/** Takes a cookie out of a request, so that what reads it next finds a browser that it has not seen yet. */
export function dropCookie({ headers }: IncomingMessage, name: string): void {
  const kept = headers.cookie
    ?.split('; ')
    .filter((pair) => !pair.startsWith(`${name}=`) && !pair.startsWith(`${name}.sig=`))
  if (kept !== undefined) headers.cookie = kept.join('; ')
}
