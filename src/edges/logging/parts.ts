// Names and heads of the files of a sealed log: `2026-11-24.sealed`, and where a day has more than one, `2026-11-24.2.sealed`.
import { utf8, type Milliseconds } from '#base'
import { readdirSync } from 'node:fs'

/** One file of a log. */
export interface PartName {
  /** `YYYY-MM-DD`, of UTC. */
  readonly day: string
  /** From 1 on: each start of the program, and each failure of the disk, begins another. */
  readonly part: number
}

export const dayLength: Milliseconds = 86_400_000

/** What every part begins with: magic, length of the rest u32, day, part u32, lead of the key. */
const magic = utf8('keyreeve-log/1\n')
const dayBytes = 10
const fixedBytes = dayBytes + 4
/** A head is small; what says otherwise is none. */
const longestHead = 65_536

/** The day of a moment. */
export function dayOf(now: Milliseconds): string {
  return new Date(now).toISOString().slice(0, dayBytes)
}

export function fileOf({ day, part }: PartName): string {
  return part === 1 ? `${day}.sealed` : `${day}.${part}.sealed`
}

/** The parts of a folder, in order. Other files are not looked at. */
export function partsIn(dir: string): PartName[] {
  return readdirSync(dir)
    .flatMap((file) => nameOf(file) ?? [])
    .toSorted((a, b) => (a.day === b.day ? a.part - b.part : a.day < b.day ? -1 : 1))
}

function nameOf(file: string): PartName | undefined {
  const [, day, part = '1'] = /^(\d{4}-\d\d-\d\d)(?:\.([1-9]\d{0,8}))?\.sealed$/.exec(file) ?? []
  if (day === undefined || Number.isNaN(Date.parse(day))) return undefined
  const name = { day, part: Number(part) }
  return fileOf(name) === file ? name : undefined
}

/** The bytes that a part begins with. */
export function headOf({ day, part }: PartName, lead: Uint8Array): Buffer {
  const numbers = Buffer.alloc(8)
  numbers.writeUInt32BE(fixedBytes + lead.length)
  numbers.writeUInt32BE(part, 4)
  return Buffer.concat([magic, numbers.subarray(0, 4), utf8(day), numbers.subarray(4), lead])
}

/** Bytes to read before the length of a head is known. */
export const headStart = magic.length + 4

/** Length of the whole head, or undefined where there is none. @param start The first `headStart` bytes. */
export function headLength(start: Buffer): number | undefined {
  if (start.length < headStart || !start.subarray(0, magic.length).equals(magic)) return undefined
  const length = start.readUInt32BE(magic.length)
  return length >= fixedBytes && length <= longestHead ? headStart + length : undefined
}

/** What a head says. @param head All of it. */
export function readHead(head: Buffer): PartName & { readonly lead: Uint8Array } {
  const at = headStart + dayBytes
  return {
    day: head.toString('latin1', headStart, at),
    part: head.readUInt32BE(at),
    lead: head.subarray(at + 4),
  }
}
