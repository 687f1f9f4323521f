// Starts the console's page.
import { render } from 'preact'
import { Frame } from './frame.tsx'
import { goLive } from './live.ts'
import { followAddress } from './place.ts'

followAddress()
void goLive()
render(<Frame />, document.body)
