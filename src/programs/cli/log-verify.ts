// keyreeve log verify: needs no broker and no key, only the folder.
import { shown, type ExitCode } from '#base'
import { verifyLog } from '#verify'
import { placesOf } from '#wire'
import { resolve } from 'node:path'
import type { Call } from './machine.ts'
import { pairs } from './terminal.ts'

type Verified = Awaited<ReturnType<typeof verifyLog>>

/** Recomputes the whole tree and checks every signature. Ends with 7 if anything is wrong. */
export async function verify({ machine, terminal, arguments: [dir], options }: Call): Promise<ExitCode> {
  const folder = dir === undefined ? placesOf(machine).journal : resolve(machine.cwd, dir)
  const { vkey } = options
  const verified = await verifyLog(folder, typeof vkey === 'string' ? { vkey } : {})
  terminal.data(verifiedDocument(verified), verifiedLines(verified))
  return verified.ok ? 0 : 7
}

export function verifiedDocument({ ok, size, root, problems }: Verified): object {
  return { ok, size, root, anchoredThrough: null, anchors: [], problems }
}

export function verifiedLines({ ok, origin, size, root, publishedThrough, problems }: Verified): string[] {
  return [
    ...pairs([
      ['log', ok ? 'verified' : 'NOT verified'],
      ['origin', shown(origin)],
      ['entries', `${size}, published through ${publishedThrough}`],
      ['root', shown(root)],
    ]),
    ...problems.map(({ code, index, detail }) =>
      [shown(code), ...(index === undefined ? [] : [`entry ${index}`]), shown(detail)].join(': '),
    ),
  ]
}
