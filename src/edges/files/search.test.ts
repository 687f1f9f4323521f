import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { after, it } from 'node:test'
import fc from 'fast-check'
import { listFolder, withoutIgnored } from './list.ts'
import { openFolderBeneath } from './open.ts'
import { searchFolder, type SearchOptions } from './search.ts'

const base = mkdtempSync(`${tmpdir()}/keyreeve-search-`)
after(() => rmSync(base, { recursive: true }))

const usual: SearchOptions = { after: null, withIgnored: false }

function make(...files: readonly string[]): void {
  for (const file of files) {
    mkdirSync(dirname(`${base}/${file}`), { recursive: true })
    writeFileSync(`${base}/${file}`, '12345')
  }
}

async function search(folder: string, pattern: string, options: Partial<SearchOptions> = {}) {
  using opened = openFolderBeneath(base, folder)
  return await searchFolder(opened, pattern, { ...usual, ...options })
}

async function namesOf(
  folder: string,
  pattern: string,
  options: Partial<SearchOptions> = {},
): Promise<string[]> {
  return (await search(folder, pattern, options)).entries.map(({ name }) => name)
}

make('plain/a.ts', 'plain/B.TS', 'plain/sub/c.ts', 'plain/sub/deep/a.md', 'plain/sub.txt')
symlinkSync('/etc', `${base}/plain/etc`)

it('searchFolder() takes a part of a path, a pattern for names, and one for paths', async () => {
  assert.deepEqual(await namesOf('plain', '.ts'), ['B.TS', 'a.ts', 'sub/c.ts'])
  assert.deepEqual(await namesOf('plain', 'sub/'), ['sub/c.ts', 'sub/deep', 'sub/deep/a.md'])
  assert.deepEqual(await namesOf('plain', '*.ts'), ['a.ts', 'sub/c.ts'])
  assert.deepEqual(await namesOf('plain', 'sub/*'), ['sub/c.ts', 'sub/deep'])
  assert.deepEqual(await namesOf('plain', '**/a.*'), ['a.ts', 'sub/deep/a.md'])
  assert.deepEqual(await namesOf('plain', 'sub/**/*.md'), ['sub/deep/a.md'])
})

it('searchFolder() shows a link and does not follow it', async () => {
  const { entries } = await search('plain', 'etc')
  assert.deepEqual(entries, [{ name: 'etc', kind: 'link', size: 0 }])
})

it('searchFolder() goes on after a path, and misses nothing and repeats nothing', async () => {
  const all = await namesOf('plain', '*')
  for (const [at, name] of all.entries())
    assert.deepEqual(await namesOf('plain', '*', { after: name }), all.slice(at + 1))
})

it('searchFolder() stops after 500 and says where to go on', async () => {
  make(...Array.from({ length: 505 }, (_, at) => `many/${String(at).padStart(3, '0')}`))
  const { entries, next } = await search('many', '*')
  assert.deepEqual([entries.length, next], [500, '499'])
  assert.deepEqual(await namesOf('many', '*', { after: next }), ['500', '501', '502', '503', '504'])
})

it('searchFolder() ends when nobody waits any more', async () => {
  make(...Array.from({ length: 20 }, (_, at) => `broad/${at}/file`))
  const stop = new AbortController()
  const found = search('broad', '*', { signal: stop.signal })
  stop.abort(new Error('stopped'))
  await assert.rejects(found, { message: 'stopped' })
})

it('searchFolder() leaves out what git is told to ignore, unless it is asked for', async () => {
  make('repo/.git/HEAD', 'repo/src/a.log', 'repo/src/b.ts', 'repo/node_modules/x/a.log', 'repo/.env')
  writeFileSync(`${base}/repo/.gitignore`, 'node_modules/\n*.log\n.env\n')
  const found = await search('repo', '*')
  assert.deepEqual(
    [found.entries.map(({ name }) => name), found.ignored],
    [['.gitignore', 'src', 'src/b.ts'], 4],
  )
  assert.deepEqual(await namesOf('repo/src', '*'), ['b.ts'])
  assert.deepEqual(await namesOf('repo/node_modules', '*'), ['x', 'x/a.log'])
  assert.ok((await namesOf('repo', '*.log', { withIgnored: true })).includes('src/a.log'))
})

it('withoutIgnored() does the same for one folder', async () => {
  using opened = openFolderBeneath(base, 'repo')
  const { entries, ignored } = withoutIgnored(opened, (await listFolder(opened.fd)).entries)
  assert.deepEqual([entries.map(({ name }) => name), ignored], [['.gitignore', 'src'], 3])
})

it('searchFolder() ignores what git ignores', async () => {
  const rule = fc.constantFrom(
    '*.a',
    '/x',
    'x/',
    '!x',
    'x/*.a',
    'x/**',
    '**/y',
    'x/**/y.a',
    '!y.a',
    '[xy].a',
    '\\!y',
    '?',
    '#c',
    'y ',
    '*',
    '!*/',
    'x/y/',
    '[!x]*',
  )
  const files = ['x/y.a', 'x/y/x.a', 'x.a', 'y', 'y.a', 'z/x', 'z/y.a', '!y', '#c', 'z/x.a', 'x/b']
  let run = 0
  const property = fc.asyncProperty(
    fc.array(rule, { maxLength: 5 }),
    fc.array(rule, { maxLength: 2 }),
    async (rules, inner) => {
      const folder = `git/${run++}`
      make(...files.map((file) => `${folder}/${file}`))
      writeFileSync(`${base}/${folder}/.gitignore`, rules.join('\n'))
      writeFileSync(`${base}/${folder}/z/.gitignore`, inner.join('\n'))
      const git = (...args: string[]): string =>
        execFileSync('git', ['-C', `${base}/${folder}`, ...args], { encoding: 'utf8' })
      git('init', '-q')
      const expected = git('ls-files', '-z', '--others', '--exclude-standard')
        .split('\0')
        .filter((name) => name !== '')
      const found = await search(folder, '*')
      const names = found.entries.filter(({ kind }) => kind === 'file').map(({ name }) => name)
      assert.deepEqual(names.toSorted(), expected.toSorted(), JSON.stringify([rules, inner]))
    },
  )
  await fc.assert(property, { numRuns: 8 })
})
