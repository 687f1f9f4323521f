// The prefilter's WebAssembly (tools/wasm/prefilter.ts) with a memory of its own. Nothing here knows an anchor: that a
// line is clear is told without any table but the one that is kept.
import { image, usualReach } from './prefilter-image.ts'
import { plain, relaxed } from './prefilter-wasm.ts'

/** A build of the module, by the instructions that it takes. */
export type Build = 'relaxed' | 'plain'

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  /** from, to, textEnd, isFinal, reach, out: addresses and numbers as the source describes them. */
  readonly sweep: (...numbers: readonly number[]) => number
  /** from */
  readonly unpack: (from: number) => void
}

/** What of it is used here; what the module exports, its source says. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: Exports }
}

/** The module with its tables, ready to look. */
export interface Machine extends Pick<Exports, 'sweep'> {
  readonly memory: Uint8Array
  /** Where a short text is put. */
  readonly room: Uint8Array
  readonly reach: number
}

/** Bytes before a block that are looked back at, and behind it that an anchor and the cheap look take. */
export const before = 128
export const behind = 320
export const padding = 320
export const most = 65_536
/** Where the tables begin. */
export const imageAt = 1024
/** Where the text begins; so many bytes before it belong to it, too. */
export const textAt = 190_464
/** Where the places begin that were found. */
export const outAt = textAt + before + most + behind + padding
/** Where stands how many runs were found, then where they begin; and the same of escapes. */
export const runsAt = outAt + 4 * most
export const escapesAt = runsAt + 16_640
const pageBytes = 65_536
export const memoryBytes = 17 * pageBytes
/** Code units of a string that has room, however it is encoded. */
const longestClear = most / 3
const encoder = new TextEncoder()
let usual: Machine | null | undefined

/**
 * The module with tables.
 * @param write Writes them and gives the reach, or -1 where they have no room.
 * @returns Null without WebAssembly, or one with these instructions, or under a policy against it.
 */
export function machineOf(build: Build, write: (memory: Uint8Array) => number): Machine | null {
  const exports = instantiated(build)
  if (exports === null) return null
  const reach = write(new Uint8Array(exports.memory.buffer))
  return reach < 0 ? null : withReach(exports, reach)
}

/** The one machine of this process or page for our own anchors, the fastest that there is; null if there is none. */
export function usualMachine(): Machine | null {
  if (usual === undefined) {
    const exports = instantiated('relaxed') ?? instantiated('plain')
    usual = exports === null ? null : withImage(exports)
  }
  return usual
}

/** Tells of a text that no anchor, no encoded text and no escape sequence is in it; false says nothing. */
export function isClear(machine: Machine, text: string | Uint8Array): boolean {
  if (text.length > longestClear) return false
  const { memory } = machine
  const from = textAt + before
  const end = from + written(machine, text)
  memory.fill(0, end, end + padding)
  memory.fill(0, textAt, from)
  const count = machine.sweep(from, end, end, 1, machine.reach, outAt)
  return count === 0 && isZero(memory, runsAt) && isZero(memory, escapesAt)
}

/** Of a number's four bytes. */
function isZero(memory: Uint8Array, at: number): boolean {
  return (memory[at]! | memory[at + 1]! | memory[at + 2]!) === 0
}

/** How many bytes the text takes. */
function written({ room }: Machine, text: string | Uint8Array): number {
  if (typeof text === 'string') return encoder.encodeInto(text, room).written
  room.set(text)
  return text.length
}

function instantiated(build: Build): Exports | null {
  try {
    const module = new WebAssembly.Module(fromBase64(build === 'plain' ? plain : relaxed))
    const { exports } = new WebAssembly.Instance(module)
    exports.memory.grow(memoryBytes / pageBytes - 1)
    return exports
  } catch {
    return null
  }
}

function withImage(exports: Exports): Machine {
  new Uint8Array(exports.memory.buffer).set(fromBase64(image), textAt)
  exports.unpack(textAt)
  return withReach(exports, usualReach)
}

function withReach({ sweep, memory: { buffer } }: Exports, reach: number): Machine {
  const memory = new Uint8Array(buffer)
  return { sweep, memory, room: memory.subarray(textAt + before, textAt + before + most), reach }
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  // Not in every Node and browser.
  if (typeof Uint8Array.fromBase64 === 'function') return Uint8Array.fromBase64(text)
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at)
  return bytes
}
