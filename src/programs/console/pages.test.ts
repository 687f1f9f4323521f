// The files of the console are what was built, or there is no console.
import { Fault } from '#base'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { readPages } from './pages.ts'
import { sha256, startRig } from './rig.test.ts'

const html = '<!doctype html>'
describe('readPages()', () => {
  let folder = ''
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'keyreeve-pages-'))))
  afterEach(() => rmSync(folder, { recursive: true }))

  function write(files: Record<string, unknown>, name = 'index.html'): void {
    writeFileSync(join(folder, name), html)
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ source: 'x', files }))
  }

  function isUnavailable(thrown: unknown): boolean {
    return thrown instanceof Fault && thrown.code === 'console-unavailable'
  }

  test('readPages() gives the listed files under fixed paths, the page at /', () => {
    write({ 'index.html': sha256(html) })
    writeFileSync(join(folder, 'unlisted.js'), 'x')
    const pages = readPages(folder)
    assert.deepEqual([...pages.keys()], ['/'])
    assert.equal(pages.get('/')?.bytes.toString(), html)
  })

  test('readPages() refuses a file that differs from its hash', () => {
    for (const hash of [sha256('other'), '', 1, null, sha256(html).toUpperCase()]) {
      write({ 'index.html': hash })
      assert.throws(() => readPages(folder), isUnavailable)
    }
  })

  test('readPages() refuses a build without manifest, page, or a file that it lists', () => {
    assert.throws(() => readPages(folder), isUnavailable)
    write({})
    assert.throws(() => readPages(folder), isUnavailable)
    write({ 'index.html': sha256(html), 'app.js': sha256('x') })
    assert.throws(() => readPages(folder), isUnavailable)
    for (const text of ['', '[]', 'null', '{"files":null}', '{"files":1}']) {
      writeFileSync(join(folder, 'manifest.json'), text)
      assert.throws(() => readPages(folder), isUnavailable, text)
    }
  })

  test('readPages() refuses names that are never built, so that a manifest cannot lead elsewhere', () => {
    for (const name of ['../index.html', '/etc/passwd', 'a/b.js', 'app.wasm', 'app', '.html', 'app.js.map']) {
      write({ 'index.html': sha256(html), [name]: sha256(html) })
      assert.throws(() => readPages(folder), isUnavailable, name)
    }
  })

  test('runConsole() passes the fault of a torn build on to whoever asked it to serve, and ends', async () => {
    await assert.rejects(startRig({ readPages: () => readPages(folder) }), isUnavailable)
  })
})
