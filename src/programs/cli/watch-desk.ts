// A terminal of the person's own: the controlling terminal, whatever stdin and stdout are.
import { Fault } from '#base'
import { openSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { ReadStream, WriteStream } from 'node:tty'
import type { Keyboard } from './typing.ts'

export interface Desk {
  readonly keyboard: Keyboard
  readonly screen: Writable & { readonly rows?: number; readonly columns?: number }
  /** Gives the terminal back as it was. */
  close(): void
}

/** @throws Fault `terminal-needed` if this process has no terminal. */
export function openDesk(): Desk {
  try {
    const keyboard = new ReadStream(openSync('/dev/tty', 'r'))
    const screen = new WriteStream(openSync('/dev/tty', 'w'))
    return {
      keyboard,
      screen,
      close() {
        keyboard.setRawMode(false)
        keyboard.destroy()
        screen.destroy()
      },
    }
  } catch (cause) {
    throw new Fault('terminal-needed', 'this process has no terminal of its own', { cause })
  }
}
