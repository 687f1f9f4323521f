// Bytes that can be read at any place: a file that is open, or what is in memory already.
import { readSync } from 'node:fs'

/** Read again and again: what is behind it may be a file that changes meanwhile. */
export interface Content {
  readonly size: number
  /** Up to `length` bytes; fewer at the end, or where the file shrank. Good until the next call. */
  read(at: number, length: number): Uint8Array
  /** Where a library must open it by itself. */
  readonly path?: string
}

const chunkSize = 1 << 18

/** @param fd Stays the caller's. */
export function fileContent(fd: number, size: number, path: string): Content {
  // No `Buffer`: its `slice` would not copy.
  const buffer = new Uint8Array(Math.min(size, chunkSize))
  return {
    size,
    path,
    read(at, length) {
      const wanted = Math.max(0, Math.min(length, size - at))
      const bytes = wanted > buffer.length ? new Uint8Array(wanted) : buffer.subarray(0, wanted)
      return bytes.subarray(0, readFully(fd, bytes, at))
    },
  }
}

export function memoryContent(bytes: Uint8Array): Content {
  return { size: bytes.length, read: (at, length) => bytes.subarray(at, at + length) }
}

/** From a place to another, or to the end. */
export function* chunksOf(content: Content, from = 0, to = content.size): Generator<Uint8Array, undefined> {
  for (let at = from; at < to;) {
    const chunk = content.read(at, Math.min(chunkSize, to - at))
    if (chunk.length === 0) return undefined
    at += chunk.length
    yield chunk
  }
  return undefined
}

/** Reads until the buffer is full or the file ends. @returns How many bytes there were. */
export function readFully(fd: number, into: Uint8Array, at: number): number {
  let filled = 0
  while (filled < into.length) {
    const count = readSync(fd, into, filled, into.length - filled, at + filled)
    if (count === 0) break
    filled += count
  }
  return filled
}

/** A little-endian number of 16, 32 or 64 bits; beyond 2^53 it is not exact, and above every limit. */
export function numberAt(bytes: Uint8Array, at: number, length: 2 | 4 | 8): number {
  let value = 0
  for (let index = length - 1; index >= 0; index--) value = value * 256 + (bytes[at + index] ?? 0)
  return value
}

/** One character for each byte. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}
