import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, it } from 'node:test'
import { parseMounts, rootOf } from './mounts.ts'

const base = mkdtempSync(`${tmpdir()}/keyreeve-mounts-`)
after(() => rmSync(base, { recursive: true }))

it('parseMounts() reads ids, places and types, with optional fields and without', () => {
  const text =
    '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n' +
    '36 35 98:0 /mnt1 /mnt2 rw master:1 shared:2 - ext3 /dev/root rw\n'
  assert.deepEqual(parseMounts(text), [
    { id: '27', path: '/', type: 'ext4' },
    { id: '36', path: '/mnt2', type: 'ext3' },
  ])
})

it('parseMounts() reads the escapes of hostile names', () => {
  const text = String.raw`9 1 0:1 / /a\040b\011c\012d\134e\043 rw - fuse.x\040y none rw`
  assert.deepEqual(parseMounts(text), [{ id: '9', path: '/a b\tc\nd\\e#', type: String.raw`fuse.x\040y` }])
})

it('parseMounts() reads an escaped escape once', () => {
  assert.equal(parseMounts(String.raw`9 1 0:1 / /a\134040b rw - tmpfs none rw`)[0]?.path, String.raw`/a\040b`)
})

it('parseMounts() leaves out lines that make no sense', () => {
  assert.deepEqual(parseMounts('\nx\n1 2 3 4 relative 6 - t\n1 2 3 4 /no-type 6 7\n'), [])
})

it('rootOf() gives the mount point that holds a path, by identity', () => {
  const root = rootOf(`${base}/file/that/need/not/exist`)
  assert.ok(base.startsWith(root.path))
  const { dev, ino } = statSync(root.path, { bigint: true })
  assert.deepEqual(root.identity, { device: String(dev), inode: String(ino) })
})

it('rootOf() refuses files of the system itself', () => {
  for (const path of [
    '/proc',
    '/proc/self/environ',
    '/proc/1/root/etc',
    '/sys/kernel',
    '/dev/null',
    '/dev/pts/0',
  ]) {
    assert.throws(() => rootOf(path), { code: 'path-special' }, path)
  }
})

it('rootOf() refuses paths that are not absolute or hold ".."', () => {
  for (const path of ['', 'a', './a', '/a/../proc/self', '/..', '/a\0', '/a\\b', '/\ud800']) {
    assert.throws(() => rootOf(path), { code: 'path-invalid' }, path)
  }
})

it(
  'rootOf() sees what lies over a mount, and odd names of mount points',
  { skip: process.getuid?.() !== 0 && 'needs root' },
  (t) => {
    const odd = `${base}/odd name\t\n#`
    mkdirSync(odd)
    mkdirSync(`${base}/under/deep`, { recursive: true })
    writeFileSync(`${base}/cover`, '')
    const script = `
    import { rootOf } from ${JSON.stringify(new URL('./mounts.ts', import.meta.url).href)}
    const root = (path) => { try { return rootOf(path).path } catch (thrown) { return thrown.code } }
    console.log(JSON.stringify(process.argv.slice(1).map(root)))`
    const mounts = [
      'mount -t tmpfs none "$2"',
      // A mount below "under" that the mount over "under" hides.
      'mount -t tmpfs none "$3/deep" && mount -t tmpfs none "$3" && mkdir "$3/deep"',
      'exec "$0" --input-type=module -e "$1" "$2/x" "$3/deep/file"',
    ].join(' && ')
    try {
      execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' })
    } catch {
      return t.skip('mounts cannot be made here')
    }
    const command = ['--mount', 'sh', '-c', mounts, process.execPath, script, odd, `${base}/under`]
    const output = execFileSync('unshare', command, { encoding: 'utf8' })
    assert.deepEqual(JSON.parse(output), [odd, `${base}/under`])
  },
)
