import { Secret } from '#base'
import { createVault, newVaultId, openVault, readHeader, type PutInput } from '#vault'
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import {
  clock,
  fileSlot,
  newVault,
  put,
  random,
  read,
  recordFiles,
  reopen,
  scratchFolder,
  slotKey,
  throwsFault,
} from './scratch.test.ts'

test('put() and get() give the same bytes after the vault was closed and opened', () => {
  const dir = scratchFolder()
  const vault = newVault(dir)
  assert.equal(put(vault, 'GITHUB', 'first'), 1)
  assert.equal(put(vault, 'GITHUB', 'second'), 2)
  put(vault, 'other', '')
  vault.close()
  const again = reopen(dir)
  assert.equal(read(again, 'GITHUB'), 'second')
  assert.equal(read(again, 'other'), '')
  assert.equal(again.version, 4)
  assert.equal(recordFiles(dir).length, 2)
  again.close()
})

test('put() takes any bytes and any visible name, and the same name in another form is the same', () => {
  const vault = newVault()
  const visible = fc.string({ unit: 'grapheme-composite', minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(visible, fc.uint8Array({ maxLength: 200 }), (name, bytes) => {
      try {
        vault.put({ kind: 'secret', name: name.normalize('NFD'), value: Secret.copy(bytes) })
      } catch {
        throwsFault(() => vault.get('secret', name), 'secret-name-invalid')
        return
      }
      using got = vault.get('secret', name.normalize('NFC'))
      assert.deepEqual(
        got.lend((held) => [...held]),
        [...bytes],
      )
    }),
    { numRuns: 40 },
  )
  vault.close()
})

test('put() keeps the first time, moves the second, and list() is sorted and of one kind', () => {
  const vault = newVault()
  const createdAt = clock.now()
  put(vault, 'b', 'x')
  clock.advance(5)
  vault.put({ kind: 'secret', name: 'b', value: Secret.own(new Uint8Array(3)), expiresAt: 9 })
  put(vault, 'a', 'y')
  vault.put({ kind: 'journal-day', name: 'b', value: Secret.own(new Uint8Array(32)) })
  const updatedAt = clock.now()
  assert.deepEqual(vault.list('secret'), [
    { name: 'a', kind: 'secret', createdAt: updatedAt, updatedAt, bytes: 1, version: 1 },
    { name: 'b', kind: 'secret', createdAt, updatedAt, bytes: 3, expiresAt: 9, version: 2 },
  ])
  vault.close()
})

test('put() refuses names that nobody can read or type, and values over 1 MiB', () => {
  const vault = newVault()
  for (const name of [
    '',
    'a\0b',
    'a\u202eb',
    '\u200b',
    ' a',
    'a\n',
    'x'.repeat(129),
    '\ud800',
    'a\u{e0041}',
  ]) {
    throwsFault(() => put(vault, name, 'v'), 'secret-name-invalid')
  }
  assert.equal(put(vault, '\u{1f511}'.repeat(128), 'v'), 1)
  throwsFault(() => vault.put(zeroes(1024 * 1024 + 1)), 'secret-too-large')
  assert.equal(vault.put(zeroes(1024 * 1024)).bytes, 1024 * 1024)
  assert.equal(vault.get('secret', 'big').length, 1024 * 1024)
  vault.close()
})

test('remove() takes the record and its file away for good', () => {
  const dir = scratchFolder()
  const vault = newVault(dir)
  put(vault, 'a', 'x')
  vault.remove('secret', 'a')
  throwsFault(() => read(vault, 'a'), 'secret-unknown')
  throwsFault(() => vault.remove('secret', 'a'), 'secret-unknown')
  assert.deepEqual(recordFiles(dir), [])
  assert.equal(put(vault, 'a', 'y'), 1)
  vault.close()
})

test('Vault keeps names and values out of its files', () => {
  const dir = scratchFolder()
  const vault = newVault(dir)
  put(vault, 'readable-name', 'readable-value')
  vault.close()
  const files = [...recordFiles(dir), join(dir, 'manifest.json'), join(dir, 'header.json')]
  const all = files.map((file) => readFileSync(file, 'utf8')).join('')
  for (const text of ['readable-name', 'readable-value']) {
    for (const encoding of ['utf8', 'hex', 'base64url'] as const) {
      assert.ok(!all.includes(Buffer.from(text).toString(encoding)))
    }
  }
})

test('Vault answers nothing after close()', () => {
  const vault = newVault()
  put(vault, 'a', 'x')
  vault.close()
  vault.close()
  for (const act of [
    () => read(vault, 'a'),
    () => put(vault, 'a', 'y'),
    () => vault.list('secret'),
    () => vault.id,
  ]) {
    throwsFault(act, 'locked')
  }
})

test('addSlot() lets another key open the vault, and removeSlot() lets it open no more', () => {
  const dir = scratchFolder()
  const vault = newVault(dir)
  put(vault, 'a', 'x')
  const other = Secret.own(new Uint8Array(32).fill(9))
  const added = vault.addSlot({ ...fileSlot, kind: 'passphrase', assurance: 'passphrase', key: other })
  const first = readHeader(dir).slots[0]?.id ?? ''
  vault.removeSlot(first)
  throwsFault(() => vault.removeSlot(added.id), 'usage')
  throwsFault(() => vault.removeSlot(first), 'slot-unknown')
  put(vault, 'b', 'y')
  vault.close()
  assert.deepEqual(
    readHeader(dir).slots.map(({ id }) => id),
    [added.id],
  )
  throwsFault(() => openVault(dir, { slot: first, key: slotKey(), random, clock }), 'slot-unknown')
  throwsFault(() => reopen(dir), 'passphrase-wrong')
  const again = reopen(dir, other)
  assert.equal(read(again, 'a') + read(again, 'b'), 'xy')
  again.close()
})

test('openVault() says whether the vault is absent, there already, or the key is not the one', () => {
  const dir = scratchFolder()
  throwsFault(() => readHeader(dir), 'vault-absent')
  throwsFault(() => reopen(dir), 'vault-absent')
  assert.ok(!existsSync(dir))
  newVault(dir).close()
  throwsFault(() => newVault(dir), 'vault-exists')
  throwsFault(() => reopen(dir, Secret.own(new Uint8Array(32))), 'keystore-lost')
  reopen(dir).close()
})

test('openVault() makes folder and files private again and says so', { skip: noModes() }, () => {
  const dir = scratchFolder()
  const vault = newVault(dir)
  put(vault, 'a', 'x')
  vault.close()
  const [record = ''] = recordFiles(dir)
  const opened = [dir, dirname(record), record, join(dir, 'header.json'), join(dir, 'manifest.json')]
  opened.forEach((path) => chmodSync(path, 0o777))
  const again = reopen(dir)
  assert.deepEqual(
    opened.map((path) => (statSync(path).mode & 0o777).toString(8)),
    ['700', '700', '600', '600', '600'],
  )
  assert.equal(again.repairs.length, opened.length)
  again.close()
  const repaired = reopen(dir)
  assert.deepEqual(repaired.repairs, [])
  repaired.close()
})

test('openVault() refuses a folder of another user, and links', { skip: noModes() }, () => {
  const dir = scratchFolder()
  newVault(dir).close()
  symlinkSync('/etc/passwd', join(dir, 'extra'))
  throwsFault(() => reopen(dir), 'home-insecure')
  if (process.getuid?.() !== 0) return
  const foreign = scratchFolder()
  newVault(foreign).close()
  chownSync(foreign, 12345, 12345)
  throwsFault(() => reopen(foreign), 'home-insecure')
})

test('createVault() refuses to start over where records are left without a header', () => {
  const dir = scratchFolder()
  mkdirSync(join(dir, 'records-0011223344556677'), { recursive: true })
  newVault(dir).close()
  const vault = reopen(dir)
  put(vault, 'a', 'x')
  vault.close()
  writeFileSync(join(dir, 'header.json'), '')
  throwsFault(() => newVault(dir), 'vault-corrupt')
})

test('openVault() refuses a second opening, here and in another process', () => {
  const dir = scratchFolder()
  const vault = newVault(dir)
  throwsFault(() => reopen(dir), 'vault-in-use')
  const script = `
    const { reopen } = await import(${JSON.stringify(new URL('scratch.test.ts', import.meta.url).href)})
    try { reopen(process.argv[1]) } catch (fault) { console.log('code=' + fault.code) }`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script, dir], {
    encoding: 'utf8',
  })
  assert.match(stdout, /^code=vault-in-use$/m)
  vault.close()
  reopen(dir).close()
})

test('openVault() takes a vault over from a process that is dead, with the files that it left unfinished', () => {
  const dir = scratchFolder()
  const vault = newVault(dir)
  put(vault, 'one', 'value')
  vault.close()
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  const records = dirname(recordFiles(dir)[0] ?? '')
  const unfinished = [join(dir, 'manifest.json.tmp'), join(records, 'half.rec.tmp')]
  for (const path of [join(dir, `lock-${pid}-1-00000000`), ...unfinished]) writeFileSync(path, '')
  const again = reopen(dir)
  assert.equal(read(again, 'one'), 'value')
  assert.equal(readdirSync(dir).filter((name) => name.startsWith('lock-')).length, 1)
  assert.deepEqual(unfinished.filter(existsSync), [])
  again.close()
  assert.deepEqual(
    readdirSync(dir).filter((name) => name.startsWith('lock-')),
    [],
  )
})

test('openVault() says that a vault of a newer version is one', () => {
  const dir = scratchFolder()
  newVault(dir).close()
  const header = join(dir, 'header.json')
  writeFileSync(header, readFileSync(header, 'utf8').replace('"minReader":1', '"minReader":2'))
  throwsFault(() => readHeader(dir), 'version-unsupported')
})

test('createVault() wants at least one slot', () => {
  const id = newVaultId(random)
  throwsFault(() => createVault(scratchFolder(), { id, slots: [], random, clock }), 'usage')
})

function zeroes(length: number): PutInput {
  return { kind: 'secret', name: 'big', value: Secret.own(new Uint8Array(length)) }
}

function noModes(): string | false {
  return process.platform === 'win32' ? 'Windows has no modes' : false
}
