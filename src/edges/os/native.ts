// The calls of the C library that Node does not offer, through koffi where it is installed.
import { createRequire } from 'node:module'

interface Calls {
  /** The 12 bytes of `struct ucred`; null where the socket has none. @see unix(7), `SO_PEERCRED` */
  readonly peerCredentials: (fd: number) => Buffer | null
  /** @see PR_SET_DUMPABLE(2const) */
  readonly denyDump: () => boolean
  /** A descriptor, or the negative errno. `how` is a `struct open_how`. @see openat2(2) */
  readonly openat2: (folder: number, path: string, how: Uint8Array) => number
}

/** Numbers of x64 and arm64. */
const solSocket = 1
const soPeercred = 17
const prSetDumpable = 4
const sysOpenat2 = 437

let loaded: Calls | null | undefined

/** Null where koffi is missing or may not be loaded, and on systems that this was not proved on. */
export function nativeCalls(): Calls | null {
  return (loaded ??= load())
}

function load(): Calls | null {
  if (process.platform !== 'linux' || (process.arch !== 'x64' && process.arch !== 'arm64')) return null
  try {
    const koffi: typeof import('koffi') = createRequire(import.meta.url)('koffi')
    return bind(koffi)
  } catch {
    return null
  }
}

function bind(koffi: typeof import('koffi')): Calls {
  // The C library that the process has already, whichever it is.
  const libc = koffi.load(null)
  const getsockopt = libc.func('int getsockopt(int fd, int level, int name, void *value, void *length)')
  const prctl = libc.func('int prctl(int option, ulong a, ulong b, ulong c, ulong d)')
  const syscall = libc.func('long syscall(long call, int fd, str path, void *how, size_t size)')
  return {
    peerCredentials(fd) {
      const value = Buffer.alloc(12)
      const length = Buffer.from(Uint32Array.of(value.length).buffer)
      return getsockopt(fd, solSocket, soPeercred, value, length) === 0 ? value : null
    },
    denyDump: () => prctl(prSetDumpable, 0, 0, 0, 0) === 0,
    openat2(folder, path, how) {
      const fd: unknown = syscall(sysOpenat2, folder, path, how, how.length)
      return typeof fd === 'number' && fd >= 0 ? fd : -koffi.errno()
    },
  }
}
