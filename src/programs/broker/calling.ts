// The way of one request to an API that an assistant asks for: policy, the person if need be, then a phantom for it alone.
import { utf8 } from '#base'
import type { CardDraft } from '#consent'
import { checkedPath } from '#routes'
import { textHash, type Denied, type ReplyOf, type RequestOf } from '#wire'
import { tierOf } from './deciding.ts'
import { decideCall, gatewayAddress, tellPhantoms } from './gateway.ts'
import type { House } from './house.ts'
import { consentOf, whoOf, type Asker } from './journalling.ts'
import type { CallConsent } from './phantoms.ts'
import { answered, askToRelease, contentOf, refuseDenied } from './releasing.ts'
import { routeNamed } from './routes.ts'

type CallRequest = RequestOf<'call.prepare'>
type Given = Extract<ReplyOf<'call.prepare'>, { status: 'ok' }>

/** Milliseconds in which a request that was allowed must be sent. */
const sendWithin = 60_000

/** Prepares a request for an assistant: what a person saw is what it can send, once. Never throws. */
export function prepareCall(house: House, asker: Asker, request: CallRequest): Promise<Given | Denied> {
  const path = `${request.method} ${request.route}${request.path}`.slice(0, 2048)
  return answered(house, { asker, what: 'call', path }, () => prepare(house, asker, request))
}

async function prepare(house: House, asker: Asker, request: CallRequest): Promise<Given> {
  const route = await routeNamed(house, request.route)
  const { path } = checkedPath(request.path)
  const who = whoOf(asker)
  const { method } = request
  const decision = refuseDenied(decideCall(house, { who, program: asker.program, route, method, path }))
  const needed = decision.effect === 'ask' ? decision.tier : 0
  const standing = house.phantoms.standing(asker.session, route.name)
  const consent =
    needed === 0
      ? consentOf(null)
      : standing !== null && standing.level >= needed
        ? standing
        : await ask(house, asker, { request, baseUrl: route.baseUrl, tier: tierOf(decision) })
  const address = await gatewayAddress(house)
  const { token } = house.phantoms.issue(
    { assistant: asker.caller.assistant, life: sendWithin, session: asker.session },
    route,
    { who, program: asker.program, consent, only: onlyOf(request) },
  )
  await tellPhantoms(house)
  return { status: 'ok', token, url: `${address}/${route.name}${request.path}` }
}

interface CallQuestion {
  readonly request: CallRequest
  readonly baseUrl: string
  readonly tier: CardDraft['tier']
}

/** The person sees the very request that leaves, but for the key. */
async function ask(house: House, asker: Asker, question: CallQuestion): Promise<CallConsent> {
  const { route, method, path, headers, body } = question.request
  const lines = headers.map(([name, value]) => `${name}: ${value}\n`).join('')
  const text = `${method} ${question.baseUrl}${path}\n${lines}${body === '' ? '' : `\n${body}`}`
  const draft: CardDraft = {
    kind: 'call',
    tier: question.tier,
    caller: asker.caller,
    reason: asker.reason,
    path: `${method} ${question.baseUrl}${path}`.slice(0, 2048),
    lines: null,
    classes: [],
    items: [],
    content: contentOf({ text, sha256: textHash(text), redactions: [] }, utf8(text).length),
    scopes: question.tier === 1 ? ['once', 'route-session'] : ['once'],
  }
  const approval = await askToRelease(house, asker, draft)
  const consent = consentOf(approval)
  if (approval.scope === 'route-session') house.phantoms.stand(asker.session, route, consent)
  return consent
}

function onlyOf({ method, path, headers, body }: CallRequest) {
  return { method, target: path, headers: [...headers], sha256: textHash(body) }
}
