// What a page loads from the console, and loads again when it has changed.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { changes } from './desk.ts'
import { Refused } from './session.ts'

export type Loaded<Reply> =
  | { readonly state: 'loading' }
  | { readonly state: 'there'; readonly reply: Reply }
  | { readonly state: 'refused'; readonly refused: Refused }

/** Loads with `read`, and again after every change. What was there stays in sight meanwhile. */
export function useLoaded<Reply>(read: () => Promise<Reply>): Loaded<Reply> {
  const loaded = useSignal<Loaded<Reply>>({ state: 'loading' })
  useEffect(() => {
    let isCurrent = true
    void load(read, (next) => {
      if (isCurrent) loaded.value = next
    })
    return () => {
      isCurrent = false
    }
  }, [read, changes.value])
  return loaded.value
}

/** Where nobody answers, nothing is kept: the stream notices that too, and says it for all pages. */
async function load<Reply>(read: () => Promise<Reply>, keep: (loaded: Loaded<Reply>) => void): Promise<void> {
  try {
    keep({ state: 'there', reply: await read() })
  } catch (thrown) {
    if (thrown instanceof Refused) keep({ state: 'refused', refused: thrown })
  }
}
