import { hex, ManualClock, Secret, utf8, type Random } from '#base'
import { passphraseStore } from '#keystore'
import { createVault, openVault, readHeader } from '#vault'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { scratchFolder } from './scratch.test.ts'

interface Vector {
  readonly id: string
  readonly createdAt: number
  readonly slots: readonly Slot[]
  readonly records: readonly { kind: string; name: string; value: string; expiresAt?: number }[]
}

interface Slot {
  readonly kind: string
  readonly assurance: 'file' | 'passphrase'
  readonly place: string
  readonly params: Readonly<Record<string, string | number>>
  readonly passphrase?: string
  readonly key: string
}

const folder = new URL('../../../vectors/vault/', import.meta.url).pathname
const vector: Vector = JSON.parse(readFileSync(join(folder, 'v1.json'), 'utf8'))

test('openVault() reads the vault of the vectors by either of its slots', async () => {
  const dir = scratchFolder()
  mkdirSync(dirname(dir), { recursive: true })
  cpSync(join(folder, 'v1'), dir, { recursive: true })
  for (const [at, slot] of readHeader(dir).slots.entries()) {
    const { passphrase, key: known = '' } = vector.slots[at] ?? {}
    const typed =
      passphrase === undefined ? null : passphraseStore(Secret.own(utf8(passphrase)), fixedRandom())
    const key = (await typed?.unlock(vector.id, slot.params)) ?? keyOf(known)
    assert.equal(key.lend(hex), known)
    const vault = openVault(dir, { slot: slot.id, key, random: fixedRandom(), clock: new ManualClock() })
    for (const { kind, name, value } of standing(vector.records)) {
      assert.equal(
        vault.get(kind, name).lend((bytes) => new TextDecoder().decode(bytes)),
        value,
      )
    }
    vault.close()
  }
})

test('createVault() and put() write the very bytes of the vectors', () => {
  const dir = scratchFolder()
  const clock = new ManualClock(vector.createdAt)
  const slots = vector.slots.map(({ kind, assurance, place, params, key }) => {
    return { kind, assurance, place, params, key: keyOf(key) }
  })
  const vault = createVault(dir, { id: vector.id, slots, random: fixedRandom(), clock })
  for (const { value, ...record } of vector.records) {
    clock.advance(1000)
    vault.put({ ...record, value: Secret.own(utf8(value)) })
  }
  vault.close()
  assert.deepEqual(filesOf(dir), filesOf(join(folder, 'v1')))
})

/** Of two records with one name the later one stands. */
function standing(records: Vector['records']): Vector['records'] {
  return [...new Map(records.map((record) => [`${record.kind} ${record.name}`, record])).values()]
}

function keyOf(text: string): Secret {
  return Secret.own(Uint8Array.from(Buffer.from(text, 'hex')))
}

/** SHA-256 of a counter: unpredictable to nobody, the same for everybody. */
function fixedRandom(): Random {
  let count = 1
  return (length) =>
    Uint8Array.from(createHash('sha256').update(`keyreeve test ${count++}`).digest().subarray(0, length))
}

function filesOf(dir: string): Record<string, string> {
  const paths = readdirSync(dir, { recursive: true, encoding: 'utf8' }).toSorted()
  const files = paths.filter((path) => statSync(join(dir, path)).isFile())
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(dir, path), 'utf8')]))
}
