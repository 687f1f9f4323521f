// Opens and shuts the house: the keeper opens the vault, and with what it hands out the log and the grants open.
import { createHmac } from 'node:crypto'
import { asFault, fromBase64url, Secret } from '#base'
import { GrantStore } from '#consent'
import { openLog, type LogKeys } from '#journal'
import type { Channel, ReplyOf } from '#wire'
import { keepBeating } from './beating.ts'
import type { House, Opened } from './house.ts'
import { recallConsent } from './remembering.ts'

type Handout = ReplyOf<'keeper.unlock'>

const dayLength = 86_400_000

/**
 * Unlocks with a sealed passphrase, or without one by the key slots that need no person. Unlocking what is open does
 * nothing but ask the keeper again.
 * @throws Fault of the keeper, such as `locked`, `passphrase-wrong`, `keystore-lost`; `journal-corrupt`
 */
export async function unlock(house: House, sealed?: string): Promise<Opened> {
  const handout = await house.programs.ask('keeper', 'keeper.unlock', sealed === undefined ? {} : { sealed })
  house.passkeys.load(handout.enrolled)
  house.opened ??= await openOnce(house, handout)
  await lendTable(house)
  house.phase = 'ready'
  house.lockedBecause = null
  const deniedWhileLocked = house.refusedWhileLocked
  house.refusedWhileLocked = 0
  const passkeys = house.passkeys.list.map(({ fingerprint }) => fingerprint)
  const event = { v: 1, kind: 'lifecycle', what: 'unlock', deniedWhileLocked } as const
  await house.opened.log.append({ ...event, ...(passkeys.length > 0 && { passkeys }) })
  return house.opened
}

/** Tries to unlock at start; what stands in the way is kept for `status` and is no error. */
export async function tryUnlock(house: House): Promise<void> {
  try {
    await unlock(house)
  } catch (thrown) {
    house.lockedBecause = asFault(thrown, 'the vault could not be opened')
  }
}

/** Locks: everything that waits for an answer is denied, the keeper forgets its keys, and the log says so. */
export async function lock(house: House): Promise<void> {
  house.phase = 'locked'
  house.desk.closeAll()
  // Tomorrow's key is fetched while it can be, so that the log goes on past midnight.
  await house.opened?.keys.dayKey(Math.floor(house.clock.now() / dayLength) + 1)
  if (house.programs.isRunning('gateway')) await house.programs.ask('gateway', 'gateway.drop', { cut: false })
  await house.programs.ask('keeper', 'keeper.lock', {})
  await house.opened?.log.append({ v: 1, kind: 'lifecycle', what: 'lock' })
}

/**
 * Gives the reader, and editor and gateway where they run, the table of known secrets, so that it masks them without holding them: before anything is read
 * after an unlock, a change of the vault or the start of a fresh reader.
 */
export async function lendTable(house: House, fresh?: Channel): Promise<void> {
  const table = await house.programs.ask('keeper', 'keeper.table', {})
  if (fresh !== undefined) {
    await fresh.ask('reader.table', table)
    return
  }
  await house.programs.ask('reader', 'reader.table', table)
  for (const name of ['editor', 'gateway'] as const) {
    if (house.programs.isRunning(name)) await house.programs.ask(name, 'reader.table', table)
  }
}

/** The log belongs to one opener at a time: whoever unlocks meanwhile waits for the first. */
function openOnce(house: House, handout: Handout): Promise<Opened> {
  house.opening ??= open(house, handout).finally(() => (house.opening = null))
  return house.opening
}

async function open(house: House, handout: Handout): Promise<Opened> {
  const { places, clock, random } = house
  const keys = logKeys(house, handout)
  const log = await openLog({ dir: places.journal, keys, clock, random })
  const key = Secret.own(fromBase64url(handout.grantsKey))
  const grants = GrantStore.open({ file: places.grants, key, clock, random })
  const follow = (): void => {
    house.policies = house.policies.withGrants(grants.live())
  }
  grants.onChange(follow)
  follow()
  const policy = house.policies.version
  // Whoever came in by a code while nobody could know of passkeys goes out again.
  if (handout.enrolled.passkeys.length > 0) await house.programs.end('console')
  await log.append({ v: 1, kind: 'lifecycle', what: 'start', version: house.version, policy })
  for (const { id } of grants.end((grant) => grant.policy !== policy)) {
    await log.append({ v: 1, kind: 'revocation', grant: id, reason: 'policy-changed' })
  }
  keepBeating(log, clock)
  await recallConsent(house, log)
  return {
    log,
    keys,
    grants,
    tag: tagger(key),
    editsKey: () => editsKey(key),
    assurance: handout.assurance,
    slot: handout.slot,
  }
}

function tagger(key: Secret): (name: string) => string {
  return (name) =>
    key.lend((bytes) => createHmac('sha256', bytes).update(`secret-name\0${name}`).digest('hex'))
}

function editsKey(key: Secret): string {
  return key.lend((bytes) => createHmac('sha256', bytes).update('keyreeve/edits/v1').digest('base64url'))
}

/** The keys of the log. Today's and tomorrow's came with the unlock; others are asked for when they are needed. */
function logKeys(house: House, { journal }: Handout): LogKeys {
  const days = new Map(journal.days.map(({ day, key }) => [day, Secret.own(fromBase64url(key))]))
  return {
    origin: journal.origin,
    signingKey: Secret.own(fromBase64url(journal.signingKey)),
    session: journal.session,
    ratchet: Secret.own(fromBase64url(journal.ratchet)),
    async dayKey(day) {
      const held = days.get(day)
      if (held !== undefined) return held
      const found = await house.programs.ask('keeper', 'keeper.days', { days: [day] })
      for (const { day: other, key } of found.days) days.set(other, Secret.own(fromBase64url(key)))
      return days.get(day) ?? null
    },
  }
}
