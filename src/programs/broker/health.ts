// What the broker says of itself: status for people and programs, and the checks of doctor.
import { asFault } from '#base'
import type { Check, ReplyOf } from '#wire'
import { lstatSync } from 'node:fs'
import type { House } from './house.ts'

/** Gives the present state. Answers also while locked. */
export async function statusOf(house: House): Promise<ReplyOf<'status'>> {
  const { opened, programs, clients, places } = house
  const keeper = await programs.ask('keeper', 'keeper.status', {})
  return {
    phase: house.phase,
    version: house.version,
    home: places.home,
    pid: process.pid,
    startedAt: house.startedAt,
    keystore: keystoreOf(keeper, house),
    journal:
      opened === null ? null : { size: opened.log.size, root: opened.log.root, origin: opened.log.origin },
    console: consoleOf(house),
    gateway: gatewayOf(house),
    programs: [
      { name: 'broker', pid: process.pid },
      ...programs.list().map(({ name, pid }) => ({ name, pid })),
    ],
    assistants: [...clients].flatMap(({ caller }) => (caller === null ? [] : [caller])).slice(0, 256),
    pending: house.desk.pending().length,
    questions: { today: house.questions.today(house.clock.now()), budget: house.config.consent.budget },
    grants: opened?.grants.live().length ?? 0,
  }
}

/** Runs the checks; each says what to do. */
export async function examine(house: House): Promise<Check[]> {
  const keeper = await house.programs.ask('keeper', 'keeper.status', {})
  return [
    vaultCheck(house),
    keystoreCheck(keystoreOf(keeper, house)),
    ...house.repairs.map((repair): Check => check('permissions', 'warning', repair)),
    socketCheck(house),
    gatewayCheck(house),
    journalCheck(house),
    grantsCheck(house),
    policyCheck(house),
    passkeysCheck(house),
  ]
}

function consoleOf({ programs, consolePort }: House): ReplyOf<'status'>['console'] {
  return consolePort !== null && programs.isRunning('console') ? { port: consolePort } : null
}

function gatewayOf({ programs, gatewayPort, usage: { isStopped } }: House): ReplyOf<'status'>['gateway'] {
  return gatewayPort !== null && programs.isRunning('gateway') ? { port: gatewayPort, isStopped } : null
}

type Keystore = ReplyOf<'status'>['keystore']

/** The slot that opened the vault, or the strongest that could. */
function keystoreOf(keeper: ReplyOf<'keeper.status'>, house: House): Keystore {
  const slot = house.opened?.slot ?? keeper.slots[0]
  if (slot === undefined) return { kind: 'none', assurance: null, place: 'there is no vault yet' }
  return { kind: slot.kind, assurance: slot.assurance, place: slot.place }
}

function gatewayCheck({ usage: { isStopped }, gatewayProblem }: House): Check {
  if (isStopped) return check('gateway', 'warning', 'every call is stopped', 'run "keyreeve route resume"')
  if (gatewayProblem === null) return check('gateway', 'ok', 'calls go by routes, with phantom tokens')
  return check('gateway', 'failed', gatewayProblem.message, gatewayProblem.next)
}

function vaultCheck(house: House): Check {
  if (house.phase === 'ready') return check('vault', 'ok', 'the vault is open')
  const fault = house.lockedBecause
  return check(
    'vault',
    'warning',
    fault === null ? 'the vault is locked' : `locked: ${fault.message}`,
    'run "keyreeve unlock"',
  )
}

function keystoreCheck({ kind, assurance, place }: Keystore): Check {
  const detail = `${kind} (assurance level: ${assurance ?? 'none'}): ${place}`
  if (assurance === 'file') {
    return check(
      'keystore',
      'warning',
      detail,
      'start a system keystore or set a passphrase: who reads your files reads this key',
    )
  }
  return check('keystore', assurance === null ? 'warning' : 'ok', detail)
}

function socketCheck({ places, socket }: House): Check {
  try {
    const isPrivate = (lstatSync(socket).mode & 0o077) === 0
    if (isPrivate) return check('socket', 'ok', `${socket} is private`)
    return check(
      'socket',
      'failed',
      `${socket} is open to others`,
      'restart: "keyreeve stop" and "keyreeve start"',
    )
  } catch {
    return check(
      'socket',
      'failed',
      `there is no socket below ${places.run}`,
      'restart: "keyreeve stop" and "keyreeve start"',
    )
  }
}

function journalCheck({ opened }: House): Check {
  if (opened === null)
    return check('journal', 'warning', 'not open: the vault was not unlocked yet', 'run "keyreeve unlock"')
  const { failure, size } = opened.log
  if (failure === null) return check('journal', 'ok', `${size} entries`)
  return check(
    'journal',
    'failed',
    `cannot be written: ${asFault(failure).message}`,
    'free disk space, then restart',
  )
}

function grantsCheck({ opened }: House): Check {
  const problem = opened?.grants.problem ?? null
  if (problem === null) return check('grants', 'ok', 'intact')
  return check('grants', 'warning', problem.message, problem.next)
}

function policyCheck({ policyProblem, policies }: House): Check {
  if (policyProblem === null) return check('policies', 'ok', `version ${policies.version.slice(0, 12)}`)
  return check(
    'policies',
    'failed',
    `${policyProblem.message}; those from before stay in force`,
    policyProblem.next,
  )
}

function passkeysCheck({ passkeys: { list } }: House): Check {
  if (list.length > 0) return check('passkeys', 'ok', `${list.length} enrolled`)
  const detail = 'none is enrolled: what needs more than a click is refused'
  return check('passkeys', 'warning', detail, 'run "keyreeve passkey add"')
}

function check(name: string, state: Check['state'], detail: string, next: string | null = null): Check {
  return { name, state, detail, next }
}
