// This machine as a device of an organisation: enrolled by a person, with a key that never leaves the keeper.
import { Fault } from '#base'
import type { Channel, Handlers, ReplyOf, RequestOf } from '#wire'
import { openedOf, type House } from './house.ts'

/** What the command line may ask. */
export function deviceHandlers(house: House, requirePerson: () => void) {
  return {
    'device.enrol': (request) => {
      requirePerson()
      return enrol(house, request)
    },
    'device.wait': () => finishEnrolment(house),
    ...ownDeviceHandlers(house),
    'device.forget': () => {
      requirePerson()
      return forgetOwn(house)
    },
    'device.offline': async (request) => {
      requirePerson()
      openedOf(house)
      const jwk = await house.programs.ask('keeper', 'keeper.generate', {})
      return house.programs.ask('tokens', 'tokens.offline', { ...request, jwk })
    },
    'device.accept': (request) => {
      requirePerson()
      return accept(house, request)
    },
    'token.get': (request) => giveToken(house, request),
  } satisfies Handlers
}

/** What the console may ask, too: its session is a person's. */
export function ownDeviceHandlers(house: House) {
  return {
    'device.status': () => statusOf(house),
    'device.forget': () => forgetOwn(house),
  } satisfies Handlers
}

/** What the program that speaks with the issuer may ask. */
export function tokensHandlers(house: House): Handlers {
  return {
    'device.sign': (request) => house.programs.ask('keeper', 'keeper.prove', request),
    'device.join': (request) => house.programs.ask('keeper', 'keeper.attest', request),
    'device.renewed': async (request) => {
      await renew(house, request)
      return {}
    },
    'device.revoked': ({ statement }): undefined => {
      void forget(house, 'revoked', statement).catch(() => {})
    },
  }
}

/** Hands a fresh program the enrolment that there is. */
export async function lendEnrolment(house: House, channel: Channel): Promise<void> {
  if (house.phase !== 'ready') return
  const { jwk, enrolment, joinState } = await house.programs.ask('keeper', 'keeper.device', {})
  if (jwk !== null && enrolment !== null) await channel.ask('tokens.use', { jwk, enrolment, joinState })
}

/** @throws Fault `device-enrolled`, `issuer-unreachable`, `issuer-refused` */
async function enrol(house: House, request: RequestOf<'device.enrol'>): Promise<ReplyOf<'device.enrol'>> {
  openedOf(house)
  const { enrolment } = await house.programs.ask('keeper', 'keeper.device', {})
  if (enrolment !== null) throw new Fault('device-enrolled', 'this machine is an enrolled device already')
  const jwk = await house.programs.ask('keeper', 'keeper.generate', {})
  return house.programs.ask('tokens', 'tokens.enrol', { ...request, jwk })
}

async function finishEnrolment(house: House): Promise<ReplyOf<'device.wait'>> {
  const { log } = openedOf(house)
  const { enrolled } = await house.programs.ask('tokens', 'tokens.wait', {})
  if (enrolled === null) return { enrolled }
  const { enrolment } = enrolled
  const { issuer, device, scope } = enrolment
  await log.append({ v: 1, kind: 'device', what: 'enrol', issuer, device })
  const kept = { ...enrolment, since: house.clock.now() }
  await house.programs.ask('keeper', 'keeper.attest', { enrolment: kept })
  await house.programs.ask('tokens', 'tokens.use', { ...enrolled, joinState: null })
  return { enrolled: { device, scope } }
}

/** By a file that a person carried here. */
async function accept(house: House, request: RequestOf<'device.accept'>): Promise<ReplyOf<'device.accept'>> {
  const { log } = openedOf(house)
  const known = await house.programs.ask('keeper', 'keeper.device', {})
  const { jwk } = known
  if (jwk === null) throw new Fault('device-unknown', 'no request was made here')
  const given = { ...request, jwk, enrolment: known.enrolment }
  const { enrolment, statement } = await house.programs.ask('tokens', 'tokens.accept', given)
  const { issuer, device, scope } = enrolment
  const isSame = known.enrolment?.device === device
  await log.append({ v: 1, kind: 'device', what: isSame ? 'renew' : 'enrol', issuer, device })
  const since = known.enrolment?.since ?? house.clock.now()
  await house.programs.ask('keeper', 'keeper.attest', { enrolment: { ...enrolment, since } })
  if (statement !== null) await forget(house, 'revoked', statement)
  else
    await house.programs.ask('tokens', 'tokens.use', {
      jwk,
      enrolment,
      joinState: isSame ? known.joinState : null,
    })
  return { device, scope, isRevoked: statement !== null }
}

/** Only the attestation and the scopes are taken: whose device it is, and where it asks, stays. */
async function renew(house: House, { attestation, scope }: RequestOf<'device.renewed'>): Promise<void> {
  const { log } = openedOf(house)
  const { enrolment } = await house.programs.ask('keeper', 'keeper.device', {})
  if (enrolment === null) throw new Fault('device-unknown', 'this machine is no enrolled device')
  const { issuer, device } = enrolment
  await log.append({ v: 1, kind: 'device', what: 'renew', issuer, device })
  await house.programs.ask('keeper', 'keeper.attest', { enrolment: { ...enrolment, attestation, scope } })
}

async function statusOf(house: House): Promise<ReplyOf<'device.status'>> {
  const { jwk, enrolment } = await house.programs.ask('keeper', 'keeper.device', {})
  if (jwk === null || enrolment === null) return { device: null, tokens: [] }
  const { tokens, ...known } = await house.programs.ask('tokens', 'tokens.state', {})
  const { device: id, issuer, scope, since = null } = enrolment
  const device = { id, issuer, scope, key: jwk.x, since, ...known }
  return { device, tokens }
}

async function forgetOwn(house: House): Promise<Record<string, never>> {
  const { jwk } = await house.programs.ask('keeper', 'keeper.device', {})
  if (jwk === null) throw new Fault('device-unknown', 'this machine has no device key')
  await forget(house, 'forget')
  return {}
}

/** The record comes first: a key that is gone without a word would look like an attack. */
async function forget(house: House, what: 'forget' | 'revoked', statement?: string): Promise<void> {
  const { log } = openedOf(house)
  const { enrolment } = await house.programs.ask('keeper', 'keeper.device', {})
  if (enrolment !== null) {
    const { issuer, device } = enrolment
    const proof = statement === undefined ? {} : { statement }
    await log.append({ v: 1, kind: 'device', what, issuer, device, ...proof })
  }
  await house.programs.ask('keeper', 'keeper.forget', {})
  await house.programs.end('tokens')
}

/** @throws Fault `audience-refused`, `device-unknown`, `device-revoked`, `issuer-unreachable`, `issuer-refused` */
async function giveToken(
  house: House,
  { audience, scope }: RequestOf<'token.get'>,
): Promise<ReplyOf<'token.get'>> {
  const { log } = openedOf(house)
  if (!house.config.device.audiences.includes(audience)) {
    throw new Fault('audience-refused', 'the settings allow no tool a token for this audience')
  }
  const token = await house.programs.ask('tokens', 'tokens.get', { audience, scope })
  await log.append({ v: 1, kind: 'token', audience, scope: scope.join(' ') })
  return token
}
