// Which page is shown: the fragment of the address, so that nothing is loaded anew and the session lives on.
import { signal } from '@preact/signals'

export const pageNames = [
  'requests',
  'grants',
  'log',
  'review',
  'policy',
  'secrets',
  'routes',
  'device',
  'assistants',
  'lab',
  'status',
] as const
export type PageName = (typeof pageNames)[number]

export const place = signal<PageName>(placeOf(location.hash))

/** The page that a fragment names; the first one for any other text. */
function placeOf(hash: string): PageName {
  return pageNames.find((name) => hash === `#/${name}`) ?? 'requests'
}

export function followAddress(): void {
  addEventListener('hashchange', () => {
    // A new link was opened in this very tab: sign in with it.
    if (/^#(code|ticket)=/.test(location.hash)) location.reload()
    else place.value = placeOf(location.hash)
  })
}
