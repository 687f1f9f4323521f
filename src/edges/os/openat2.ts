// The kernel's own way to open beneath a folder: what our walk is compared with.
import { nativeCalls } from './native.ts'

/** Bytes of `struct open_how`: flags, mode and resolve, 64 bits each. */
const howBytes = 24
const closeOnExec = 0o2000000
/** RESOLVE_NO_XDEV, RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS, RESOLVE_BENEATH. */
const resolve = 0x01 | 0x02 | 0x04 | 0x08

/**
 * Opens a path strictly beneath a folder. For tests and benchmarks, as an oracle: the product opens with `#files`.
 * @param folder Descriptor of the folder.
 * @param path Must not hold NUL, where C would end it.
 * @param flags As for open(2).
 * @returns A descriptor; below zero the negative errno of the refusal; null where the call cannot be made.
 * @see openat2(2)
 */
export function openat2(folder: number, path: string, flags: number): number | null {
  const how = new DataView(new ArrayBuffer(howBytes))
  how.setBigUint64(0, BigInt(flags | closeOnExec), true)
  how.setBigUint64(16, BigInt(resolve), true)
  return nativeCalls()?.openat2(folder, path, new Uint8Array(how.buffer)) ?? null
}
