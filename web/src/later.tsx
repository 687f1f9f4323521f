// A page whose code is loaded when it is first opened.
import { useSignal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect, useLayoutEffect } from 'preact/hooks'
import { Loading } from './parts.tsx'

/** @param load Imports the page; the browser keeps what it has loaded. */
export function later(load: () => Promise<ComponentType>): ComponentType {
  let Page: ComponentType | null = null
  return function Later() {
    const isThere = useSignal(Page !== null)
    const arrive = async (): Promise<void> => {
      Page = await load()
      isThere.value = true
    }
    useEffect(() => void arrive(), [])
    return isThere.value && Page !== null ? <Arrived Page={Page} /> : <Loading />
  }
}

/** A page begins at its heading, also where it comes a moment late. */
function Arrived({ Page }: { Page: ComponentType }) {
  useLayoutEffect(() => {
    if (document.activeElement === document.body) document.querySelector<HTMLElement>('h1')?.focus()
  }, [])
  return <Page />
}
