// Hashes whole files, for those who need to know what a file is and not what it says.
import { Fault } from '#base'
import { createHash } from 'node:crypto'
import { decode, sniff, type TextEncoding, withoutTornEnd } from './encoding.ts'
import { readSome, steadily } from './steady.ts'

/** How much is hashed, and until when. */
export interface HashOptions {
  /** Bytes to read at most. */
  readonly most?: number
  /** Ends the work when it is aborted. */
  readonly signal?: AbortSignal | undefined
}

/** Hash and size of a whole file. */
export interface FileHash {
  /** Lower-case hexadecimal. */
  readonly sha256: string
  /** Bytes that were hashed. */
  readonly size: number
  /** As the first bytes look. */
  readonly encoding: TextEncoding | 'binary'
}

const usualMost = 4 * 2 ** 30
const chunkBytes = 1024 * 1024

/**
 * Hashes a file to its end, a mebibyte at a time, and lets other work go on meanwhile.
 * @throws Fault `file-too-large`, `file-changed`, `path-unreadable`; what `signal` was aborted with.
 */
export function hashFile(fd: number, { most = usualMost, signal }: HashOptions = {}): Promise<FileHash> {
  return steadily(fd, async () => {
    const hash = createHash('sha256')
    const chunk = Buffer.allocUnsafe(chunkBytes)
    let size = 0
    let encoding: FileHash['encoding'] = 'utf-8'
    for (;;) {
      const count = await readSome(fd, chunk, size)
      signal?.throwIfAborted()
      if (count === 0) return { sha256: hash.digest('hex'), size, encoding }
      if (size + count > most) throw new Fault('file-too-large', `the file has more than ${most} bytes`)
      const bytes = chunk.subarray(0, count)
      if (size === 0) encoding = encodingOf(bytes)
      hash.update(bytes)
      size += count
    }
  })
}

function encodingOf(head: Uint8Array): FileHash['encoding'] {
  const { encoding, mark } = sniff(head)
  try {
    decode(withoutTornEnd(head.subarray(mark), encoding), encoding)
    return encoding
  } catch {
    return 'binary'
  }
}
