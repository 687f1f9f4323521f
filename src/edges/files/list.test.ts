import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, it } from 'node:test'
import { listFolder, type ListOptions } from './list.ts'
import { openFolderBeneath } from './open.ts'

const base = mkdtempSync(`${tmpdir()}/keyreeve-list-`)
after(() => rmSync(base, { recursive: true }))

async function list(folder: string, options: ListOptions = {}) {
  using opened = openFolderBeneath(base, folder)
  return await listFolder(opened.fd, options)
}

it('listFolder() shows what there is, sorted, links as links', async () => {
  mkdirSync(`${base}/mixed/sub`, { recursive: true })
  writeFileSync(`${base}/mixed/.hidden`, '12345')
  writeFileSync(`${base}/mixed/b\n`, '')
  symlinkSync('/etc', `${base}/mixed/a`)
  execFileSync('mkfifo', [`${base}/mixed/pipe`])
  // A name that is no Unicode cannot be asked for and is not shown.
  writeFileSync(Buffer.concat([Buffer.from(`${base}/mixed/`), Buffer.from([0xff])]), '')
  assert.deepEqual(await list('mixed'), {
    entries: [
      { name: '.hidden', kind: 'file', size: 5 },
      { name: 'a', kind: 'link', size: 0 },
      { name: 'b\n', kind: 'file', size: 0 },
      { name: 'pipe', kind: 'other', size: 0 },
      { name: 'sub', kind: 'folder', size: 0 },
    ],
    truncated: false,
  })
})

it('listFolder() keeps to the pattern', async () => {
  assert.deepEqual(
    (await list('mixed', { glob: '?i*' })).entries.map(({ name }) => name),
    ['pipe'],
  )
  assert.deepEqual((await list('mixed', { glob: 'none' })).entries, [])
})

it('listFolder() gives the first 5000 and says that there is more', async () => {
  mkdirSync(`${base}/many`)
  for (let count = 0; count < 5001; count++)
    writeFileSync(`${base}/many/${String(count).padStart(4, '0')}`, '')
  const { entries, truncated } = await list('many')
  assert.deepEqual(
    [entries.length, entries[0]?.name, entries.at(-1)?.name, truncated],
    [5000, '0000', '4999', true],
  )
  assert.equal((await list('many', { glob: '*1' })).truncated, false)
})

it('listFolder() ends when nobody waits any more, while it looks and while it lists', async () => {
  for (const turns of [0, 7]) {
    const stop = new AbortController()
    const listed = list('many', { signal: stop.signal })
    listed.catch(() => {})
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
    stop.abort(new Error('stopped'))
    await assert.rejects(listed, { message: 'stopped' })
  }
})

it('listFolder() refuses a descriptor that is no folder', async () => {
  await assert.rejects(listFolder(0), { code: 'path-unreadable' })
})
