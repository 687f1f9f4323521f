// The console's side of the broker: started on demand, told of cards, and heard when the person answers.
import type { Handlers, ReplyOf } from '#wire'
import type { House } from './house.ts'
import { personHandlers } from './person.ts'

/** What the console may ask: what a person may, and the answers to cards. */
export function consoleHandlers(house: House): Handlers {
  return {
    ...personHandlers(house),
    'consent.decide': (answer) => {
      house.desk.decide(answer, 'console')
      return {}
    },
  }
}

/**
 * Makes a link with a one-time code. Starts the console first if it does not run.
 * @throws Fault `console-unavailable` if its port cannot be had on both loopback addresses.
 */
export async function openConsole(house: House): Promise<ReplyOf<'console.open'>> {
  if (!house.programs.isRunning('console')) {
    house.consolePort = null
    const { port } = await house.programs.ask('console', 'console.serve', { port: house.config.console.port })
    house.consolePort = port
    for (const card of house.desk.pending()) house.programs.tell('console', 'consent.card', card)
  }
  return house.programs.ask('console', 'console.open', {})
}

/** Tells the console of every card that comes and goes. */
export function followDesk(house: House): void {
  house.desk.on({
    asked: (card) => house.programs.tell('console', 'consent.card', card),
    ended: (id, outcome) => house.programs.tell('console', 'consent.ended', { id, outcome }),
  })
}
