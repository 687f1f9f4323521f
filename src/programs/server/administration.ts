// The administrators' part: who asks is known, what they ask stands in one table, and what becomes of it in the journal.
import { asFault, Fault } from '#base'
import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import { callerOf, type Caller, type Person } from './admin-callers.ts'
import { answering } from './admin-answering.ts'
import { looking } from './admin-looking.ts'
import { narrowing } from './admin-narrowing.ts'
import { describeAdmin } from './admin-openapi.ts'
import { post, type AdminParts, type AdminRoute } from './admin-route.ts'
import { AdminSessions, type AdminSessionsOptions } from './admin-sessions.ts'
import { moment } from './admin-shapes.ts'
import { widening } from './admin-widening.ts'
import { readJson } from './reading.ts'
import { sendJson, type Handler, type Routes } from './routes.ts'

/** What administration is made of. */
export interface AdministrationOptions extends AdminParts, AdminSessionsOptions {
  readonly keys: AdminParts['keys']
  readonly clock: AdminParts['clock']
  /** Who may administer; empty for everybody whom the listeners let in. */
  readonly people: readonly Person[]
}

const sessionPath = '/admin/session'

const beginning = post(
  sessionPath,
  {
    summary:
      'Begins a session for the certificate and the key that the proof is by. Not needed on the socket.',
    input: z.strictObject({}),
    output: z.object({ session: z.string(), expiresAt: moment }),
  },
  () => Promise.reject(new Fault('usage', 'the socket of this machine needs no session')),
)

/** All that administrators may ask. */
export const adminTable: readonly AdminRoute[] = [
  beginning,
  ...looking,
  ...narrowing,
  ...answering,
  ...widening,
]

/** Makes the routes, their own description among them. */
export function administration(options: AdministrationOptions, otherwise: Handler): Routes {
  const sessions = new AdminSessions(options)
  const answers = adminTable.map((route) => [route.path, handlerOf({ options, sessions }, route)] as const)
  const description = describeAdmin(adminTable)
  return {
    exact: new Map<string, Handler>([
      ...answers,
      ['/admin/openapi.json', (_request, response) => sendJson(response, 200, description)],
    ]),
    otherwise,
  }
}

interface Administering {
  readonly options: AdministrationOptions
  readonly sessions: AdminSessions
}

function handlerOf(administering: Administering, route: AdminRoute): Handler {
  return async (request, response) => {
    response.setHeader('dpop-nonce', administering.sessions.nonce())
    const asked: { by: Caller | null } = { by: null }
    try {
      asked.by = await callerOf(administering.options.people, request)
      sendJson(response, 200, await perform(administering, route, { request, caller: asked.by }))
    } catch (thrown) {
      const fault = asFault(thrown, 'the request failed')
      await recordRefusal(administering.options, route, { by: asked.by, fault })
      sendJson(response, fault.http, { error: fault.code, message: fault.message, next: fault.next })
      if (fault.http >= 500) throw thrown
    }
  }
}

async function perform(
  { options, sessions }: Administering,
  route: AdminRoute,
  { request, caller }: { readonly request: IncomingMessage; readonly caller: Caller },
): Promise<object> {
  if (request.method !== route.method) throw new Fault('usage', `this takes ${route.method}`)
  if (caller.certificate !== null && route === beginning) return sessions.begin(request, caller)
  if (caller.certificate !== null) await sessions.admit(request, caller)
  const input = route.method === 'GET' ? queryOf(request) : await readJson(request)
  return route.act(options, input, caller)
}

function queryOf({ url }: IncomingMessage): object {
  return Object.fromEntries(new URL(url ?? '/', 'http://admin').searchParams)
}

/** A nonce that is asked for is no refusal. What was only looked at leaves no record, refused or not. */
async function recordRefusal(
  { record }: AdministrationOptions,
  { method, path }: AdminRoute,
  { by, fault }: { readonly by: Caller | null; readonly fault: Fault },
): Promise<void> {
  if (method === 'GET' || fault.code === 'proof-nonce-needed') return
  const what = `${path.replace('/admin/', '')} refused`
  await record({ v: 1, kind: 'fleet', what, code: fault.code, ...(by !== null && { by: by.name }) })
}
