// The lean way to a token, for enrolled devices: one proof authenticates the device and binds the token.
import { asFault } from '#base'
import { deviceClient } from '#token'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { defaultRates, Limit } from './limits.ts'
import { refuse, refuseFailed, refuseFor, type MintReply } from './mint-answers.ts'
import { knownDevices } from './mint-devices.ts'
import { readForm } from './mint-form.ts'
import { mintFor, turnAway } from './mint-grant.ts'
import type { Asking, LeanMintOptions, Minting } from './mint-parts.ts'
import { stocked } from './mint-random.ts'
import { proofOf } from './proving.ts'

/** The lean way. */
export interface LeanMint {
  /** Tells by the head of a request to the token endpoint whether it is for here; else the full server answers. */
  takes(request: IncomingMessage): boolean
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
}

/** Makes the lean way. */
export function leanMint(options: LeanMintOptions): LeanMint {
  const { clock } = options
  const limits = {
    device: new Limit(defaultRates.device, clock),
    tenant: new Limit(defaultRates.tenant, clock),
    source: new Limit(defaultRates.source, clock),
  }
  const random = stocked(options.random)
  const minting: Minting = { ...options, random, limits, devices: knownDevices(options) }
  return { takes, handle: (request, response) => handle(minting, request, response) }
}

function takes({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'POST' &&
    headers['oauth-client-attestation'] !== undefined &&
    headers['dpop'] !== undefined &&
    headers['oauth-client-attestation-pop'] === undefined &&
    headers.authorization === undefined
  )
}

async function handle(minting: Minting, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const reply = await answer(minting, request).catch((thrown: unknown) => {
    minting.onFault(asFault(thrown, 'a token could not be minted'))
    return refuse('server_error')
  })
  const { status, body, retryAfter } = reply
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'dpop-nonce': minting.nonces.next(minting.clock.now()),
    ...(retryAfter !== undefined && { 'retry-after': String(Math.ceil(retryAfter / 1000)) }),
  })
  response.end(body)
}

async function answer(minting: Minting, request: IncomingMessage): Promise<MintReply> {
  const source = minting.sourceOf(request)
  const wait = minting.limits.source.waitOf(source)
  const form = await readForm(request)
  if (wait > 0) return refuseFor(wait)
  if (form === null) return refuse('invalid_request')
  if (form.clientId !== undefined && form.clientId !== deviceClient) return refuse('invalid_request')
  const asking = await authenticate(minting, request)
  const reply = 'status' in asking ? asking : await mintFor(minting, asking, form)
  if (reply.isFailure) minting.limits.source.take(source)
  return reply
}

/** One signature says both who asks and which key the token is for. */
async function authenticate(minting: Minting, { headers }: IncomingMessage): Promise<Asking | MintReply> {
  const attested = await minting.devices.attested(String(headers['oauth-client-attestation']))
  if (attested === null) return refuseFailed('invalid_client')
  const { tokenEndpoint: url, nonces, clock, devices } = minting
  const place = { method: 'POST', url, nonces, clock, keyOf: devices.keyOf }
  const proof = await proofOf(String(headers['dpop']), place)
  if (proof === 'proof-nonce-needed') return refuse('use_dpop_nonce')
  if (proof === 'proof-invalid') return refuseFailed('invalid_dpop_proof')
  if (proof.jkt !== attested.jkt) return refuseFailed('invalid_client')
  const device = await minting.devices.byThumbprint(proof.jkt)
  if (device === null || device.id !== attested.device) return refuseFailed('invalid_client')
  if (device.status !== 'active' || (await minting.isSuspended(device))) return turnAway(minting, device)
  return { device, proof }
}
