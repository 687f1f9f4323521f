// What a walk lists: everything once, in one order, without links, special files, .git and what ignore files name.
import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { Fault } from '#base'
import { gaps, git, look, put, scratch, token } from './fixture.test.ts'
import { listFiles } from './walk.ts'

const list = (cwd: string, paths = ['.'], files: 'all' | 'own' | 'none' = 'all'): string[] =>
  listFiles(paths, { cwd, files }).files.map(({ shown }) => shown)

test('listFiles() lists hidden files but no .git, and follows no link', (t) => {
  const folder = scratch(t, { 'b/c': '', a: '', '.env': '', '.git/config': '', 'b/.git/x': '', z: '' })
  symlinkSync('/etc', `${folder}/link`)
  symlinkSync('a', `${folder}/b/link`)
  symlinkSync('..', `${folder}/b/up`)
  assert.deepEqual(list(folder), ['.env', 'a', 'z', 'b/c'])
})

test('listFiles() takes what is named, also behind a link or ignored, and each file once', (t) => {
  const folder = scratch(t, { 'real/a': '', 'real/.gitignore': 'a\n', b: '' })
  symlinkSync('real', `${folder}/link`)
  assert.deepEqual(list(folder, ['real/a', 'b', 'b', '.']), ['real/a', 'b', 'real/.gitignore'])
  assert.deepEqual(list(folder, ['link'], 'none'), ['link/.gitignore', 'link/a'])
  assert.throws(
    () => list(folder, ['none']),
    (thrown) => thrown instanceof Fault && thrown.code === 'path-not-found',
  )
})

test('listFiles() shows paths as seen from where it was asked', (t) => {
  const folder = scratch(t, { 'a/b/c': '', 'd/e': '' })
  assert.deepEqual(list(`${folder}/a`, ['b', '../d']), ['b/c', `${folder}/d/e`])
})

test('Ignoring heeds .gitignore, .ignore and .keyreeveignore, the nearest and the last first', (t) => {
  const folder = scratch(t, {
    '.gitignore': '*.log\n!keep.log\n/out/\n',
    'a.log': '',
    'keep.log': '',
    'out/x': '',
    'sub/out/x': '',
    'sub/.gitignore': '!b.log\n*.txt\n',
    'sub/b.log': '',
    'sub/c.txt': '',
    'sub/.keyreeveignore': '!c.txt\nd\n',
    'sub/d': '',
    'sub/.ignore': 'e\n',
    'sub/e': '',
  })
  const expected = [
    '.gitignore',
    'keep.log',
    'sub/.gitignore',
    'sub/.ignore',
    'sub/.keyreeveignore',
    'sub/b.log',
    'sub/c.txt',
    'sub/out/x',
  ]
  assert.deepEqual(list(folder).toSorted(), expected)
  assert.equal(list(folder, ['.'], 'none').length, 12)
})

test('Ignoring leaves out what git does', (t) => {
  const folder = scratch(t, {
    '.gitignore': 'build\n*.o\n!/keep/*.o\n/docs/*\n!/docs/a\n**/tmp/*.x\nfoo/**/bar\n\\#x\ntrailing \n',
    'build/a': '',
    'x/build/a': '',
    'a.o': '',
    'keep/a.o': '',
    'x/keep/a.o': '',
    'docs/a': '',
    'docs/b': '',
    'x/tmp/a.x': '',
    'foo/1/2/bar': '',
    '#x': '',
    trailing: '',
    'x/y': '',
    '.git/info/exclude': '',
  })
  git(folder, 'init', '-q')
  put(folder, '.git/info/exclude', 'y\n')
  const kept = git(folder, 'ls-files', '--others', '--exclude-standard').split('\n')
  assert.deepEqual(list(folder).toSorted(), kept.toSorted())
})

test('Ignoring knows the ignore files of the repository above where it begins', (t) => {
  const folder = scratch(t, { '.git/HEAD': '', '.gitignore': 'a/b/*.x\n', 'a/b/c.x': '', 'a/b/d': '' })
  assert.deepEqual(list(`${folder}/a`), ['b/d'])
  assert.deepEqual(list(`${folder}/a/b`), ['d'])
})

test('Ignoring reads no ignore file that is a device, or larger than one', (t) => {
  const folder = scratch(t, { a: '' })
  symlinkSync('/dev/zero', `${folder}/.gitignore`)
  writeFileSync(`${folder}/.ignore`, `a\n${' '.repeat(1 << 21)}`)
  assert.deepEqual(list(folder), ['.ignore', 'a'])
})

test(
  'a walk says which folder it could not read',
  { skip: process.getuid?.() === 0 && 'root reads everything' },
  async (t) => {
    const folder = scratch(t, { 'a/b': token(), c: token() })
    mkdirSync(`${folder}/closed`, { mode: 0 })
    assert.deepEqual(gaps(await look(folder)), ['closed unreadable'])
  },
)

test('a walk names what cannot be opened by its name', { skip: process.platform !== 'linux' }, async (t) => {
  const folder = scratch(t)
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/a`), Buffer.from([0xff, 0xfe])]), token())
  assert.deepEqual(gaps(await look(folder)), ['a\ufffd\ufffd unreadable'])
})
