// Who is signed out signs in with a passkey, where one is enrolled; else only a new link helps.
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { enterByPasskey } from './live.ts'
import { useLoaded } from './loaded.ts'
import { Brand, Failure } from './parts.tsx'
import { challengeToEnter, Refused } from './session.ts'
import { words } from './words.ts'

/** @param children What is shown where there is no passkey. */
export function PasskeyEntrance({ children }: { children: ComponentChildren }) {
  const loaded = useLoaded(challengeToEnter)
  if (loaded.state !== 'there' || loaded.reply.credentials.length === 0) return <>{children}</>
  return <Entrance />
}

function Entrance() {
  const isBusy = useSignal(false)
  const refused = useSignal<Refused | null>(null)
  const press = async (): Promise<void> => {
    isBusy.value = true
    try {
      await enterByPasskey()
    } catch (thrown) {
      refused.value = thrown instanceof Refused ? thrown : null
    }
    isBusy.value = false
  }
  return (
    <main class="alone">
      <Brand />
      <h1>{words.passkey.enterTitle}</h1>
      <p>{words.passkey.enterText}</p>
      {refused.value !== null && <Failure refused={refused.value} />}
      <button class="allow" disabled={isBusy.value} onClick={() => void press()}>
        {words.passkey.enter}
      </button>
    </main>
  )
}
