// Folders and small files that outlast a power cut.
import { chmodSync, constants, lstatSync, mkdirSync } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errorCode, Fault } from '#base'

const privateFolder = 0o700
export const privateFile = 0o600

/**
 * Makes the folder of the log, or takes the one that is there and makes it private.
 * @throws Fault `home-insecure` if something else has the name.
 */
export function claimFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: privateFolder })
  const state = lstatSync(path)
  if (!state.isDirectory()) throw new Fault('home-insecure', 'the journal is no folder but a link or a file')
  if ((state.mode & 0o077) !== 0) chmodSync(path, privateFolder)
}

/** Makes a folder and those above it, down from `root`, each durable. */
export async function makeFolder(root: string, relative: string): Promise<void> {
  if (relative === '.') return
  await makeFolder(root, dirname(relative))
  try {
    await mkdir(join(root, relative), { mode: privateFolder })
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return
    throw error
  }
  await syncFolder(dirname(join(root, relative)))
}

/** Writes a file whole or not at all. The name is durable only after `syncFolder`. */
export async function replaceFile(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.tmp`
  const file = await open(temporary, 'w', privateFile)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
}

/** Makes new and changed names of a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
