// Where a route leads: its base address, and the paths beneath it that may be asked for.
import { Fault } from '#base'

/** What may be asked for: a method (`*`: any) and a pattern of paths. */
export interface Rule {
  readonly method: string
  /** From the base address on: `*` stands for one segment, `**` at the end for all that follows. */
  readonly path: string
}

const longestPath = 8192
const loopbackHosts = new Set(['127.0.0.1', '[::1]', 'localhost'])

/**
 * Reads a route's base address.
 * @param isPrivate The person says that it is on a network of their own.
 * @throws Fault `route-invalid` for anything but `https:` (or `http:` on loopback) without credentials, query or fragment
 */
export function checkedBase(text: string, isPrivate: boolean): URL {
  const url = URL.parse(text)
  if (url === null) throw new Fault('route-invalid', 'the base address is no URL')
  if (url.username !== '' || url.password !== '' || /[?#]/.test(text)) {
    throw new Fault('route-invalid', 'a base address has no credentials, no query and no fragment')
  }
  const isLoopback = loopbackHosts.has(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback)) {
    throw new Fault('route-invalid', 'a key travels by https only; http is for loopback')
  }
  if (isLoopback && !isPrivate) throw new Fault('route-invalid', 'say that it is a server of your own')
  return url
}

/**
 * Checks the path and query that a client asks for beneath a base address. Nothing is decoded: what was checked is what
 * is sent.
 * @param target From the client, attacker-controlled: begins with `/`.
 * @throws Fault `path-invalid` for what servers read in different ways: dot segments, backslashes, control characters
 */
export function checkedPath(target: string): { readonly path: string; readonly query: string } {
  const at = target.indexOf('?')
  const path = at < 0 ? target : target.slice(0, at)
  const isPlain = target.length <= longestPath && /^\/[\x21\x22\x24-\x5b\x5d-\x7e]*$/.test(target)
  if (!isPlain || /%(?:5c|[01][\da-f]|7f)/i.test(path) || hasDots(path)) {
    throw new Fault('path-invalid', 'servers could read this path in different ways')
  }
  return { path, query: at < 0 ? '' : target.slice(at) }
}

function hasDots(path: string): boolean {
  return path.split(/\/|%2f/i).some((segment) => /^(?:\.|%2e){1,2}(?:;.*)?$/i.test(segment))
}

/** Tells whether some rule takes the request. A route without rules takes all. @param path As `checkedPath` gives it. */
export function isAllowed(rules: readonly Rule[], method: string, path: string): boolean {
  return rules.length === 0 || rules.some((rule) => takes(rule, method, path))
}

function takes(rule: Rule, method: string, path: string): boolean {
  if (rule.method !== '*' && rule.method !== method) return false
  const wanted = rule.path.split('/')
  const asked = path.split('/')
  const isOpen = wanted.at(-1) === '**'
  if (isOpen ? asked.length < wanted.length : asked.length !== wanted.length) return false
  return wanted.every((segment, index) => {
    if (isOpen && index === wanted.length - 1) return true
    return segment === asked[index] || (segment === '*' && asked[index] !== '')
  })
}
