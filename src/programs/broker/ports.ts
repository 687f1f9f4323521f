// The gateway's port stays the same over restarts: assistants' configurations name it.
import type { Places } from '#wire'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** 0 before it was ever chosen. */
export function rememberedPort({ home }: Places): number {
  try {
    const port = Number(readFileSync(fileIn(home), 'utf8'))
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0
  } catch {
    return 0
  }
}

export function rememberPort({ home }: Places, port: number): void {
  writeFileSync(fileIn(home), `${port}\n`, { mode: 0o600 })
}

function fileIn(home: string): string {
  return join(home, 'gateway-port')
}
