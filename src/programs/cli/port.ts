// Tells whether somebody listens on a loopback port.
import { connect } from 'node:net'

const patience = 500

/** True if a connection is accepted within half a second. Says nothing about who accepted it. */
export function isListening(host: '127.0.0.1' | '::1', port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: patience })
    const answer = (isOpen: boolean): void => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.once('connect', () => answer(true))
    socket.once('error', () => answer(false))
    socket.once('timeout', () => answer(false))
  })
}
