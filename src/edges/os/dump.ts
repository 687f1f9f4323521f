// Keeps the memory of this process from other processes of the same user.
import { nativeCalls } from './native.ts'

/**
 * Switches off core dumps, ptrace and /proc/PID/mem for this process, for all but root.
 * @returns False where it could not be done: without koffi, and on macOS and Windows, which are not written yet.
 * @see PR_SET_DUMPABLE(2const)
 */
export function denyDump(): boolean {
  return nativeCalls()?.denyDump() ?? false
}
