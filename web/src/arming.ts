// Keeps Allow asleep until the person can have seen what it would allow.
import { useSignal } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'

/**
 * True once the page has been looked at, unchanged, for `after` ms. Starts again whenever `key` changes, the page comes
 * back into sight or the window gets the focus: a click that was on its way to something else must not allow.
 */
export function useArmed(after: number, key: string): boolean {
  const isArmed = useSignal(false)
  useLayoutEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const rearm = (): void => {
      clearTimeout(timer)
      isArmed.value = false
      if (document.visibilityState === 'visible') timer = setTimeout(() => (isArmed.value = true), after)
    }
    rearm()
    addEventListener('focus', rearm)
    document.addEventListener('visibilitychange', rearm)
    return () => {
      clearTimeout(timer)
      removeEventListener('focus', rearm)
      document.removeEventListener('visibilitychange', rearm)
    }
  }, [after, key])
  return isArmed.value
}
