// The console's side of the broker: started on demand, told of cards, and heard when the person answers.
import type { Channel, Handlers } from '#wire'
import { ownDeviceHandlers } from './devices.ts'
import type { House } from './house.ts'
import { passkeyHandlers } from './passkeys.ts'
import { personHandlers } from './person.ts'
import { changePolicy } from './policy-change.ts'
import { recordEnding } from './remembering.ts'

/** What the console may ask: what a person may, and the answers to cards. */
export function consoleHandlers(house: House): Handlers {
  return {
    ...personHandlers(house),
    ...passkeyHandlers(house),
    ...ownDeviceHandlers(house),
    'policy.change': (request) => changePolicy(house, request),
  }
}

/**
 * Lets a fresh console listen, before anything else is asked of it.
 * @throws Fault `console-unavailable` if its port cannot be had on both loopback addresses.
 */
export async function serveConsole(house: House, channel: Channel): Promise<void> {
  house.consolePort = null
  const { port } = await channel.ask('console.serve', { port: house.config.console.port })
  house.consolePort = port
  for (const card of house.desk.pending()) channel.tell('consent.card', card)
}

/** Tells the console of every card that comes and goes, counts it, rings, and puts on record how it ended. */
export function followDesk(house: House, ring: () => void): void {
  house.desk.on({
    asked(card) {
      house.questions.note(house.clock.now())
      ring()
      house.programs.tell('console', 'consent.card', card)
    },
    ended(ending) {
      recordEnding(house, ending)
      house.programs.tell('console', 'consent.ended', { id: ending.card.id, outcome: ending.outcome })
    },
  })
}
