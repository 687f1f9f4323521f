// T01: an assistant writes a path so that it leads out of the granted folder.
import { beneath, openBeneath, openFolderBeneath, rootOf } from '#files'
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, it } from 'node:test'

const base = mkdtempSync(`${tmpdir()}/keyreeve-T01-`)
const root = `${base}/granted`
mkdirSync(`${root}/sub`, { recursive: true })
mkdirSync(`${base}/granted-secrets`)
writeFileSync(`${root}/sub/file`, 'inside')
writeFileSync(`${base}/granted-secrets/file`, 'outside')
symlinkSync('/', `${root}/slash`)
symlinkSync('../granted-secrets', `${root}/sideways`)
symlinkSync('/proc/self/root', `${root}/magic`)
after(() => rmSync(base, { recursive: true }))

it('T01: no way of writing "outside" opens a file', () => {
  const ways = [
    '..',
    '../granted-secrets/file',
    'sub/../../granted-secrets/file',
    './..//granted-secrets/file',
    `${base}/granted-secrets/file`,
    '/etc/passwd',
    '//etc/passwd',
    '/proc/self/root/etc/passwd',
    'slash/etc/passwd',
    'slash/proc/self/environ',
    'sideways/file',
    'magic/etc/passwd',
    '..\\granted-secrets\\file',
    'sub\0/../../granted-secrets/file',
    'C:/granted-secrets/file',
    '\ud800/../..',
  ]
  for (const way of ways) {
    assert.throws(() => openBeneath(root, way), { name: 'Fault' }, way)
    assert.throws(() => openFolderBeneath(root, way), { name: 'Fault' }, way)
  }
})

it('T01: a grant of a folder does not reach a neighbour whose name begins alike', () => {
  assert.throws(() => beneath(root, `${base}/granted-secrets/file`), { code: 'path-outside-root' })
})

it('T01: without a grant the walk from the mount follows no link either', () => {
  for (const path of [`${root}/slash/etc/passwd`, `${root}/sideways/file`, `${root}/magic/etc/passwd`]) {
    const mount = rootOf(path)
    assert.throws(() => openBeneath(mount.path, beneath(mount.path, path)), { code: 'path-symlink' }, path)
  }
})

it('T01: a granted folder that was replaced is not opened under its old name', () => {
  mkdirSync(`${base}/first`)
  using folder = openFolderBeneath(`${base}/first`, '')
  const identity = { device: String(folder.stat.dev), inode: String(folder.stat.ino) }
  rmSync(`${base}/first`, { recursive: true })
  symlinkSync('granted-secrets', `${base}/first`)
  assert.throws(() => openBeneath(`${base}/first`, 'file', { identity }), { code: 'path-outside-root' })
})
