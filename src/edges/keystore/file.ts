// The file keystore, for machines with nothing better: the slot's key in a file beside the vault.
import { asFault, errorCode, Fault, Secret, type Random } from '#base'
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { slotKeyBytes, type Keystore } from './keystore.ts'

/**
 * Keeps the key in the file `path`, mode 0600, outside the vault's folder so that a copy of that folder alone is useless.
 * It protects from nobody who can read the person's files: never choose it in silence.
 */
export function fileStore(path: string, random: Random): Keystore {
  const about = {
    kind: 'file',
    assurance: 'file',
    place: `in the file ${path}, unprotected: whoever can read this user's files can open the vault`,
  } as const
  return {
    ...about,
    async probe() {},
    async enrol() {
      return { ...about, params: {}, key: readKey(path) ?? makeKey(path, random) }
    },
    async unlock() {
      const key = readKey(path)
      if (key === null) throw new Fault('keystore-lost', `the key file ${path} is gone`)
      return key
    },
  }
}

/** @returns Null without a file. @throws Fault `home-insecure`, `keystore-lost` */
function readKey(path: string): Secret | null {
  const fd = openKey(path)
  if (fd === null) return null
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile() || !isOwn(stat.uid)) {
      throw new Fault('home-insecure', `${path} is no regular file of this user`)
    }
    if (stat.size !== slotKeyBytes) throw new Fault('keystore-lost', `${path} holds no key any more`)
    if ((stat.mode & 0o7077) !== 0) fchmodSync(fd, 0o600)
    return Secret.own(readFileSync(fd))
  } finally {
    closeSync(fd)
  }
}

/** What the system's administrator lent a service, a credential of systemd's for one, is as safe as the user's own. */
function isOwn(uid: number): boolean {
  return process.getuid === undefined || uid === process.getuid() || uid === 0
}

function openKey(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return null
    if (errorCode(thrown) === 'ELOOP') throw new Fault('home-insecure', `${path} is a link`)
    throw asFault(thrown, 'the key file could not be read')
  }
}

/** Written whole under another name first: a key file that is there holds a key, also after a kill. */
function makeKey(path: string, random: Random): Secret {
  const key = random(slotKeyBytes)
  const draft = `${path}.tmp`
  try {
    rmSync(draft, { force: true })
    writeSynced(draft, key)
    // A link, unlike a rename, cannot overwrite a key.
    linkSync(draft, path)
    rmSync(draft)
    syncFolder(dirname(path))
  } catch (thrown) {
    throw asFault(thrown, 'the key file could not be written')
  }
  return Secret.own(key)
}

function writeSynced(path: string, bytes: Uint8Array): void {
  const fd = openSync(path, 'wx', 0o600)
  try {
    writeFileSync(fd, bytes)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(folder, constants.O_RDONLY)
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
