import { Secret, type FaultCode } from '#base'
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { newVault, put, read, recordFiles, reopen, scratchFolder, throwsFault } from './scratch.test.ts'

/** What a changed vault may answer: that it is changed, of another version, or not opened by this key. */
const expected: FaultCode[] = [
  'vault-corrupt',
  'version-unsupported',
  'keystore-lost',
  'passphrase-wrong',
  'slot-unknown',
]

function prepared(): string {
  const dir = scratchFolder()
  const vault = newVault(dir)
  put(vault, 'one', 'value one')
  put(vault, 'two', 'value two')
  vault.close()
  return dir
}

test('openVault() sees every flipped byte of header, manifest and record', () => {
  const dir = prepared()
  for (const file of [join(dir, 'header.json'), join(dir, 'manifest.json'), ...recordFiles(dir)]) {
    const good = readFileSync(file)
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good)
      bad[at] = good[at]! ^ (1 << (at % 8))
      writeFileSync(file, bad)
      const { code, message } = throwsFault(() => reopen(dir), ...expected)
      if (code === 'vault-corrupt') assert.match(message, /header\.json|manifest\.json|\.rec/)
    }
    writeFileSync(file, good)
  }
  const vault = reopen(dir)
  assert.equal(read(vault, 'one'), 'value one')
  vault.close()
})

test('openVault() sees every truncation, and leaves what is there as it is', () => {
  const dir = prepared()
  for (const file of [join(dir, 'manifest.json'), ...recordFiles(dir)]) {
    const good = readFileSync(file)
    for (let length = 0; length < good.length; length += 37) {
      truncateSync(file, length)
      assert.match(throwsFault(() => reopen(dir), 'vault-corrupt').message, new RegExp(basename(file)))
      assert.equal(readFileSync(file).length, length)
      writeFileSync(file, good)
    }
    rmSync(file)
    throwsFault(() => reopen(dir), 'vault-corrupt')
    writeFileSync(file, good)
  }
})

test('openVault() sees records that were swapped, rolled back, or came from another vault', () => {
  const dir = prepared()
  const [one = '', two = ''] = recordFiles(dir)
  const [first, second] = [readFileSync(one), readFileSync(two)]
  writeFileSync(one, second)
  writeFileSync(two, first)
  throwsFault(() => reopen(dir), 'vault-corrupt')
  writeFileSync(one, first)
  writeFileSync(two, readFileSync(recordFiles(prepared())[0] ?? ''))
  throwsFault(() => reopen(dir), 'vault-corrupt')
  writeFileSync(two, second)

  const vault = reopen(dir)
  put(vault, 'one', 'newer')
  put(vault, 'two', 'newer')
  vault.close()
  const newer = recordFiles(dir).find((file) => file.includes(basename(one).split('.')[0] ?? 'none')) ?? ''
  writeFileSync(newer, first)
  throwsFault(() => reopen(dir), 'vault-corrupt')
  rmSync(newer)
  writeFileSync(one, first)
  throwsFault(() => reopen(dir), 'vault-corrupt')
  assert.ok(existsSync(one), 'a folder in doubt is not swept')
})

test('openVault() sees a header or a manifest of another moment or vault', () => {
  const dir = prepared()
  const other = prepared()
  const old = scratchFolder()
  cpSync(dir, old, { recursive: true })
  const vault = reopen(dir)
  const key = Secret.own(new Uint8Array(32).fill(9))
  vault.addSlot({ kind: 'file', assurance: 'file', place: 'second', params: {}, key })
  vault.close()
  for (const from of [old, other]) {
    for (const name of ['header.json', 'manifest.json']) {
      const good = readFileSync(join(dir, name))
      copyFileSync(join(from, name), join(dir, name))
      throwsFault(() => reopen(dir), 'vault-corrupt', 'keystore-lost')
      writeFileSync(join(dir, name), good)
    }
  }
  reopen(dir).close()
})

test('get() sees a record that was changed while the vault was open', () => {
  const dir = scratchFolder()
  const vault = newVault(dir)
  put(vault, 'one', 'value')
  const [file = ''] = recordFiles(dir)
  const bytes = readFileSync(file)
  bytes[100] = bytes[100]! ^ 1
  writeFileSync(file, bytes)
  throwsFault(() => read(vault, 'one'), 'vault-corrupt')
  rmSync(file)
  throwsFault(() => read(vault, 'one'), 'vault-corrupt')
  vault.close()
})

test('openVault() finishes a change of slots that was cut short, before or after the manifest', () => {
  const dir = prepared()
  const before = scratchFolder()
  cpSync(dir, before, { recursive: true })
  const vault = reopen(dir)
  const key = Secret.own(new Uint8Array(32).fill(9))
  const { id } = vault.addSlot({ kind: 'file', assurance: 'file', place: 'second', params: {}, key })
  vault.close()
  const changed = readFileSync(join(dir, 'header.json'))

  writeFileSync(join(before, 'header.next.json'), changed)
  const undone = reopen(before)
  assert.equal(undone.slots.length, 1)
  undone.close()
  assert.ok(!existsSync(join(before, 'header.next.json')))

  renameSync(join(dir, 'header.json'), join(dir, 'header.next.json'))
  copyFileSync(join(before, 'header.json'), join(dir, 'header.json'))
  const done = reopen(dir)
  assert.deepEqual(done.slots.map((slot) => slot.id).includes(id), true)
  done.close()
  assert.deepEqual(readFileSync(join(dir, 'header.json')), changed)
})

test('put() in a process that is killed leaves the old value or the new one, and no left-overs', async () => {
  const dir = scratchFolder()
  newVault(dir).close()
  const script = `
    const { put, reopen } = await import(${JSON.stringify(new URL('scratch.test.ts', import.meta.url).href)})
    const vault = reopen(process.argv[1])
    const from = vault.has('secret', 'counter') ? vault.list('secret')[0].version : 0
    for (let n = from + 1; ; n++) { put(vault, 'counter', 'v' + n); process.stdout.write(n + '\\n') }`
  let acknowledged = 0
  for (let kill = 0; kill < 12; kill++) {
    acknowledged = await killedWhileWriting(script, dir, acknowledged)
    const vault = reopen(dir)
    const version = vault.list('secret')[0]?.version ?? 0
    assert.ok(
      version === acknowledged || version === acknowledged + 1,
      `${acknowledged} said, ${version} found`,
    )
    if (version > 0) assert.equal(read(vault, 'counter'), `v${version}`)
    acknowledged = version
    assert.equal(recordFiles(dir).length, version > 0 ? 1 : 0)
    assert.deepEqual(
      readdirSync(dir).filter((name) => name.endsWith('.tmp')),
      [],
    )
    vault.close()
  }
  assert.ok(acknowledged > 12, 'the writer was killed while it wrote, not before')
})

async function killedWhileWriting(script: string, dir: string, from: number): Promise<number> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, dir], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let out = ''
  child.stdout.on('data', (text: Buffer) => {
    // From the first write on, at a moment that differs each time.
    if (out === '') setTimeout(() => child.kill('SIGKILL'), Math.random() * 40)
    out += text.toString()
  })
  await new Promise((resolve) => child.once('close', resolve))
  const lines = out.split('\n').filter((line) => /^\d+$/.test(line))
  return Number(lines.at(-1) ?? from)
}

test('put() on a full disk is disk-full, and the old value stands', { skip: noMounts() }, () => {
  const script = `
    const { appendFileSync, rmSync, truncateSync } = await import('node:fs')
    const { newVault, put, read, reopen, recordFiles } = await import(${JSON.stringify(new URL('scratch.test.ts', import.meta.url).href)})
    const dir = process.argv[1] + '/vault'
    const vault = newVault(dir)
    const seen = new Set()
    put(vault, 'a', 'old')
    for (let free = 0; free <= 40; free += 4) {
      const size = fill(process.argv[1] + '/filler')
      truncateSync(process.argv[1] + '/filler', size - free * 1024)
      try { put(vault, 'a', 'x'.repeat(9000)); seen.add('written') } catch (fault) { seen.add(fault.code) }
      const value = read(vault, 'a')
      if (value !== 'old' && value.length !== 9000) throw new Error('lost')
      if (recordFiles(dir).length !== 1) throw new Error('left over')
      rmSync(process.argv[1] + '/filler')
      put(vault, 'a', 'old')
    }
    vault.close()
    const again = reopen(dir)
    console.log('seen=' + [...seen].sort().join() + ' value=' + read(again, 'a'))
    function fill(path) {
      for (let size = 0; ; size += 4096) {
        try { appendFileSync(path, new Uint8Array(4096)) } catch { return size }
      }
    }`
  const folder = scratchFolder()
  const command = `mkdir -p "$1" && mount -t tmpfs -o size=128k,mode=700 tmpfs "$1" && exec "$2" --input-type=module -e "$3" "$1"`
  const run = ['-m', 'sh', '-c', command, 'sh', folder, process.execPath, script]
  const { stdout, stderr } = spawnSync('unshare', run, { encoding: 'utf8' })
  assert.match(stdout, /^seen=disk-full,written value=old$/m, stderr)
})

function noMounts(): string | false {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'a small disk needs root on Linux'
  return spawnSync('unshare', ['-m', 'true']).status === 0 ? false : 'no mounts are allowed here'
}
