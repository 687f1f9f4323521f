// Opens a log for writing: claims its folder, recovers, begins a session.
import { Fault, fromBase64url, type Clock, type Random, type Secret } from '#base'
import { lockFolder } from '#os'
import { emptyRoot, noteSigner, noteVerifier, type NoteSigner, type NoteVerifier } from '#tlog'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { forgetDropped, readDropped } from './dropped.ts'
import { claimFolder, replaceFile, syncFolder } from './folder.ts'
import { sessionBytes } from './header.ts'
import { Log } from './log.ts'
import { checkpointOf, Publisher } from './publish.ts'
import { Ratchet } from './ratchet.ts'
import { EntryReader } from './read.ts'
import { recover, type Recovered } from './recover.ts'
import { tileReader } from './tile-files.ts'
import { FrameWriter } from './writer.ts'

const longestOrigin = 1000

/** What a log needs of the keeper. */
export interface LogKeys {
  /** Name of the log and of its key: without white space and `+`, 1,000 bytes at most. */
  readonly origin: string
  /** Ed25519 private key, PKCS #8 DER. May be disposed when `openLog` returns. */
  readonly signingKey: Secret
  /** 16 random bytes as base64url, 22 characters. New for each `openLog`: nonces are counted within it. */
  readonly session: string
  /** 32 random bytes, new for each `openLog`. Taken over: wiped in the caller's hands. */
  readonly ratchet: Secret
  /**
   * 32-byte key of a day (days since 1970-01-01 UTC); stays the caller's. Null: deleted or unknown, so that payloads of
   * that day are not read, and none are written.
   */
  dayKey(day: number): Promise<Secret | null>
}

/** What a log is opened with. */
export interface OpenOptions {
  /** Folder of the log; made if it is not there. */
  readonly dir: string
  readonly keys: LogKeys
  readonly clock: Clock
  readonly random: Random
  /** Size that somebody else remembers: a smaller log was rolled back. */
  readonly atLeast?: number
}

/**
 * Opens a log, or begins one in an empty folder. Drops a torn tail and records that it did.
 * @throws Fault `already-running` if a living process has it open; `journal-corrupt` if it is not as a crash can leave
 *   it, has another key, or is smaller than `atLeast` (nothing was changed then); `message-invalid` for keys of a wrong
 *   form; `internal` for a session that was used before; `journal-unwritable` if the disk fails.
 */
export async function openLog(options: OpenOptions): Promise<Log> {
  const { dir, keys } = options
  const { signer, verifier, session } = checkKeys(keys)
  return onDisk(async () => {
    claimFolder(dir)
    const unlock = lockFolder(dir, { busy: 'already-running', what: 'this journal' })
    try {
      await begin(dir, signer)
      return await open(options, { signer, verifier, session, unlock })
    } catch (error) {
      unlock()
      throw error
    }
  })
}

interface Checked {
  readonly signer: NoteSigner
  readonly verifier: NoteVerifier
  readonly session: Uint8Array
}

function checkKeys({ origin, signingKey, session, ratchet }: LogKeys): Checked {
  const signer = noteSigner(origin, signingKey)
  const verifier = signer === undefined ? undefined : noteVerifier(signer.vkey)
  if (signer === undefined || verifier === undefined || Buffer.byteLength(origin) > longestOrigin) {
    throw new Fault('message-invalid', 'the origin or the signing key of the journal has a wrong form')
  }
  const sessionId = fromBase64url(session)
  if (sessionId.length !== sessionBytes || ratchet.length !== 32) {
    throw new Fault('message-invalid', 'the session or the ratchet key of the journal has a wrong length')
  }
  return { signer, verifier, session: sessionId }
}

/** Makes the files of an empty log, the key last: with it the log has begun. */
async function begin(dir: string, signer: NoteSigner): Promise<void> {
  const vkey = join(dir, 'vkey')
  if (existsSync(vkey)) {
    if ((await readFile(vkey, 'utf8')) === `${signer.vkey}\n`) return
    throw new Fault('journal-corrupt', 'this journal has another key')
  }
  if (existsSync(join(dir, 'sealed')) || existsSync(join(dir, 'tile'))) {
    throw new Fault('journal-corrupt', 'this journal lost its key file')
  }
  await replaceFile(join(dir, 'checkpoint'), checkpointOf(signer, 0, emptyRoot()))
  await replaceFile(vkey, `${signer.vkey}\n`)
  await syncFolder(dir)
}

async function open(
  { dir, keys, clock, random, atLeast = 0 }: OpenOptions,
  { signer, verifier, session, unlock }: Checked & { readonly unlock: () => void },
): Promise<Log> {
  const publisher = new Publisher(dir, signer)
  const recovered = await recover({
    folder: dir,
    verifier,
    atLeast,
    onFull: (tile) => publisher.collect(tile),
  })
  requireNewSession(recovered, session)
  const { tree, segments, lastTime, published } = recovered
  publisher.resume(published)
  const dayKey = (day: number) => keys.dayKey(day)
  const ratchet = new Ratchet(keys.ratchet)
  const readTile = tileReader(dir)
  const log = new Log({
    vkey: signer.vkey,
    origin: signer.name,
    clock,
    tree,
    publisher,
    ratchet,
    lastTime,
    unlock,
    writer: new FrameWriter({ folder: dir, signer, session, ratchet, dayKey, random, tree, segments }),
    reader: new EntryReader({ segments, dayKey, readTile, published: () => publisher.size }),
  })
  await recordDropped(dir, log)
  return log
}

/** The same session again would seal other payloads with nonces that were used. */
function requireNewSession({ segments }: Recovered, session: Uint8Array): void {
  if (!segments.some(({ header }) => Buffer.compare(header.session, session) === 0)) return
  throw new Fault('internal', 'this session has written before; a log is opened with a new one')
}

async function recordDropped(dir: string, log: Log): Promise<void> {
  const all = await readDropped(dir)
  if (all.length === 0) return
  try {
    for (const dropped of all) await log.append({ v: 1, kind: 'recovery', ...dropped })
    await forgetDropped(dir)
  } catch (error) {
    await log.close()
    throw error
  }
}

async function onDisk<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof Fault) throw error
    throw new Fault('journal-unwritable', 'the journal cannot be opened', { cause: error })
  }
}
