// Starts the console's page.
import { render } from 'preact'
import { readTask } from './api.ts'
import { Frame } from './frame.tsx'
import { goLive } from './live.ts'
import { PasskeyChange } from './passkey-change.tsx'
import { followAddress } from './place.ts'
import { takeFromAddress } from './session.ts'

followAddress()
const ticket = takeFromAddress('ticket')
if (ticket === null) {
  void goLive()
  render(<Frame />, document.body)
} else {
  render(<PasskeyChange ticket={ticket} read={() => readTask(ticket)} />, document.body)
}
