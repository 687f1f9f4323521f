// keyreeve watch: answers requests in a terminal of the person's own.
import { Fault, type ExitCode } from '#base'
import { connect, type Connection } from './connection.ts'
import type { Call } from './machine.ts'
import { askShown } from './typing.ts'
import { openDesk, type Desk } from './watch-desk.ts'
import { CardQueue } from './watch-queue.ts'
import { answerCards } from './watch-answers.ts'
import { answerInWindows } from './watch-windows.ts'
import { windowMaker } from './window.ts'

/**
 * Shows each request as it comes and takes the answer by one key. Ends with Ctrl-C or when the broker ends.
 * @throws Fault `terminal-needed`, `code-invalid`, `not-running`
 */
export async function watch(call: Call): Promise<ExitCode> {
  const desk = openDesk()
  try {
    return await watchAt(desk, call)
  } finally {
    desk.close()
  }
}

/** `watch` at a given desk. With --desktop the code is typed there, and the cards come in windows. */
export async function watchAt(desk: Desk, call: Call): Promise<ExitCode> {
  const make = call.options['desktop'] === true ? windowMaker(call.machine) : null
  const queue = new CardQueue()
  const broker = await connect(call.machine, {
    role: 'watch',
    handlers: {
      'consent.card': (card) => queue.add(card),
      'consent.ended': ({ id, outcome }) => queue.end(id, outcome),
    },
  })
  void broker.closed.then(() => queue.close())
  try {
    await proveTerminal(broker, desk, 'to answer requests here', make === null ? 'terminal' : 'window')
    desk.screen.write('Watching. Requests appear here; Ctrl-C ends this.\n')
    if (make === null) await answerCards({ queue, broker, desk, call })
    else await answerInWindows({ queue, broker, make, call })
  } finally {
    broker.close()
  }
  return 0
}

/** Shows that somebody reads this very terminal and can type at it. @throws Fault `terminal-needed`, `code-invalid` */
export async function proveTerminal(
  broker: Connection,
  { keyboard, screen }: Desk,
  purpose: string,
  surface: 'terminal' | 'window' = 'terminal',
): Promise<void> {
  const { code } = await broker.ask('watch.offer', {})
  const typed = await askShown({ keyboard, screen, prompt: `Type ${code} ${purpose}: ` })
  if (typed !== code) throw new Fault('code-invalid', 'that is not the code')
  await broker.ask('watch.prove', { code: typed, surface })
}
