import { Fault } from '#base'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { after, it } from 'node:test'
import { identityOf, openBeneath, openFolderBeneath } from './index.ts'

const base = mkdtempSync(`${tmpdir()}/keyreeve-open-`)
const root = `${base}/root`
mkdirSync(`${root}/a`, { recursive: true })
writeFileSync(`${root}/a/file`, 'content')
after(() => rmSync(base, { recursive: true }))

const isRoot = process.getuid?.() === 0
const needsRoot = !isRoot && 'needs root'

it('openBeneath() gives a descriptor, exact stat, the real path and the identity of the folder', () => {
  using file = openBeneath(root, './a//file')
  assert.equal(readFileSync(file.fd, 'utf8'), 'content')
  assert.equal(file.stat.size, 7n)
  assert.equal(file.path, `${root}/a/file`)
  using folder = openFolderBeneath(root, 'a')
  assert.deepEqual(file.folder, identityOf(folder.stat))
})

it('openBeneath() gives a descriptor that cannot write', () => {
  using file = openBeneath(root, 'a/file')
  assert.throws(() => writeFileSync(file.fd, 'x'), { code: 'EBADF' })
})

it('openBeneath() opens beneath the folder with the given identity and no other', () => {
  using folder = openFolderBeneath(root, '')
  const identity = identityOf(folder.stat)
  openBeneath(root, 'a/file', { identity })[Symbol.dispose]()
  assert.throws(() => openBeneath(`${root}/a`, 'file', { identity }), { code: 'path-outside-root' })
  assert.throws(() => openFolderBeneath(root, '', { identity: { ...identity, device: '0' } }), {
    code: 'path-outside-root',
  })
})

it('openBeneath() refuses a root that was replaced by another folder of the same name', () => {
  mkdirSync(`${base}/granted`)
  writeFileSync(`${base}/granted/file`, 'first')
  using folder = openFolderBeneath(`${base}/granted`, '')
  renameSync(`${base}/granted`, `${base}/moved`)
  mkdirSync(`${base}/granted`)
  writeFileSync(`${base}/granted/file`, 'second')
  const options = { identity: identityOf(folder.stat) }
  assert.throws(() => openBeneath(`${base}/granted`, 'file', options), { code: 'path-outside-root' })
})

it('openBeneath() follows links in the path of the root itself, which the caller trusts', () => {
  symlinkSync(root, `${base}/link-to-root`)
  using file = openBeneath(`${base}/link-to-root`, 'a/file')
  assert.equal(file.path, `${root}/a/file`)
})

it('openBeneath() refuses a root that is missing, no folder or no path', () => {
  assert.throws(() => openBeneath(`${base}/missing`, 'x'), { code: 'path-not-found' })
  assert.throws(() => openBeneath(`${root}/a/file`, 'x'), { code: 'path-not-folder' })
  assert.throws(() => openBeneath('', 'x'), { code: 'path-invalid' })
  assert.throws(() => openBeneath(`${root}\0`, 'x'), { code: 'path-invalid' })
})

it('openBeneath() refuses files of the system itself', () => {
  for (const [system, path] of [
    ['/proc', 'self/environ'],
    ['/proc/self', 'environ'],
    ['/sys', 'kernel/notes'],
    ['/dev', 'null'],
  ] as const) {
    assert.throws(() => openBeneath(system, path), { code: 'path-special' }, system)
  }
})

it('openBeneath() refuses a file larger than maxSize, by one byte', () => {
  openBeneath(root, 'a/file', { maxSize: 7 })[Symbol.dispose]()
  assert.throws(() => openBeneath(root, 'a/file', { maxSize: 6 }), { code: 'file-too-large' })
})

it('openBeneath() serves a file with two names only if it is told to', () => {
  writeFileSync(`${base}/outside`, 'outside')
  linkSync(`${base}/outside`, `${root}/hard`)
  assert.throws(() => openBeneath(root, 'hard'), { code: 'path-hard-linked' })
  using file = openBeneath(root, 'hard', { allowHardLinks: true })
  assert.equal(file.stat.nlink, 2n)
})

it('openBeneath() refuses what the system does not let us read', () => {
  mkdirSync(`${base}/private/closed`, { recursive: true })
  writeFileSync(`${base}/private/unreadable`, 'x', { mode: 0 })
  writeFileSync(`${base}/private/closed/x`, 'x')
  chmodSync(base, 0o755)
  chmodSync(`${base}/private/closed`, 0)
  const script = `
    import { openBeneath } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
    for (const path of ['unreadable', 'closed/x']) {
      try { openBeneath(${JSON.stringify(`${base}/private`)}, path); console.log('opened') } catch (thrown) { console.log(thrown.code) }
    }`
  // Root may read everything, so somebody else tries.
  const as = isRoot ? ['--reuid=65534', '--regid=65534', '--clear-groups'] : []
  const command = [...as, process.execPath, '--input-type=module', '-e', script]
  assert.equal(execFileSync('setpriv', command, { encoding: 'utf8' }), 'path-unreadable\npath-unreadable\n')
  chmodSync(`${base}/private/closed`, 0o700)
})

it(
  'openBeneath() refuses what is mounted below the root, also when it is the same file system',
  { skip: needsRoot },
  (t) => {
    mkdirSync(`${root}/bind`)
    mkdirSync(`${root}/tmpfs`)
    mkdirSync(`${base}/other`)
    writeFileSync(`${base}/other/file`, 'other')
    writeFileSync(`${root}/bound-file`, '')
    const script = `
    import { openBeneath, openFolderBeneath } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
    const root = ${JSON.stringify(root)}
    const code = (open) => { try { return open().path } catch (thrown) { return thrown.code } }
    console.log(JSON.stringify([
      code(() => openBeneath(root, 'a/file')), code(() => openBeneath(root, 'bind/file')), code(() => openBeneath(root, 'tmpfs/file')),
      code(() => openBeneath(root, 'bound-file')), code(() => openFolderBeneath(root, 'bind')), code(() => openFolderBeneath(root, 'tmpfs')),
      code(() => openBeneath(root + '/bind', 'file')), code(() => openBeneath(root + '/tmpfs', 'file')),
    ]))`
    const mounts = `mount --bind '${base}/other' '${root}/bind' && mount --bind '${base}/other/file' '${root}/bound-file' && mount -t tmpfs none '${root}/tmpfs' && echo x > '${root}/tmpfs/file'`
    const output = inOwnMounts(`${mounts} && exec "$0" --input-type=module -e "$1"`, script)
    if (output === null) return t.skip('mounts cannot be made here')
    const crosses = 'path-crosses-mount'
    assert.deepEqual(JSON.parse(output), [
      `${root}/a/file`,
      crosses,
      crosses,
      crosses,
      crosses,
      crosses,
      `${root}/bind/file`,
      `${root}/tmpfs/file`,
    ])
  },
)

it('openBeneath() and openFolderBeneath() leave no descriptor open, whatever the outcome', () => {
  symlinkSync('a', `${root}/link`)
  const openAll = (): number => {
    for (const path of ['a/file', 'a', 'a/missing', 'link/x', 'link', 'a/file/x', 'hard', '..']) {
      for (const open of [openBeneath, openFolderBeneath]) {
        try {
          open(root, path)[Symbol.dispose]()
        } catch (thrown) {
          assert.ok(thrown instanceof Fault)
        }
      }
    }
    return readdirSync('/proc/self/fd').length
  }
  // What tells of a descriptor's mount stays open, so the numbers that occur are met first.
  const before = openAll()
  assert.equal(openAll(), before)
})

it('openBeneath() never quotes the path in its message', () => {
  for (const path of ['a/missing', 'link/x', 'a/file/x', 'x\0y', 'hard']) {
    assert.throws(
      () => openBeneath(root, path),
      (thrown: Error) => !thrown.message.includes('/') && !thrown.message.includes('file/x'),
    )
  }
})

/** Runs a shell line in mounts of its own; null where that is not allowed. */
function inOwnMounts(line: string, script: string): string | null {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' })
  } catch {
    return null
  }
  return execFileSync('unshare', ['--mount', 'sh', '-c', line, process.execPath, script], {
    encoding: 'utf8',
  })
}
