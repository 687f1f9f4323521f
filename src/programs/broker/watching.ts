// Terminals that answer: a code typed at the terminal itself, then cards as they come.
import { Fault, hex } from '#base'
import { timingSafeEqual } from 'node:crypto'
import { refuseAssistants, terminalOf } from './caller.ts'
import type { RequestOf } from '#wire'
import type { Client, House } from './house.ts'

const mostTries = 3
const codeLength = 6

/** State of one terminal: which code it was given, and whether it has typed it. */
export interface Watch {
  offer(): { code: string }
  prove(request: RequestOf<'watch.prove'>): void
  /** Where the answers come from. @throws Fault `terminal-needed` before the code was typed. */
  surface(): 'terminal' | 'window'
}

/**
 * Lets a terminal answer cards once a person has typed the code there.
 * Refuses a terminal below a known assistant, one that an assistant's own process sits at, and a process without one.
 */
export function openWatch(house: House, client: () => Client): Watch {
  let code: string | null = null
  let tries = 0
  let proven: 'terminal' | 'window' | null = null
  return {
    offer() {
      refuseAssistants({ pid: client().pid, uid: 0 }, house.config.assistants.known)
      requireOwnTerminal(house, client().pid)
      code = sixDigits(house.random(8))
      return { code }
    },
    prove({ code: typed, surface = 'terminal' }) {
      if (code === null || ++tries > mostTries || !isEqual(code, typed.trim())) {
        throw new Fault('code-invalid', 'the code that was typed is not the one shown')
      }
      code = null
      proven = surface
      follow(house, client())
    },
    surface() {
      if (proven === null) throw new Fault('terminal-needed', 'the code was not typed at this terminal yet')
      return proven
    },
  }
}

function follow(house: House, client: Client): void {
  const { channel } = client
  for (const card of house.desk.pending()) channel.tell('consent.card', card)
  const leave = house.desk.on({
    asked: (card) => channel.tell('consent.card', card),
    ended: ({ card: { id }, outcome }) => channel.tell('consent.ended', { id, outcome }),
  })
  channel.signal.addEventListener('abort', leave, { once: true })
}

function requireOwnTerminal(house: House, pid: number): void {
  if (process.platform !== 'linux') return
  const terminal = terminalOf(pid)
  if (terminal === null) throw new Fault('terminal-needed', 'this process has no terminal')
  const assistants = [...house.clients].filter((other) => other.role === 'shim' || other.role === 'sdk')
  if (assistants.some((other) => terminalOf(other.pid) === terminal)) {
    throw new Fault('terminal-needed', 'an assistant runs at this terminal')
  }
}

function sixDigits(bytes: Uint8Array): string {
  const number = BigInt(`0x${hex(bytes)}`) % 10n ** BigInt(codeLength)
  return number.toString().padStart(codeLength, '0')
}

function isEqual(code: string, typed: string): boolean {
  const [a, b] = [Buffer.from(code), Buffer.from(typed)]
  return a.length === b.length && timingSafeEqual(a, b)
}
