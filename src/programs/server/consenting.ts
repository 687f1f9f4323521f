// The pages of an interaction: sign in first, then agree to what the device may do.
import type { Clock } from '#base'
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { errors, type Provider } from 'oidc-provider'
import { sendPage } from './pages.ts'
import { readBody } from './reading.ts'
import type { Handler } from './routes.ts'
import { consentPage, onwardPage, wordPage } from './sign-in-pages.ts'
import { beginSignIn, signedInOf, takeSignIn, type SignedIn, type SigningInOptions } from './signing-in.ts'
import { enrolScope, keepWarrant } from './warrant.ts'

/** What the pages are made of. */
export interface ConsentingOptions extends SigningInOptions {
  readonly provider: Provider
  /** 32 bytes, the same in all processes. */
  readonly checkSecret: Uint8Array
  /** A new device waits for an administrator. */
  readonly approval: boolean
  readonly clock: Clock
}

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** Answers `GET` and `POST /interaction/UID`. Whose interaction it is says a cookie, never the address. */
export function consenting(options: ConsentingOptions): Handler {
  return async (request, response) => {
    const exchange = { request, response }
    const interaction = await interactionOf(options, exchange)
    if (interaction === null) return sendPage(response, 400, overPage())
    if (interaction.prompt.name === 'login') return signIn(options, interaction, exchange)
    const signedIn = signedInBefore(interaction)
    if (signedIn === null) return sendPage(response, 400, overPage())
    if (request.method === 'POST') return answer(options, { interaction, signedIn }, exchange)
    sendPage(response, 200, consentPage(consentOf(options, interaction, signedIn)))
  }
}

async function interactionOf(
  { provider }: ConsentingOptions,
  { request, response }: Exchange,
): Promise<Interaction | null> {
  try {
    return await provider.interactionDetails(request, response)
  } catch (thrown) {
    if (thrown instanceof errors.SessionNotFound) return null
    throw thrown
  }
}

async function signIn(options: ConsentingOptions, { uid }: Interaction, exchange: Exchange): Promise<void> {
  const { provider } = options
  const { request, response } = exchange
  const outcome = await takeSignIn(options, uid)
  if (outcome === null) return beginSignIn(options, uid, exchange)
  const { signedIn } = outcome
  if (signedIn === null) {
    const to = await provider.interactionResult(request, response, { error: 'access_denied' })
    return sendPage(response, 403, notAdmittedPage(to))
  }
  const login = { accountId: signedIn.account, remember: false }
  await provider.interactionFinished(request, response, { login, signedIn })
}

/** Kept with the interaction, on our side only. */
function signedInBefore({ lastSubmission }: Interaction): SignedIn | null {
  const kept = lastSubmission?.['signedIn']
  return typeof kept === 'object' && kept !== null ? signedInOf({ ...kept }) : null
}

function consentOf(options: ConsentingOptions, interaction: Interaction, signedIn: SignedIn) {
  const { label: user, tenant, scopes } = signedIn
  return {
    action: `${options.prefix}/interaction/${interaction.uid}`,
    check: checkOf(options, interaction),
    device: deviceOf(interaction),
    user,
    tenant,
    scopes,
    approval: options.approval,
    isElsewhere: interaction.deviceCode !== undefined,
  }
}

function checkOf({ checkSecret }: ConsentingOptions, { jti, uid }: Interaction): string {
  return createHmac('sha256', checkSecret).update(`consent\0${jti}\0${uid}`).digest('base64url')
}

function deviceOf({ params }: Interaction): string {
  const name = params['device_name']
  return typeof name === 'string' ? name : ''
}

interface Asked {
  readonly interaction: Interaction
  readonly signedIn: SignedIn
}

async function answer(options: ConsentingOptions, asked: Asked, exchange: Exchange): Promise<void> {
  const { request, response } = exchange
  const form = new URLSearchParams((await readBody(request)) ?? '')
  if (!isOwnForm(options, asked.interaction, { request, check: form.get('check') ?? '' })) {
    return sendPage(response, 403, overPage())
  }
  const isAllowed = form.get('answer') === 'allow'
  const result = isAllowed
    ? { consent: { grantId: await grant(options, asked) } }
    : { error: 'access_denied' }
  const to = await options.provider.interactionResult(request, response, result)
  const title = isAllowed ? 'Allowed' : 'Denied'
  sendPage(response, 200, onwardPage(title, to, 'You are sent back.'))
}

function isOwnForm(
  options: ConsentingOptions,
  interaction: Interaction,
  { request, check }: { readonly request: IncomingMessage; readonly check: string },
): boolean {
  const [ours, theirs] = [Buffer.from(checkOf(options, interaction)), Buffer.from(check)]
  const site = request.headers['sec-fetch-site'] ?? 'same-origin'
  return site === 'same-origin' && ours.length === theirs.length && timingSafeEqual(ours, theirs)
}

async function grant(options: ConsentingOptions, { interaction, signedIn }: Asked): Promise<string> {
  const { account, tenant, scopes } = signedIn
  const { client_id: clientId } = interaction.params
  const made = new options.provider.Grant({ accountId: account, clientId: String(clientId) })
  made.addOIDCScope(enrolScope)
  const id = await made.save()
  await keepWarrant(options, id, { tenant, user: account, scopes, label: deviceOf(interaction) })
  return id
}

function overPage() {
  return wordPage('This page is over', 'Its time is over, or it was answered. Start again on your device.')
}

function notAdmittedPage(to: string) {
  const text = 'Your organisation does not let this account connect devices here. Ask an administrator.'
  return wordPage('You are signed in, but not let in', text, { to, label: 'Go back' })
}
