// keyreeve log verify: needs no broker and no key, only the folder.
import { shown, type ExitCode } from '#base'
import { verifyLog } from '#verify'
import { placesOf } from '#wire'
import { resolve } from 'node:path'
import type { Call } from './machine.ts'
import { keysIn, ownKeys } from './log-keys.ts'
import { pairs } from './terminal.ts'

type Verified = Awaited<ReturnType<typeof verifyLog>>

/**
 * Recomputes the whole tree and checks every signature. Where the keys of its days are at hand, it opens the events too,
 * and checks each receipt. Ends with 7 if anything is wrong.
 */
export async function verify({ machine, terminal, arguments: [dir], options }: Call): Promise<ExitCode> {
  const folder = dir === undefined ? placesOf(machine).journal : resolve(machine.cwd, dir)
  const { vkey, keys } = options
  const dayKey =
    typeof keys === 'string'
      ? keysIn(resolve(machine.cwd, keys))
      : dir === undefined
        ? await ownKeys(machine)
        : null
  const verified = await verifyLog(folder, {
    ...(typeof vkey === 'string' && { vkey }),
    ...(dayKey !== null && { dayKey }),
  })
  terminal.data(verifiedDocument(verified), verifiedLines(verified))
  return verified.ok ? 0 : 7
}

export function verifiedDocument({ ok, size, root, passkeys, problems }: Verified): object {
  const signed = { receipts: passkeys?.receipts ?? null, passkeys: passkeys?.enrolled ?? null }
  return { ok, size, root, anchoredThrough: null, anchors: [], ...signed, problems }
}

export function verifiedLines(verified: Verified): string[] {
  const { ok, origin, size, root, publishedThrough, passkeys, problems } = verified
  return [
    ...pairs([
      ['log', ok ? 'verified' : 'NOT verified'],
      ['origin', shown(origin)],
      ['entries', `${size}, published through ${publishedThrough}`],
      ['root', shown(root)],
      ['receipts', receiptsText(passkeys)],
    ]),
    ...problems.map(({ code, index, detail }) =>
      [shown(code), ...(index === undefined ? [] : [`entry ${index}`]), shown(detail)].join(': '),
    ),
  ]
}

function receiptsText(passkeys: Verified['passkeys']): string {
  if (passkeys === null) return 'not looked at: the keys of the days are not at hand'
  const { receipts, enrolled } = passkeys
  const names = enrolled.map((fingerprint) => fingerprint.slice(0, 16)).join(', ')
  return `${receipts} good; passkeys enrolled: ${names || 'none'}`
}
