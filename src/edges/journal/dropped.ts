// Remembers what recovery drops until the log has recorded it, even if the machine stops in between.
import { canonicalJson, errorCode, Fault } from '#base'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile, syncFolder } from './folder.ts'

const name = 'recovery'

/** Bytes that were cut from the end of the newest segment. */
export interface Dropped {
  readonly droppedBytes: number
  /** Lower-case hex. */
  readonly sha256: string
}

/** What was dropped and not yet recorded. @throws Fault `journal-corrupt` if the file is not ours. */
export async function readDropped(folder: string): Promise<Dropped[]> {
  const text = await readText(join(folder, name))
  return text.split('\n').filter(Boolean).map(parseLine)
}

/** Adds to the file, durably: only then may the bytes be cut. */
export async function rememberDropped(folder: string, dropped: Dropped): Promise<void> {
  const all = [...(await readDropped(folder)), dropped]
  const lines = all.map((one) => `${canonicalJson({ ...one })}\n`)
  await replaceFile(join(folder, name), lines.join(''))
  await syncFolder(folder)
}

/** Forgets all: the log has recorded them. */
export async function forgetDropped(folder: string): Promise<void> {
  await rm(join(folder, name), { force: true })
  await syncFolder(folder)
}

function parseLine(line: string): Dropped {
  const [, bytes, sha256] = /^\{"droppedBytes":(\d{1,9}),"sha256":"([0-9a-f]{64})"\}$/.exec(line) ?? []
  if (bytes === undefined || sha256 === undefined) {
    throw new Fault('journal-corrupt', 'the record of a recovery is damaged')
  }
  return { droppedBytes: Number(bytes), sha256 }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return ''
    throw error
  }
}
