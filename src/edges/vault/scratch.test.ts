// Vaults in throwaway folders, for the tests of this room.
import { Fault, ManualClock, Secret, utf8, type FaultCode } from '#base'
import { createVault, newVaultId, openVault, readHeader, type Vault } from '#vault'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

export const clock = new ManualClock()
export const random = (length: number): Uint8Array<ArrayBuffer> => Uint8Array.from(randomBytes(length))
export const slotKey = (): Secret => Secret.own(new Uint8Array(32).fill(7))

export function scratchFolder(parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, 'keyreeve-vault-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'vault')
}

export const fileSlot = {
  kind: 'file',
  assurance: 'file',
  place: 'in a test',
  params: {},
} as const

export function newVault(dir = scratchFolder()): Vault {
  const slots = [{ ...fileSlot, key: slotKey() }]
  return createVault(dir, { id: newVaultId(random), slots, random, clock })
}

export function reopen(dir: string, key = slotKey()): Vault {
  const slot = readHeader(dir).slots[0]?.id ?? 'none'
  return openVault(dir, { slot, key, random, clock })
}

export function put(vault: Vault, name: string, value: string): number {
  return vault.put({ kind: 'secret', name, value: Secret.own(utf8(value)) }).version
}

export function read(vault: Vault, name: string): string {
  using secret = vault.get('secret', name)
  return secret.lend((bytes) => new TextDecoder().decode(bytes))
}

export function throwsFault(act: () => unknown, ...codes: FaultCode[]): Fault {
  const thrown = thrownBy(act)
  assert.ok(thrown instanceof Fault, `a Fault, not ${String(thrown)}`)
  assert.ok(codes.includes(thrown.code), `${thrown.code} is none of ${codes.join(', ')}: ${thrown.message}`)
  return thrown
}

function thrownBy(act: () => unknown): unknown {
  try {
    act()
    return 'nothing'
  } catch (thrown) {
    return thrown
  }
}

/** Paths of all record files, sorted. */
export function recordFiles(dir: string): string[] {
  const folder = readdirSync(dir).find((name) => name.startsWith('records-')) ?? assert.fail('no records')
  return readdirSync(join(dir, folder))
    .toSorted()
    .map((name) => join(dir, folder, name))
}
