// The header of a vault: its key slots, each of which opens the one key-encryption key.
import { canonicalJson, Fault, hex, utf8, type Random, type Secret } from '#base'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { boundTo, digestOf, keyBytes, seal, unseal } from './envelope.ts'
import { readWhole } from './folder.ts'
import { parseManifest } from './manifest.ts'
import { base64Form, idForm, kekForm, Shape } from './shape.ts'

/** What protects a slot's key: weaker to the right. */
type Assurance = 'hardware' | 'system' | 'passphrase' | 'file'

/** What a keystore wrote down to find or derive the slot's key again. Nothing secret; the vault does not look into it. */
type SlotParams = Readonly<Record<string, string | number>>

export interface NewSlot {
  /** Which keystore made it: a word in small letters. */
  readonly kind: string
  readonly assurance: Assurance
  /** Where the key is, for people. */
  readonly place: string
  readonly params: SlotParams
  /** 32 bytes. Stays the caller's. */
  readonly key: Secret
}

/** One way to open the vault. */
export interface Slot extends Omit<NewSlot, 'key'> {
  readonly id: string
  readonly createdAt: number
  /** The key-encryption key, sealed under the slot's key. */
  readonly wrapped: string
}

/** What is in clear of a vault. */
export interface Header {
  readonly id: string
  readonly createdAt: number
  readonly kekId: string
  readonly slots: readonly Slot[]
}

export const mostSlots = 32
const largestHeader = 64 * 1024
const largestPlace = 1000

/** A fresh id, for keystores that file their key under it before the vault exists. */
export function newVaultId(random: Random): string {
  return hex(random(16))
}

/**
 * Reads which slots a vault has, without a key. None of it is proved until the vault is open.
 * @throws Fault `vault-absent`, `vault-corrupt`, `version-unsupported`
 */
export function readHeader(dir: string): Header {
  return standingHeader(dir).header
}

export interface StandingHeader {
  readonly header: Header
  readonly digest: string
  readonly file: string
}

/**
 * The header in force is the one that the manifest names. While slots are changed the new one waits beside the old one,
 * and the manifest's rename moves from one to the other.
 */
export function standingHeader(dir: string): StandingHeader {
  const named = namedByManifest(dir)
  for (const file of ['header.json', 'header.next.json']) {
    const bytes = readWhole(join(dir, file), largestHeader)
    if (bytes !== null && digestOf(bytes) === named) return parsed(file, bytes)
  }
  const bytes = readWhole(join(dir, 'header.json'), largestHeader)
  if (bytes !== null) return parsed('header.json', bytes)
  if (holdsRecords(dir)) throw new Fault('vault-corrupt', 'header.json: missing, though there are records')
  throw new Fault('vault-absent', 'there is no vault yet')
}

function namedByManifest(dir: string): string | null {
  try {
    return parseManifest(dir)?.manifest.header ?? null
  } catch {
    // Whoever opens the vault is told; a status still shows the slots.
    return null
  }
}

/** Tells a vault that lost its header from a creation that was interrupted. */
function holdsRecords(dir: string): boolean {
  if (!existsSync(dir)) return false
  const folders = readdirSync(dir).filter((name) => name.startsWith('records-'))
  return folders.some((folder) => readdirSync(join(dir, folder)).some((name) => name.endsWith('.rec')))
}

function parsed(file: string, bytes: Uint8Array): StandingHeader {
  return { header: parseHeader(file, bytes), digest: digestOf(bytes), file }
}

function parseHeader(file: string, bytes: Uint8Array): Header {
  const shape = new Shape(file)
  const { format, v, minReader, id, createdAt, kekId, slots } = shape.json(bytes)
  if (format !== 'keyreeve-vault') throw shape.corrupt('not the header of a vault')
  shape.readable(v)
  shape.readable(minReader)
  const list = shape.list(slots)
  if (list.length === 0 || list.length > mostSlots) throw shape.corrupt('a number of slots that cannot be')
  return {
    id: shape.text(id, idForm),
    createdAt: shape.count(createdAt),
    kekId: shape.text(kekId, kekForm),
    slots: list.map((slot) => parseSlot(shape, slot)),
  }
}

function parseSlot(shape: Shape, value: unknown): Slot {
  const { id, kind, assurance, createdAt, place, params, wrapped } = shape.members(value)
  if (!isAssurance(assurance)) throw shape.corrupt('a slot of an unknown assurance')
  return {
    id: shape.text(id, kekForm),
    kind: shape.text(kind, /^[a-z][a-z0-9-]{0,31}$/),
    assurance,
    createdAt: shape.count(createdAt),
    place: shape.text(place, new RegExp(`^[^]{0,${largestPlace}}$`)),
    params: parseParams(shape, params),
    wrapped: shape.text(wrapped, base64Form),
  }
}

function parseParams(shape: Shape, value: unknown): SlotParams {
  const entries = Object.entries(shape.members(value)).map(([key, member]): [string, string | number] => {
    if (typeof member === 'string' || Number.isSafeInteger(member)) return [key, textOrNumber(member)]
    throw shape.corrupt('a slot parameter that is neither text nor a whole number')
  })
  return Object.fromEntries(entries)
}

function textOrNumber(member: unknown): string | number {
  return typeof member === 'string' ? member : Number(member)
}

function isAssurance(value: unknown): value is Assurance {
  return value === 'hardware' || value === 'system' || value === 'passphrase' || value === 'file'
}

/** The bytes of `header.json`: canonical JSON and a line feed. */
export function encodeHeader({ id, createdAt, kekId, slots }: Header): Uint8Array {
  const text = canonicalJson({
    format: 'keyreeve-vault',
    v: 1,
    minReader: 1,
    id,
    createdAt,
    kekId,
    slots: slots.map((slot) => ({ ...slot })),
  })
  return utf8(`${text}\n`)
}

/** Wraps the key-encryption key for a new slot. @throws Fault `internal` if the slot's key has not 32 bytes. */
export function makeSlot({ key, ...about }: NewSlot, { kek, vault, kekId, now, random }: SlotMaker): Slot {
  if (key.length !== keyBytes) throw new Fault('internal', 'a slot key of another length')
  const id = hex(random(8))
  const aad = boundTo(vault, 'slot', id, kekId)
  const wrapped = key.lend((slotKey) => kek.lend((bytes) => seal(slotKey, bytes, { aad, random })))
  return { id, createdAt: now, wrapped, ...about }
}

export interface SlotMaker {
  readonly kek: Secret
  readonly vault: string
  readonly kekId: string
  readonly now: number
  readonly random: Random
}

/**
 * Unwraps the key-encryption key. A wrong key and a changed slot look the same.
 * @throws Fault `passphrase-wrong` for a slot of that kind, `keystore-lost` for any other.
 */
export function openSlot({ id: vault, kekId }: Header, slot: Slot, key: Secret): Uint8Array {
  const aad = boundTo(vault, 'slot', slot.id, kekId)
  const kek = key.lend((bytes) => unseal(bytes, slot.wrapped, aad))
  if (kek?.length === keyBytes) return kek
  if (slot.kind === 'passphrase')
    throw new Fault('passphrase-wrong', 'this passphrase does not open the vault')
  throw new Fault('keystore-lost', `the key does not open slot ${slot.id} of the vault: ${slot.place}`)
}
