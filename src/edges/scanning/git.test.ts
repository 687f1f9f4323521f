// Real repositories, and hostile ones: what is staged, what ever was, and nothing that a repository wants to run.
import assert from 'node:assert/strict'
import { chmodSync, existsSync, rmSync, symlinkSync } from 'node:fs'
import { test, type TestContext } from 'node:test'
import { Fault } from '#base'
import { strToU8, zipSync } from 'fflate'
import { gaps, git, look, places, put, scratch, token } from './fixture.test.ts'

function repository(t: TestContext): string {
  const folder = scratch(t)
  git(folder, 'init', '-q', '-b', 'main')
  return folder
}

function commit(folder: string, message = 'm'): string {
  git(folder, 'add', '-A')
  git(folder, 'commit', '-q', '-m', message, '--no-verify')
  return git(folder, 'rev-parse', 'HEAD')
}

test('stagedFiles() of a first commit are all files', async (t) => {
  const folder = repository(t)
  put(folder, 'a', `x ${token()}\n`)
  put(folder, 'unstaged', `x ${token(1)}\n`)
  git(folder, 'add', 'a')
  const result = await look(folder, { of: 'staged', paths: [] })
  assert.deepEqual(places(result), ['a:1:3 github-token'])
  assert.equal(result.files, 1)
})

test('stagedFiles() tell new lines only, as the index has them', async (t) => {
  const folder = repository(t)
  put(folder, 'a', `old ${token(1)}\nsame\n`)
  put(folder, 'gone', 'x')
  put(folder, 'mode.sh', `old ${token(5)}`)
  put(folder, 'moved', `old ${token(6)}`)
  commit(folder)
  put(folder, 'a', `first\nold ${token(1)}\nsame\nnew ${token(2)}\n`)
  put(folder, 'dir/it"s\n+++ b/é', `${token(3)}\n`)
  chmodSync(`${folder}/mode.sh`, 0o755)
  rmSync(`${folder}/gone`)
  rmSync(`${folder}/moved`)
  symlinkSync(token(4), `${folder}/moved`)
  symlinkSync(token(4), `${folder}/link`)
  git(folder, 'add', '-A')
  put(folder, 'a', `work ${token(7)}\n`)
  const result = await look(folder, { of: 'staged', paths: [] })
  assert.deepEqual(places(result), ['a:4:5 github-token', 'dir/it"s\n+++ b/é:1:1 github-token'])
  assert.deepEqual(places(await look(folder, { of: 'staged', paths: ['a'] })), ['a:4:5 github-token'])
  assert.deepEqual(places(await look(`${folder}/dir`, { of: 'staged', paths: [] })).length, 2)
})

test('stagedFiles() look into archives and take in what became a file', async (t) => {
  const folder = repository(t)
  put(folder, 'a.zip', zipSync({ a: strToU8('plain') }))
  symlinkSync('a.zip', `${folder}/b`)
  commit(folder)
  put(folder, 'a.zip', zipSync({ a: strToU8(`x ${token()}`) }))
  rmSync(`${folder}/b`)
  put(folder, 'b', token(1))
  put(folder, 'c.bin', Buffer.concat([Buffer.from([0, 255, 0, 10]), Buffer.from(token(2))]))
  git(folder, 'add', '-A')
  const result = await look(folder, { of: 'staged', paths: [] })
  assert.deepEqual(places(result), [
    'a.zip!a:1:3 github-token',
    'b:1:1 github-token',
    'c.bin:2:1 github-token',
  ])
})

test('stagedFiles() leave out what .keyreeveignore names', async (t) => {
  const folder = repository(t)
  put(folder, '.keyreeveignore', 'fake/\n')
  put(folder, 'fake/deep/a', token())
  put(folder, 'b', token(1))
  git(folder, 'add', '-A')
  assert.deepEqual(places(await look(folder, { of: 'staged', paths: [] })), ['b:1:1 github-token'])
})

test('pastFiles() find what was removed, on every branch, with the commit that brought it', async (t) => {
  const folder = repository(t)
  put(folder, 'a', `x ${token(1)}\n`)
  const first = commit(folder)
  put(folder, 'a', `x ${token(1)}\nmore\n`)
  commit(folder)
  put(folder, 'a', 'clean\n')
  commit(folder)
  git(folder, 'checkout', '-q', '-b', 'other')
  put(folder, 'dir/b', `y ${token(2)}`)
  const second = commit(folder)
  git(folder, 'checkout', '-q', 'main')
  put(folder, 'c', 'c')
  commit(folder)
  git(folder, 'merge', '-q', '--no-commit', '--no-ff', 'other')
  put(folder, 'evil', `only in the merge ${token(3)}`)
  const merge = commit(folder)
  const result = await look(folder, { of: 'history', paths: [] })
  assert.deepEqual(places(result), ['a:1:3 github-token', 'dir/b:1:3 github-token', 'evil:1:19 github-token'])
  assert.deepEqual(
    result.findings.map((finding) => finding.commit),
    [first, second, merge],
  )
  assert.equal(result.files, 6)
  assert.deepEqual(places(await look(folder, { of: 'history', paths: ['dir'] })), ['dir/b:1:3 github-token'])
})

test('pastFiles() take a path for one that looks like a commit or a change', async (t) => {
  const folder = repository(t)
  const odd = ['a'.repeat(40), ':100644 100644 x y M', '-p', '--exec=x', 'it\nself']
  for (const [index, name] of odd.entries()) put(folder, name, `${token(index)} ${index}`)
  commit(folder)
  const result = await look(folder, { of: 'history', paths: [] })
  assert.deepEqual(new Set(result.findings.map(({ path }) => path)), new Set(odd))
})

test('pastFiles() of a repository that lost a version say so', async (t) => {
  const folder = repository(t)
  put(folder, 'a', `x ${token(1)}\n`)
  commit(folder)
  const id = git(folder, 'rev-parse', 'HEAD:a')
  rmSync(`${folder}/.git/objects/${id.slice(0, 2)}/${id.slice(2)}`, { force: true })
  assert.deepEqual(gaps(await look(folder, { of: 'history', paths: [] })), ['a unreadable'])
})

test('pastFiles() read a version that is too large to hold as it flows', async (t) => {
  const folder = repository(t)
  put(folder, 'a', `${'words\n'.repeat(1000)}${token()}\n`)
  put(folder, 'b.zip', zipSync({ a: strToU8(token(1)), b: new Uint8Array(3000) }, { level: 0 }))
  commit(folder)
  const result = await look(folder, { of: 'history', paths: [], limits: { held: 1000 } })
  assert.ok(places(result).includes('a:1001:1 github-token'))
  assert.deepEqual(gaps(result), ['b.zip too-large'])
})

test('git starts nothing that a repository names, whatever the environment says', async (t) => {
  const folder = repository(t)
  put(folder, 'a.x', `x ${token()}\n`)
  commit(folder)
  put(folder, 'a.x', `x ${token()}\ny ${token(1)}\n`)
  put(folder, '.gitattributes', '*.x diff=evil filter=evil\n')
  git(folder, 'add', '-A')
  const trap = `touch ${folder}/sprung; cat`
  for (const key of [
    'core.fsmonitor',
    'diff.external',
    'diff.evil.command',
    'diff.evil.textconv',
    'core.pager',
    'core.sshCommand',
    'gpg.program',
    'filter.evil.clean',
    'filter.evil.smudge',
    'core.editor',
  ]) {
    git(folder, 'config', key, trap)
  }
  git(folder, 'config', 'log.showSignature', 'true')
  git(folder, 'config', 'extensions.partialClone', 'origin')
  git(folder, 'config', 'remote.origin.url', `ext::sh -c "${trap}"`)
  git(folder, 'config', 'remote.origin.promisor', 'true')
  git(folder, 'config', 'protocol.ext.allow', 'always')
  const env = {
    ...process.env,
    GIT_EXTERNAL_DIFF: trap,
    GIT_SSH_COMMAND: trap,
    GIT_PAGER: trap,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.fsmonitor',
    GIT_CONFIG_VALUE_0: trap,
  }
  rmSync(`${folder}/sprung`, { force: true })
  assert.deepEqual(places(await look(folder, { of: 'staged', paths: [], env })), ['a.x:2:3 github-token'])
  const id = git(folder, 'rev-parse', 'HEAD:a.x')
  rmSync(`${folder}/.git/objects/${id.slice(0, 2)}/${id.slice(2)}`, { force: true })
  rmSync(`${folder}/sprung`, { force: true })
  assert.deepEqual(gaps(await look(folder, { of: 'history', paths: [], env })), ['a.x unreadable'])
  assert.equal(existsSync(`${folder}/sprung`), false)
})

test('git is not looked for in the folder that is scanned', async (t) => {
  const folder = repository(t)
  put(folder, 'git', `#!/bin/sh\ntouch ${folder}/sprung\n`)
  chmodSync(`${folder}/git`, 0o755)
  const env = { ...process.env, PATH: `.:${process.env['PATH']}` }
  assert.equal((await look(folder, { of: 'staged', paths: [], env })).files, 0)
  assert.equal(existsSync(`${folder}/sprung`), false)
  const none = look(folder, { of: 'staged', paths: [], env: { PATH: folder + '/nowhere' } })
  await assert.rejects(none, (thrown) => thrown instanceof Fault && thrown.code === 'git-failed')
})

test('git that finds no repository ends the scan with its fault', async (t) => {
  for (const scope of ['staged', 'history'] as const) {
    await assert.rejects(
      look(scratch(t), { of: scope, paths: [] }),
      (thrown) => thrown instanceof Fault && thrown.code === 'git-failed',
    )
  }
})

test('a hook sees the index that git means', async (t) => {
  const folder = repository(t)
  put(folder, 'a', 'plain\n')
  commit(folder)
  put(folder, 'a', `${token()}\n`)
  put(
    folder,
    '.git/hooks/pre-commit',
    '#!/bin/sh\nprintf %s "$GIT_INDEX_FILE" > "$PWD/.git/index-name"; cp "$GIT_INDEX_FILE" "$PWD/.git/kept-index"\n',
  )
  chmodSync(`${folder}/.git/hooks/pre-commit`, 0o755)
  git(folder, 'commit', '-q', '-a', '-m', 'm')
  git(folder, 'reset', '-q', '--soft', 'HEAD~1')
  git(folder, 'reset', '-q')
  assert.deepEqual(places(await look(folder, { of: 'staged', paths: [] })), [])
  const env = { ...process.env, GIT_INDEX_FILE: '.git/kept-index' }
  assert.deepEqual(places(await look(folder, { of: 'staged', paths: [], env })), ['a:1:1 github-token'])
})
