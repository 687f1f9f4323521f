// How far a long command is, on one line of the terminal; nothing where nobody looks.
import type { Machine } from './machine.ts'
import { sizeText } from './scan-output.ts'

/** Milliseconds before the first line, and between two. */
const patience = 1000
const pause = 200

export interface Progress {
  readonly show: (done: { readonly files: number; readonly bytes: number }) => void
  /** Takes the line away. */
  readonly clear: () => void
}

export function progressOn({ stderr, clock }: Machine): Progress {
  const isWatched = 'isTTY' in stderr && stderr.isTTY === true
  const start = clock.monotonic()
  let next = start + patience
  let isShown = false
  return {
    show({ files, bytes }) {
      const now = clock.monotonic()
      if (!isWatched || now < next) return
      next = now + pause
      isShown = true
      const rate = sizeText((bytes * 1000) / (now - start))
      stderr.write(`\r\u001b[K${files} files, ${sizeText(bytes)}, ${rate}/s`)
    },
    clear() {
      if (isShown) stderr.write('\r\u001b[K')
    },
  }
}
