// The house as a whole: the tables agree with the tree, and the tree with the docs.
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { floors, permissions, programs, type Floor } from '../floors.ts'

const rooms = Object.entries<Floor>(floors)
const { imports } = JSON.parse(readFileSync('package.json', 'utf8')) as { imports: Record<string, string> }

/** Height of a room: ground, engines, edges, then programs and api. */
function levelOf({ at }: Floor): number {
  const level = ['base', 'engines', 'edges'].findIndex((floor) => at.startsWith(`src/${floor}`))
  return level === -1 ? 3 : level
}

test('floors name every folder that holds source', () => {
  const folders = globSync('src/**/*.ts').map((file) => file.replaceAll('\\', '/').replace(/\/[^/]*$/, ''))
  const known = rooms.map(([, { at }]) => at)
  assert.deepEqual(
    [...new Set(folders)].filter(
      (folder) => !known.some((at) => folder === at || folder.startsWith(`${at}/`)),
    ),
    [],
  )
})

test('floors lead down only; no edge but os is named by another, and no program by anyone', () => {
  const bad = rooms.flatMap(([room, floor]) =>
    floor.from
      .filter((door) => {
        const below = Object.hasOwn(floors, door) ? levelOf(floors[door as keyof typeof floors]) : Infinity
        return below >= levelOf(floor) && !(door === 'os' && below === levelOf(floor))
      })
      .map((door) => `${room} -> ${door}`),
  )
  assert.deepEqual(bad, [])
})

test('floors give no engine the network, the disk or another process', () => {
  const engines = rooms.filter(([, floor]) => levelOf(floor) < 2)
  assert.ok(engines.every(([, { isPure }]) => isPure))
  const node = new Set(engines.flatMap(([, floor]) => floor.node))
  assert.deepEqual(node.difference(new Set(['crypto', 'stream', 'zlib'])), new Set())
})

test('floors let only os use koffi, and only keystore the system keychain', () => {
  const users = ['koffi', '@napi-rs/keyring'].map((name) =>
    rooms.flatMap(([room, { npm }]) => (npm.includes(name) ? [room] : [])),
  )
  assert.deepEqual(users, [['os'], ['keystore']])
})

test('doors of package.json are the rooms below the programs, by the same names', () => {
  const below = rooms.filter(([, floor]) => levelOf(floor) < 3)
  assert.deepEqual(
    new Map(Object.entries(imports)),
    new Map(below.map(([room, { at }]) => [`#${room}`, `./${at}/index.ts`])),
  )
})

test('programs are rooms of their own', () => {
  for (const [program, main] of Object.entries(programs)) {
    assert.equal(main, `${floors[program as keyof typeof programs].at}/main.ts`)
  }
})

test('permissions let nothing that reads hostile input write, spawn, load native code or, the reader, connect', () => {
  assert.deepEqual(permissions.reader, ['--permission', '--allow-fs-read=*'])
  assert.deepEqual(permissions.console, ['--permission', '--allow-fs-read=*', '--allow-net'])
})

test('threats of docs/threats.md and files of test/attacks agree', () => {
  const page = existsSync('docs/threats.md') ? readFileSync('docs/threats.md', 'utf8') : ''
  const threats = page.matchAll(/^## (T\d\d) /gm).map(([, id]) => id)
  const tests = globSync('test/attacks/*.test.ts').map(
    (file) => /^(T\d\d)-/.exec(file.replace(/^.*[\\/]/, ''))?.[1] ?? file,
  )
  assert.deepEqual(new Set(tests), new Set(threats))
})

test('threats have one id each', () => {
  const page = existsSync('docs/threats.md') ? readFileSync('docs/threats.md', 'utf8') : ''
  const ids = [...page.matchAll(/^## (T\d\d) /gm)].map(([, id]) => id)
  assert.deepEqual(ids, [...new Set(ids)])
})
