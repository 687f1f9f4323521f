// Verifies a log without any secret: that it is the one its key signed, whole, and only added to.
import type { Secret } from '#base'
import { base64, noteVerifier, openCheckpoint, type Checkpoint, type NoteVerifier } from '#tlog'
import { join } from 'node:path'
import { pathOf, readWhole, segmentPaths } from './folder.ts'
import { SegmentOrder } from './order.ts'
import { PayloadCheck } from './payload-check.ts'
import { Problems, type Problem } from './problems.ts'
import { SegmentCheck } from './segment-check.ts'
import { frameAt, headerBytes, isIntact, isZeroFrom, parseHeader } from './segment.ts'
import { othersTurn, TreeCheck } from './tree-check.ts'

/** What to verify with. Nothing is needed. */
export interface VerifyOptions {
  /** Public key to check with. By default the one in the log's own folder: that proves only that all fits that key. */
  readonly vkey?: string
  /** Also opens the payloads of the days whose keys this gives. */
  readonly dayKey?: (day: number) => Promise<Secret | null>
}

/** What was found of a log. */
export interface Verification {
  /** True if there are no problems. */
  readonly ok: boolean
  /** Name of the log; empty where no key could be read. */
  readonly origin: string
  /** Number of events, published and not yet published. */
  readonly size: number
  /** Root over all of them, base64. */
  readonly root: string
  /** Size of the published checkpoint. */
  readonly publishedThrough: number
  /** With day keys: receipts that were found good, and fingerprints of the passkeys enrolled at the end. */
  readonly passkeys: { readonly receipts: number; readonly enrolled: readonly string[] } | null
  readonly problems: readonly Problem[]
}

/**
 * Verifies a log in its folder, also while a writer appends to it. Everything in the folder is taken to be
 * attacker-controlled; what each check proves, and what none can, stands in docs/protocol.md.
 * @returns Problems are values: only an error of the disk is thrown.
 */
export async function verifyLog(dir: string, options: VerifyOptions = {}): Promise<Verification> {
  const problems = new Problems()
  const verifier = readKey(dir, options.vkey, problems)
  const checkpoint = verifier === undefined ? undefined : readCheckpoint(dir, verifier, problems)
  if (verifier === undefined || checkpoint === undefined) {
    const known = { origin: verifier?.name ?? '', size: 0, root: '', publishedThrough: 0, passkeys: null }
    return { ok: false, ...known, problems: problems.list }
  }
  const tree = new TreeCheck(dir, checkpoint, problems)
  const payloads = options.dayKey === undefined ? undefined : new PayloadCheck(options.dayKey, problems)
  await checkSegments({ dir, verifier, tree, payloads, problems })
  if (tree.size < checkpoint.size) problems.add('segment-missing', tree.size)
  await tree.advance(checkpoint.size)
  const root = tree.root()
  return {
    ok: problems.list.length === 0,
    origin: verifier.name,
    size: tree.size,
    root: root === undefined ? '' : base64(root),
    publishedThrough: checkpoint.size,
    passkeys:
      payloads === undefined
        ? null
        : { receipts: payloads.receipts.checked, enrolled: payloads.receipts.enrolled },
    problems: problems.list,
  }
}

interface Checks {
  readonly dir: string
  readonly verifier: NoteVerifier
  readonly tree: TreeCheck
  readonly payloads: PayloadCheck | undefined
  readonly problems: Problems
}

async function checkSegments({ dir, ...checks }: Checks): Promise<void> {
  const { tree, payloads, problems } = checks
  const order = new SegmentOrder(problems)
  const paths = segmentPaths(dir)
  for (const path of paths) {
    const isNewest = path === paths.at(-1)
    const bytes = isNewest ? await readSettled(join(dir, path)) : readWhole(join(dir, path))
    const header = bytes === undefined ? undefined : parseHeader(bytes)
    if (bytes === undefined || header === undefined || pathOf(header) !== path) {
      problems.add('segment-invalid')
      continue
    }
    order.enter(header, tree.size)
    await tree.advance(header.firstIndex)
    await payloads?.enter(header)
    order.leave(new SegmentCheck(checks).run(header, bytes, isNewest))
    await othersTurn()
  }
  payloads?.leave()
}

/**
 * Reads the segment that may be written just now. A frame that seems unfinished is looked at again: its writer needs
 * microseconds.
 */
async function readSettled(path: string): Promise<Buffer | undefined> {
  for (let attempt = 0; ; attempt++) {
    const bytes = readWhole(path)
    if (bytes === undefined || attempt === 4 || endsWell(bytes)) return bytes
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function endsWell(bytes: Buffer): boolean {
  let at = headerBytes
  for (let frame = frameAt(bytes, at); frame !== undefined; frame = frameAt(bytes, at)) {
    if (!isIntact(frame)) return false
    at = frame.end
  }
  return isZeroFrom(bytes, at)
}

function readKey(dir: string, given: string | undefined, problems: Problems): NoteVerifier | undefined {
  const text = given ?? readWhole(join(dir, 'vkey'))?.toString().replace(/\n$/, '')
  if (text === undefined) {
    problems.add('vkey-missing')
    return undefined
  }
  const verifier = noteVerifier(text)
  if (verifier === undefined) problems.add('vkey-invalid')
  return verifier
}

function readCheckpoint(dir: string, verifier: NoteVerifier, problems: Problems): Checkpoint | undefined {
  const note = readWhole(join(dir, 'checkpoint'))
  if (note === undefined) {
    problems.add('checkpoint-missing')
    return undefined
  }
  const checkpoint = openCheckpoint(note.toString(), verifier)
  if (checkpoint === undefined) problems.add('checkpoint-invalid')
  return checkpoint
}
