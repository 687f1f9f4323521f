// What a signed-in page may ask: the table of the paths below /api, and what each asks of the broker.
import { Fault } from '#base'
import { entriesSince, review } from '#review'
import type { MessageName, ReplyOf } from '#wire'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Refusal, sendJson } from './answers.ts'
import { ask, type Call, type Desk } from './asking.ts'
import { listAssistants } from './assistants.ts'
import { bearerOf, pathOf, queryOf, readBody } from './entrance.ts'
import { exportLog, listLog, prove, verify } from './log.ts'
import { streamTo } from './stream.ts'

interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: RegExp
  /** Without a bearer. */
  readonly isOpen?: true
  /** Gives what is answered; null where the answer is under way already. */
  readonly serve: (call: Call) => Promise<object | null>
}

const dayLength = 86_400_000
/** Suggestions look back further than the counts. */
const suggestedFrom = 30

const routes: readonly Route[] = [
  { method: 'POST', path: /^\/api\/login$/, isOpen: true, serve: login },
  { method: 'POST', path: /^\/api\/passkeys\/challenge$/, isOpen: true, serve: challengeToEnter },
  { method: 'POST', path: /^\/api\/passkeys\/enter$/, isOpen: true, serve: enter },
  { method: 'POST', path: /^\/api\/passkeys\/task$/, isOpen: true, serve: passOn('passkey.task') },
  { method: 'POST', path: /^\/api\/passkeys\/register$/, isOpen: true, serve: passOn('passkey.register') },
  { method: 'POST', path: /^\/api\/passkeys\/confirm$/, isOpen: true, serve: passOn('passkey.confirm') },
  { method: 'GET', path: /^\/api\/passkeys$/, serve: listPasskeys },
  { method: 'GET', path: /^\/api\/events$/, serve: listen },
  { method: 'POST', path: /^\/api\/consent\/([\w-]{1,64})\/challenge$/, serve: challengeToAllow },
  { method: 'POST', path: /^\/api\/consent\/([\w-]{1,64})$/, serve: decide },
  { method: 'GET', path: /^\/api\/status$/, serve: readStatus },
  { method: 'GET', path: /^\/api\/grants$/, serve: listGrants },
  { method: 'POST', path: /^\/api\/grants\/revoke-all$/, serve: revokeAll },
  { method: 'POST', path: /^\/api\/grants\/([\w-]{1,64})\/revoke$/, serve: revoke },
  { method: 'GET', path: /^\/api\/log$/, serve: listLog },
  { method: 'GET', path: /^\/api\/log\/export$/, serve: exportLog },
  { method: 'GET', path: /^\/api\/log\/verification$/, serve: verify },
  { method: 'GET', path: /^\/api\/log\/(\d{1,15})\/proof$/, serve: prove },
  { method: 'GET', path: /^\/api\/secrets$/, serve: listSecrets },
  { method: 'GET', path: /^\/api\/device$/, serve: async ({ desk }) => ask(desk, 'device.status', {}) },
  { method: 'POST', path: /^\/api\/device\/forget$/, serve: forgetDevice },
  { method: 'GET', path: /^\/api\/routes$/, serve: listRoutes },
  { method: 'POST', path: /^\/api\/routes\/(stop|resume)$/, serve: switchCalls },
  { method: 'POST', path: /^\/api\/phantoms\/([\w-]{1,64})\/revoke$/, serve: revokePhantom },
  { method: 'GET', path: /^\/api\/assistants$/, serve: listAssistants },
  { method: 'GET', path: /^\/api\/review$/, serve: lookBack },
  { method: 'GET', path: /^\/api\/policy$/, serve: async (call) => (await policy()).show(call) },
  { method: 'POST', path: /^\/api\/policy\/check$/, serve: async (call) => (await policy()).check(call) },
  { method: 'POST', path: /^\/api\/policy\/trial$/, serve: async (call) => (await policy()).simulate(call) },
  { method: 'POST', path: /^\/api\/policy$/, serve: changePolicy },
]

/**
 * Answers a request below /api.
 * @throws Refusal for a path or method that is not served; Fault of the session, the body or the broker.
 */
export async function serveApi(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = pathOf(request)
  const here = routes.filter((route) => route.path.test(path))
  if (here.length === 0) throw new Refusal(404)
  const route = here.find(({ method }) => method === request.method)
  if (route === undefined) throw new Refusal(405)
  if (route.isOpen !== true) desk.sessions.use(bearerOf(request))
  const id = route.path.exec(path)?.[1] ?? ''
  const answer = await route.serve({ desk, request, response, id })
  if (answer !== null) sendJson(response, 200, answer)
}

async function login({ desk, request }: Call): Promise<object> {
  const { code } = await readBody(request)
  if (typeof code !== 'string') throw new Fault('message-invalid', 'the field "code" is no text')
  return { token: desk.sessions.redeem(code) }
}

/** Whoever is not signed in may ask for a challenge, and says the rest with a passkey. */
async function challengeToEnter({ desk, request }: Call): Promise<object> {
  await readBody(request)
  return ask(desk, 'passkey.challenge', { to: 'sign-in' })
}

async function enter({ desk, request }: Call): Promise<object> {
  await ask(desk, 'passkey.enter', await readBody(request))
  return { token: desk.sessions.begin() }
}

/** For a change of passkeys the ticket in the body is what counts, signed in or not: the broker looks at it. */
function passOn(name: 'passkey.task' | 'passkey.register' | 'passkey.confirm'): Route['serve'] {
  return async ({ desk, request }) => ask(desk, name, await readBody(request))
}

async function challengeToAllow({ desk, request, id }: Call): Promise<object> {
  return ask(desk, 'passkey.challenge', { ...(await readBody(request)), to: 'allow', id })
}

async function listPasskeys({ desk }: Call): Promise<object> {
  return ask(desk, 'passkey.list', {})
}

async function listen({ desk: { board, sessions }, request, response }: Call): Promise<null> {
  const session = sessions.use(bearerOf(request))
  const watcher = streamTo(response, () => sessions.keep(session))
  response.once('close', () => board.detach(watcher))
  if (!board.attach(watcher)) watcher.end()
  return null
}

async function decide({ desk, request, id }: Call): Promise<object> {
  const body = await readBody(request)
  return ask(desk, 'consent.decide', { ...body, id })
}

async function forgetDevice({ desk, request }: Call): Promise<object> {
  return ask(desk, 'device.forget', await readBody(request))
}

async function readStatus({ desk }: Call): Promise<object> {
  const [status, vault] = await Promise.all([ask(desk, 'status', {}), ask(desk, 'vault.status', {})])
  return { ...status, vault }
}

async function listGrants({ desk }: Call): Promise<object> {
  return ask(desk, 'grant.list', {})
}

async function revoke({ desk, request, id }: Call): Promise<object> {
  await readBody(request)
  return askForChange(desk, 'grant.revoke', { id })
}

async function revokeAll({ desk, request }: Call): Promise<object> {
  await readBody(request)
  return askForChange(desk, 'grant.revoke', { all: true })
}

async function listRoutes({ desk }: Call): Promise<object> {
  const [{ routes }, usage, phantoms] = await Promise.all([
    ask(desk, 'route.list', {}),
    ask(desk, 'usage.list', {}),
    ask(desk, 'phantom.list', {}),
  ])
  return { routes, ...usage, ...phantoms }
}

async function switchCalls({ desk, request, id }: Call): Promise<object> {
  await readBody(request)
  return askForChange(desk, id === 'stop' ? 'route.stop' : 'route.resume', {})
}

async function revokePhantom({ desk, request, id }: Call): Promise<object> {
  await readBody(request)
  return askForChange(desk, 'phantom.revoke', { id })
}

/** Names and times; there is no message that gives a value. */
async function listSecrets({ desk }: Call): Promise<object> {
  return ask(desk, 'secret.list', {})
}

/** What was asked, what stands, what rules would have answered: of so many days, with suggestions of thirty. */
async function lookBack({ desk, request }: Call): Promise<object> {
  const days = Number(queryOf(request).get('days') ?? 7)
  if (!Number.isInteger(days) || days < 1 || days > 365) {
    throw new Fault('message-invalid', 'the number of days is from 1 to 365')
  }
  const now = desk.clock.now()
  const since = now - Math.max(days, suggestedFrom) * dayLength
  const entries = await entriesSince((page) => ask(desk, 'log.list', page), since)
  const [{ grants }, { questions }] = await Promise.all([
    ask(desk, 'grant.list', {}),
    ask(desk, 'status', {}),
  ])
  return review({ now, days, entries, grants, budget: questions.budget })
}

/** The policy engine takes a few megabytes: it comes with the first page that needs it. */
async function policy(): Promise<typeof import('./policy.ts')> {
  return import('./policy.ts')
}

async function changePolicy({ desk, request }: Call): Promise<object> {
  return askForChange(desk, 'policy.change', await readBody(request))
}

async function askForChange<Name extends MessageName>(
  desk: Desk,
  name: Name,
  request: unknown,
): Promise<ReplyOf<Name>> {
  const reply = await ask(desk, name, request)
  desk.board.changeSoon()
  return reply
}
