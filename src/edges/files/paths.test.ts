// Runs the table of vectors/paths: trees, the paths asked in them, and what each must give.
import { Fault } from '#base'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { after, describe, it } from 'node:test'
import { openBeneath, openFolderBeneath } from './index.ts'

interface Case {
  readonly path: string
  readonly gives?: string
  readonly is?: string
  readonly fault?: string
}

interface Vectors {
  readonly about: string
  readonly layout: readonly (readonly [kind: string, path: string, what?: string])[]
  readonly files: readonly Case[]
  readonly folders: readonly Case[]
}

const folder = new URL('../../../vectors/paths/', import.meta.url)
const isRoot = process.getuid?.() === 0

const tables = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((file) => ({ file, vectors: read(file) }))

it('openBeneath() and openFolderBeneath() are asked at least 900 different paths', () => {
  const asked = tables.flatMap(({ file, vectors }) => [
    ...vectors.files.map((one) => keyOf(file, 'file', one)),
    ...vectors.folders.map((one) => keyOf(file, 'folder', one)),
  ])
  assert.deepEqual(
    asked.filter((key, at) => asked.indexOf(key) !== at),
    [],
  )
  assert.ok(asked.length >= 900, `${asked.length}`)
})

for (const { file, vectors } of tables) {
  describe(`vectors/paths/${file}: ${vectors.about}`, () => {
    const base = mkdtempSync(`${tmpdir()}/keyreeve-paths-`)
    const servers = vectors.layout.map((step) => make(base, step))
    const devices = new Set(vectors.layout.filter(([kind]) => kind === 'device').map(([, path]) => path))
    const skip = (path: string): string | false =>
      !isRoot && devices.has(`root/${path.split('/')[0]}`) && 'devices need root'
    after(() => {
      for (const server of servers) server?.close()
      rmSync(base, { recursive: true })
    })
    for (const each of vectors.files) {
      it(`openBeneath() on ${named(each)}`, { skip: skip(each.path) }, () => {
        assert.equal(
          outcome(() => readAll(`${base}/root`, each.path)),
          each.fault ?? each.gives,
        )
      })
    }
    for (const each of vectors.folders) {
      it(`openFolderBeneath() on ${named(each)}`, { skip: skip(each.path) }, () => {
        const is = each.is === '.' ? '/root' : `/root/${each.is}`
        assert.equal(
          outcome(() => pathOf(base, each.path)),
          each.fault ?? is,
        )
      })
    }
  })
}

function read(file: string): Vectors {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
}

/** What a path says by itself is the same in every tree, so that two trees make no two cases of it. */
function keyOf(file: string, kind: string, { path, fault }: Case): string {
  return `${kind} ${JSON.stringify(path)} in ${fault === 'path-invalid' ? 'any tree' : file}`
}

function readAll(root: string, path: string): string {
  using file = openBeneath(root, path)
  return readFileSync(file.fd, 'utf8')
}

function pathOf(base: string, path: string): string {
  using found = openFolderBeneath(`${base}/root`, path)
  return found.path.slice(base.length)
}

function outcome(open: () => string): string {
  try {
    return open()
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.code
    throw thrown
  }
}

function named({ path, gives, is, fault }: Case): string {
  const text = path.length > 60 ? `${path.slice(0, 40)}… (${path.length})` : path
  return `${JSON.stringify(text)} gives ${JSON.stringify(fault ?? gives ?? is)}`
}

function make(base: string, [kind, relative, what = '']: Vectors['layout'][number]) {
  const path = `${base}/${relative}`
  mkdirSync(kind === 'folder' ? path : dirname(path), { recursive: true })
  if (kind === 'file') writeFileSync(path, what)
  if (kind === 'link') symlinkSync(what, path)
  if (kind === 'hard') linkSync(`${base}/${what}`, path)
  if (kind === 'fifo') execFileSync('mkfifo', [path])
  if (kind === 'device' && isRoot) execFileSync('mknod', [path, ...what.split(' ')])
  return kind === 'socket' ? createServer().listen(path).unref() : undefined
}
