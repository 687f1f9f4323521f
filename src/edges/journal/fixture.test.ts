// What the tests of this room share: logs in throw-away folders, under fake keys, with a clock that stands still.
import { base64url, ManualClock, Secret, type Clock, type Random } from '#base'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openLog, type HeartbeatEvent, type IntentEvent, type Log, type LogKeys } from './index.ts'

export const origin = 'keyreeve.example/test'
export const heartbeat: HeartbeatEvent = { v: 1, kind: 'heartbeat' }

/** A folder that goes away with the test. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-journal-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'journal')
}

/** A fake Ed25519 key: the seed is one byte, 32 times. */
export function fakeSigningKey(seed = 7): Secret {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex')
  return Secret.own(Buffer.concat([prefix, Buffer.alloc(32, seed)]))
}

/** A fake key for every day. */
export async function fakeDayKey(day: number): Promise<Secret> {
  return Secret.own(Uint8Array.from(createHash('sha256').update(`fake day key ${day}`).digest()))
}

export function freshKeys(changes: Partial<LogKeys> = {}): LogKeys {
  return {
    origin,
    signingKey: fakeSigningKey(),
    session: base64url(randomBytes(16)),
    ratchet: Secret.own(randomBytes(32)),
    dayKey: fakeDayKey,
    ...changes,
  }
}

export const random: Random = (length) => new Uint8Array(randomBytes(length))

interface Opening {
  readonly clock?: Clock
  readonly keys?: Partial<LogKeys>
  readonly atLeast?: number
}

/** Opens a log that is closed with the test. */
export async function openTestLog(t: TestContext, dir: string, opening: Opening = {}): Promise<Log> {
  const { clock = new ManualClock(), keys, atLeast } = opening
  const options = { dir, keys: freshKeys(keys), clock, random }
  const log = await openLog(atLeast === undefined ? options : { ...options, atLeast })
  t.after(() => log.close())
  return log
}

/** Writes a log of these many events, each in a frame of its own, and closes it. */
export async function writeLog(t: TestContext, dir: string, count: number): Promise<void> {
  const log = await openTestLog(t, dir)
  for (let at = 0; at < count; at++) await log.append(intent(`/project/${at}`))
  await log.close()
}

export function intent(path: string): IntentEvent {
  return {
    v: 1,
    kind: 'intent',
    who: { assistant: 'claude', pid: 42, executable: '/usr/bin/node', launcher: null },
    what: 'read',
    object: { path },
    why: {
      decision: 'allow',
      policies: ['default'],
      consent: { level: 1, method: 'console', answeredAt: 0, card: 'ab'.repeat(32) },
    },
  }
}

/** Paths of all segments, oldest first. */
export function segmentFiles(dir: string): string[] {
  const sealed = join(dir, 'sealed')
  return readdirSync(sealed, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.seg'))
    .toSorted((a, b) => (a.split('/')[1]! < b.split('/')[1]! ? -1 : 1))
    .map((name) => join(sealed, name))
}

/** Offsets of the frames of a segment, and the end of the last. */
export function frameOffsets(path: string): number[] {
  const bytes = readFileSync(path)
  const offsets = [64]
  for (let at = 64; at + 64 <= bytes.length && bytes.toString('latin1', at, at + 4) === 'KRVF';) {
    at += bytes.readUInt32BE(at + 4)
    offsets.push(at)
  }
  return offsets
}
