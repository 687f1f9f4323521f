// The manifest: what a vault holds at this moment, authenticated. A file that it does not name does not count.
import { canonicalJson, utf8, type Json, type Secret } from '#base'
import { timingSafeEqual } from 'node:crypto'
import { join } from 'node:path'
import { macOf } from './envelope.ts'
import { readWhole } from './folder.ts'
import { digestForm, idForm, kekForm, Shape, type Members } from './shape.ts'

/** Which state of a record is the true one. */
interface RecordState {
  readonly version: number
  /** SHA-256 of the record's file. */
  readonly digest: string
}

export interface Manifest {
  readonly vault: string
  readonly kek: string
  /** One more with each change of the vault. */
  readonly version: number
  /** SHA-256 of the header's file, so that a changed slot is seen. */
  readonly header: string
  readonly records: ReadonlyMap<string, RecordState>
}

export interface ParsedManifest {
  readonly manifest: Manifest
  /** What the MAC is over: all members but the MAC itself, as canonical JSON. */
  readonly body: string
  readonly mac: string
}

const largestManifest = 32 * 1024 * 1024
const file = 'manifest.json'
const shape = new Shape(file)

/** Reads the manifest without checking its MAC. @returns Null if there is none. @throws Fault `vault-corrupt` */
export function parseManifest(dir: string): ParsedManifest | null {
  const bytes = readWhole(join(dir, file), largestManifest)
  if (bytes === null) return null
  const members = shape.json(bytes)
  // One text for one manifest, so that no byte of the file is without meaning.
  if (!Buffer.from(bytes).equals(encode(members))) throw shape.corrupt('not canonical')
  const { mac, ...rest } = members
  return { manifest: readMembers(rest), body: canonicalJson(rest), mac: shape.text(mac, digestForm) }
}

function readMembers({ v, vault, kek, version, header, records }: Members): Manifest {
  shape.readable(v)
  return {
    vault: shape.text(vault, idForm),
    kek: shape.text(kek, kekForm),
    version: shape.count(version),
    header: shape.text(header, digestForm),
    records: new Map(Object.entries(shape.members(records)).map(parseRecord)),
  }
}

function parseRecord([id, value]: [string, Json]): [string, RecordState] {
  const { version, digest } = shape.members(value)
  return [shape.text(id, idForm), { version: shape.count(version), digest: shape.text(digest, digestForm) }]
}

/** Reads the manifest and proves it. @throws Fault `vault-corrupt` if it is missing or not authentic. */
export function readManifest(dir: string, kek: Secret): Manifest {
  const parsed = parseManifest(dir)
  if (parsed === null) throw shape.corrupt('missing')
  const { manifest, body, mac } = parsed
  const expected = kek.lend((bytes) => macOf(bytes, manifest.vault, body))
  if (!timingSafeEqual(utf8(expected), utf8(mac))) throw shape.corrupt('not authentic')
  return manifest
}

/** The bytes of `manifest.json`, authenticated under a key derived from `kek`. */
export function encodeManifest({ records, ...rest }: Manifest, kek: Secret): Uint8Array {
  const states = [...records].map(([id, { version, digest }]): [string, Json] => [id, { version, digest }])
  const members = { v: 1, ...rest, records: Object.fromEntries(states) }
  return encode({ ...members, mac: kek.lend((bytes) => macOf(bytes, rest.vault, canonicalJson(members))) })
}

function encode(members: Members): Uint8Array {
  return utf8(`${canonicalJson(members)}\n`)
}
