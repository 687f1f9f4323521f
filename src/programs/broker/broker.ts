// The gate: builds the house, opens what can be opened without a person, and listens.
import type { Clock, Random } from '#base'
import { ConsentDesk } from '#consent'
import { placesOf, type Channel, type Surroundings } from '#wire'
import type { Server } from 'node:net'
import { listen } from './clients.ts'
import { readConfig } from './config.ts'
import { consoleHandlers, followDesk, serveConsole } from './console.ts'
import { lendEnrolment, tokensHandlers } from './devices.ts'
import { makeDoorbell } from './doorbell.ts'
import { prepareHome } from './home.ts'
import type { House } from './house.ts'
import { gatewayHandlers, serveGateway } from './gateway.ts'
import { flushOutcomes } from './journalling.ts'
import { passkeysOf } from './passkeys.ts'
import { followPolicies, readPolicies } from './policies.ts'
import { Phantoms } from './phantoms.ts'
import { Programs, type ProgramPlan } from './programs.ts'
import type { ProgramName } from './rights.ts'
import { Questions } from './questions.ts'
import { openGateway } from './routes.ts'
import { lendTable, tryUnlock } from './unlocking.ts'
import { Usage } from './usage.ts'

export interface BrokerOptions extends Surroundings {
  readonly clock: Clock
  readonly random: Random
  readonly version: string
  /** Folder of the built console. */
  readonly web: string
}

export interface Broker {
  readonly isLocked: boolean
  /** Settles when the broker was asked to stop and everything has ended. */
  readonly stopped: Promise<void>
  stop(): void
}

/**
 * Starts the broker of a home.
 * @throws Fault `already-running`, `home-insecure`, `config-invalid`, `policy-invalid`, or what keeps the keeper from starting.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const places = placesOf(options)
  const prepared = prepareHome(places, options.env)
  try {
    const { promise: asked, resolve: stop } = Promise.withResolvers<void>()
    const house = build(options, { prepared, places, stop })
    followDesk(house, house.config.consent.doorbell ? makeDoorbell(options) : () => {})
    house.programs.start('reader')
    await tryUnlock(house)
    if (house.lockedBecause?.code === 'journal-corrupt') throw house.lockedBecause
    const server = await listen(house)
    void openGateway(house)
    const unfollow = followPolicies(house)
    void asked.then(unfollow)
    return {
      isLocked: house.phase === 'locked',
      stopped: asked.then(() => close(house, server)).finally(() => prepared.release()),
      stop,
    }
  } catch (thrown) {
    prepared.release()
    throw thrown
  }
}

interface Ground {
  readonly prepared: ReturnType<typeof prepareHome>
  readonly places: ReturnType<typeof placesOf>
  readonly stop: () => void
}

function build(options: BrokerOptions, { prepared, places, stop }: Ground): House {
  const { clock, random, version, userFolder } = options
  const config = readConfig(places.config)
  const plans = plansOf(options, places, () => house)
  const house: House = {
    ...passkeysOf({ clock, random }, () => house),
    places,
    config,
    clock,
    random,
    version,
    userFolder,
    desk: new ConsentDesk({
      clock,
      random,
      timeout: config.consent.timeout * 1000,
      flood: config.consent.flood,
    }),
    programs: new Programs(plans, { clock, phase: () => house.phase }),
    clients: new Set(),
    startedAt: clock.now(),
    repairs: prepared.repairs,
    socket: prepared.socket,
    consolePort: null,
    phantoms: new Phantoms(clock, random),
    usage: new Usage(`${places.home}/usage`, clock),
    gatewayPort: null,
    gatewayKey: null,
    gatewayProblem: null,
    policies: readPolicies(places.policies),
    policyProblem: null,
    questions: new Questions(),
    phase: 'locked',
    opened: null,
    opening: null,
    lockedBecause: null,
    refusedWhileLocked: 0,
    outcomes: [],
    stop,
  }
  return house
}

/** What each child is started with, and what it may ask. */
function plansOf(
  options: BrokerOptions,
  places: Ground['places'],
  house: () => House,
): Record<ProgramName, ProgramPlan> {
  const lend = async (channel: Channel): Promise<void> => {
    if (house().phase === 'ready') await lendTable(house(), channel)
  }
  return {
    keeper: plan(['--vault', places.vault], keeperEnv(options), {
      restarted: () => {
        house().phase = 'locked'
        void tryUnlock(house())
      },
    }),
    reader: plan([], {}, { prepare: lend }),
    editor: plan(['--edits', `${places.home}/edits`], {}, { prepare: lend }),
    console: plan(
      ['--web', options.web, '--journal', places.journal],
      {},
      { handlers: () => consoleHandlers(house()), prepare: (channel) => serveConsole(house(), channel) },
    ),
    gateway: plan(
      [],
      {},
      { handlers: () => gatewayHandlers(house()), prepare: (channel) => serveGateway(house(), channel) },
    ),
    tokens: plan(
      [],
      {},
      { handlers: () => tokensHandlers(house()), prepare: (channel) => lendEnrolment(house(), channel) },
    ),
  }
}

function plan(
  own: readonly string[],
  env: Record<string, string>,
  { handlers = () => ({}), ...more }: Partial<Pick<ProgramPlan, 'handlers' | 'prepare' | 'restarted'>>,
): ProgramPlan {
  return { arguments: own, env, handlers, ...more }
}

/** What a system keystore needs to be found; nothing else of our environment reaches the keeper. */
function keeperEnv({ env, userFolder }: BrokerOptions): Record<string, string> {
  const kept = [
    'DBUS_SESSION_BUS_ADDRESS',
    'XDG_RUNTIME_DIR',
    'USER',
    'LOGNAME',
    'USERPROFILE',
    'APPDATA',
    'LOCALAPPDATA',
  ]
  const found = kept.flatMap((name): [string, string][] => {
    const value = env[name]
    return value === undefined ? [] : [[name, value]]
  })
  return { HOME: userFolder, ...Object.fromEntries(found) }
}

/** Ends in order: nobody new, nobody waiting, the log's last words, then the programs. */
async function close(house: House, server: Server): Promise<void> {
  server.close()
  house.desk.closeAll()
  for (const client of house.clients) client.channel.close()
  if (house.opened !== null) {
    const { log, grants } = house.opened
    flushOutcomes(house)
    house.usage.flush()
    await log.append({ v: 1, kind: 'lifecycle', what: 'stop' }).catch(() => {})
    grants.close()
    await log.close()
  }
  await house.programs.stop()
}
