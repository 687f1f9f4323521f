// What a vault's folder holds, proved file by file, and the rest of what a kill left behind cleared away.
import { Fault, type Secret } from '#base'
import { syncFolder } from '#os'
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { digestOf } from './envelope.ts'
import { readWhole } from './folder.ts'
import { standingHeader, type Header } from './header.ts'
import { readManifest, type Manifest } from './manifest.ts'
import { largestRecord, openMeta, recordFile, type RecordPlace, type SecretMeta } from './record.ts'

/** A value's metadata, and how often it was set. */
export interface SecretEntry extends SecretMeta {
  readonly version: number
}

export interface Contents {
  readonly header: Header
  readonly manifest: Manifest
  /** Record id and metadata by kind and name. */
  readonly index: ReadonlyMap<string, Indexed>
}

export interface Indexed {
  readonly id: string
  readonly entry: SecretEntry
}

/** Under which key of the index a record stands. A kind holds no NUL. */
export function indexKey(kind: string, name: string): string {
  return `${kind}\0${name}`
}

/**
 * Reads a vault whole: manifest, header, and the metadata of each record. Changes nothing.
 * @throws Fault `vault-corrupt` naming the first file that is missing, changed, or not of this vault.
 */
export function readContents(dir: string, kek: Secret): Contents {
  const manifest = readManifest(dir, kek)
  const { header, digest } = standingHeader(dir)
  if (manifest.header !== digest || manifest.vault !== header.id || manifest.kek !== header.kekId) {
    throw new Fault('vault-corrupt', 'header.json: not the one that belongs to this vault')
  }
  const index = new Map<string, Indexed>()
  for (const id of manifest.records.keys()) {
    const { bytes, place } = readRecord(dir, manifest, id)
    const entry = { ...openMeta(place, kek, bytes), version: place.version }
    index.set(indexKey(entry.kind, entry.name), { id, entry })
  }
  return { header, manifest, index }
}

/** Reads a record's file and proves that it is the one that the manifest names. @throws Fault `vault-corrupt` */
export function readRecord(
  dir: string,
  manifest: Manifest,
  id: string,
): { bytes: Uint8Array; place: RecordPlace } {
  const { version = 0, digest } = manifest.records.get(id) ?? {}
  const place = { vault: manifest.vault, kekId: manifest.kek, id, version }
  const bytes = readWhole(recordPath(dir, place), largestRecord)
  if (bytes === null) throw new Fault('vault-corrupt', `${recordFile(place)}: missing`)
  if (digestOf(bytes) !== digest) {
    throw new Fault('vault-corrupt', `${recordFile(place)}: changed, or of another state of the vault`)
  }
  return { bytes, place }
}

export function recordPath(dir: string, place: Pick<RecordPlace, 'kekId' | 'id' | 'version'>): string {
  return join(recordFolder(dir, place.kekId), recordFile(place))
}

export function recordFolder(dir: string, kekId: string): string {
  return join(dir, `records-${kekId}`)
}

/**
 * Ends what a kill interrupted: moves a header that already counts to its place and removes files that never counted
 * or count no more. Only for contents that were just proved, so that a folder in doubt stays as it is.
 */
export function sweep(dir: string, { manifest }: Contents): void {
  settleHeader(dir)
  for (const name of readdirSync(dir)) {
    // Nobody else writes here: the lock is ours.
    if (name.endsWith('.tmp')) rmSync(join(dir, name), { force: true })
    if (name.startsWith('records-')) sweepRecords(join(dir, name), liveFiles(name, manifest))
  }
}

/** Puts the new header where it belongs once the manifest names it. */
export function settleHeader(dir: string): void {
  const waiting = join(dir, 'header.next.json')
  if (!existsSync(waiting)) return
  if (standingHeader(dir).file === 'header.next.json') renameSync(waiting, join(dir, 'header.json'))
  else rmSync(waiting)
  syncFolder(dir)
}

function liveFiles(folder: string, { kek, records }: Manifest): Set<string> {
  if (folder !== `records-${kek}`) return new Set()
  return new Set([...records].map(([id, { version }]) => recordFile({ id, version })))
}

function sweepRecords(folder: string, live: ReadonlySet<string>): void {
  for (const name of readdirSync(folder)) {
    if (!live.has(name) && /\.(rec|tmp)$/.test(name)) rmSync(join(folder, name), { force: true })
  }
}
