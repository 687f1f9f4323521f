// Verifies a log without any secret: that it is the one its key signed, whole, and only added to.
import { errorCode, type Secret } from '#base'
import { base64, noteVerifier, openCheckpoint, type Checkpoint, type NoteVerifier } from '#tlog'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isIntact } from './frame.ts'
import { longestSegment } from './header.ts'
import { Problems, type Problem } from './problems.ts'
import { listSegments, type Segment } from './segments.ts'
import { PayloadCheck } from './verify-payloads.ts'
import { SegmentCheck, type SegmentEnd } from './verify-segment.ts'
import { TreeCheck } from './verify-tree.ts'
import { frameAt, isNext, after, startOf, tailBytes } from './walk.ts'

export interface VerifyOptions {
  /** Public key to check with. By default the one in the log's own folder: that proves only that all fits that key. */
  readonly vkey?: string
  /** Also opens the payloads of the days whose keys this gives. */
  readonly dayKey?: (day: number) => Promise<Secret | null>
}

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
  readonly problems: readonly Problem[]
}

/**
 * Verifies a log in its folder, also while a writer appends to it. Everything in the folder is taken to be
 * attacker-controlled; what each check proves, and what none can, stands in docs/protocol.md.
 * @returns Problems are values: only an error of the disk is thrown.
 */
export async function verifyLog(dir: string, options: VerifyOptions = {}): Promise<Verification> {
  const problems = new Problems()
  const verifier = await readKey(dir, options.vkey, problems)
  const checkpoint = verifier === undefined ? undefined : await readCheckpoint(dir, verifier, problems)
  if (verifier === undefined || checkpoint === undefined) {
    const known = { origin: verifier?.name ?? '', size: 0, root: '', publishedThrough: 0 }
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
  const { segments, strangers } = listSegments(dir)
  for (const _ of strangers) checks.problems.add('segment-invalid')
  const order = new SegmentOrder(checks.problems)
  for (const segment of segments) {
    const isNewest = segment === segments.at(-1)
    const bytes = isNewest ? await readSettled(segment) : await readFile(segment.path)
    if (bytes.length > longestSegment) {
      checks.problems.add('segment-invalid', segment.header.firstIndex)
      continue
    }
    order.enter(segment, checks.tree.size)
    await checks.tree.advance(segment.header.firstIndex)
    await checks.payloads?.enter(segment.header)
    order.leave(new SegmentCheck(checks).run(segment, bytes, isNewest))
  }
  checks.payloads?.leave()
}

/** Checks that each segment continues the one before: in events, and in frames of the same session. */
class SegmentOrder {
  readonly #problems: Problems
  readonly #sessions = new Set<string>()
  #last: { readonly session: string; readonly end: SegmentEnd } | undefined
  #session = ''

  constructor(problems: Problems) {
    this.#problems = problems
  }

  enter({ header }: Segment, size: number): void {
    this.#session = Buffer.from(header.session).toString('hex')
    const last = this.#last
    const isWhole = last === undefined || last.end.isWhole
    if (header.firstIndex > size && isWhole) this.#problems.add('segment-missing', size)
    if (header.firstIndex < size) this.#problems.add('segment-order', header.firstIndex)
    if (last?.session === this.#session) {
      if (isWhole && header.firstFrame !== last.end.nextFrame && header.firstIndex === size) {
        this.#problems.add('segment-order', header.firstIndex)
      }
    } else if (this.#sessions.has(this.#session)) {
      this.#problems.add('session-reused', header.firstIndex)
    }
    this.#sessions.add(this.#session)
  }

  leave(end: SegmentEnd): void {
    this.#last = { session: this.#session, end }
  }
}

/**
 * Reads the segment that may be written just now. A frame that seems unfinished is looked at again: its writer needs
 * microseconds.
 */
async function readSettled(segment: Segment): Promise<Buffer> {
  for (let attempt = 0; ; attempt++) {
    const bytes = await readFile(segment.path)
    if (attempt === 4 || endsWell(segment, bytes)) return bytes
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function endsWell({ header }: Segment, bytes: Buffer): boolean {
  let expected = startOf(header)
  for (let frame = frameAt(bytes, expected); frame !== undefined; frame = frameAt(bytes, expected)) {
    if (!isNext(frame, expected) || !isIntact(frame)) return false
    expected = after(frame)
  }
  return tailBytes(bytes, expected.at) === 0
}

async function readKey(
  dir: string,
  given: string | undefined,
  problems: Problems,
): Promise<NoteVerifier | undefined> {
  const text = given ?? (await readIfThere(join(dir, 'vkey')))?.replace(/\n$/, '')
  if (text === undefined) {
    problems.add('vkey-missing')
    return undefined
  }
  const verifier = noteVerifier(text)
  if (verifier === undefined) problems.add('vkey-invalid')
  return verifier
}

async function readCheckpoint(
  dir: string,
  verifier: NoteVerifier,
  problems: Problems,
): Promise<Checkpoint | undefined> {
  const note = await readIfThere(join(dir, 'checkpoint'))
  if (note === undefined) {
    problems.add('checkpoint-missing')
    return undefined
  }
  const checkpoint = openCheckpoint(note, verifier)
  if (checkpoint === undefined) problems.add('checkpoint-invalid')
  return checkpoint
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}
