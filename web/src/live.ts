// Keeps the stream of events open for as long as the page is signed in.
import { announcement, changes, clear, lay, remove } from './desk.ts'
import { eventsOf, type PageEvent } from './events.ts'
import { askPasskey } from './passkey.ts'
import {
  challengeToEnter,
  connection,
  isSignedIn,
  listen,
  signIn,
  signInWith,
  signOut,
  takeFromAddress,
} from './session.ts'
import { words } from './words.ts'

/** The console's heart beats every ten seconds; after this silence it is taken for gone. */
const longestSilence = 25_000
const shortestPause = 500
const longestPause = 5000

/** Machine time minus page time, in ms: they differ where the page is looked at through a tunnel. */
let skew = 0

export function machineNow(): number {
  return Date.now() + skew
}

/** Signs in with the code in the address, if there is one, and stays connected. */
export async function goLive(): Promise<void> {
  const code = takeFromAddress('code')
  if (code !== null) await signIn(code).catch(() => {})
  if (!isSignedIn()) return signOut()
  return stayLive()
}

/** Signs in with a passkey and stays connected. @throws Refused */
export async function enterByPasskey(): Promise<void> {
  await signInWith(await askPasskey(await challengeToEnter()))
  connection.value = 'connecting'
  void stayLive()
}

async function stayLive(): Promise<void> {
  let pause = shortestPause
  while (isSignedIn()) {
    const wasLive = await follow().catch(() => false)
    if (!isSignedIn()) break
    lose()
    pause = wasLive ? shortestPause : Math.min(pause * 2, longestPause)
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
  clear()
}

/** Follows the stream to its end. @returns True if it had begun. */
async function follow(): Promise<boolean> {
  const silence = new AbortController()
  let timer = setTimeout(() => silence.abort(), longestSilence)
  try {
    for await (const event of eventsOf(await listen(silence.signal))) {
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(), longestSilence)
      take(event)
    }
  } finally {
    clearTimeout(timer)
  }
  return true
}

function take(event: PageEvent): void {
  switch (event.name) {
    case 'hello':
      skew = event.data.now - Date.now()
      clear()
      connection.value = 'live'
      changes.value++
      return
    case 'card':
      return lay(event.data)
    case 'ended':
      return remove(event.data)
    case 'changed':
      changes.value++
      return
    case 'signed-out':
      return signOut()
    case 'gone':
      return lose()
    case 'alive':
      return
  }
}

/** What was shown may be answered elsewhere or denied by now: nothing stays that could be clicked. */
function lose(): void {
  clear()
  connection.value = 'lost'
  announcement.value = words.lostTitle
}
