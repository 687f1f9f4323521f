import { placesOf } from '#wire'
import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { prepareHome } from './home.ts'

describe('prepareHome()', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(`${tmpdir()}/keyreeve-home-`)
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  function prepare(home = `${folder}/home`, env: Record<string, string> = {}) {
    const surroundings = { env: { ...env, KEYREEVE_HOME: home }, userFolder: folder, platform: 'linux' }
    return prepareHome(placesOf(surroundings), surroundings.env)
  }

  test('prepareHome() makes private folders and takes the home, until it is released', () => {
    const home = prepare()
    assert.equal(statSync(`${folder}/home/run`).mode & 0o777, 0o700)
    const message = `process ${process.pid} holds this home`
    assert.throws(() => prepare(), { code: 'already-running', message })
    home.release()
    prepare().release()
  })

  test('prepareHome() repairs a folder that is open to others and says so', () => {
    mkdirSync(`${folder}/home`)
    chmodSync(`${folder}/home`, 0o755)
    const { repairs, release } = prepare()
    assert.equal(statSync(`${folder}/home`).mode & 0o777, 0o700)
    assert.match(repairs.join(), /was open to others/)
    release()
  })

  test('prepareHome() refuses a home that is a link or a file', () => {
    mkdirSync(`${folder}/real`)
    symlinkSync(`${folder}/real`, `${folder}/home`)
    assert.throws(() => prepare(), { code: 'home-insecure' })
  })

  test('prepareHome() takes over the lock of a process that is gone, and removes the socket it left', () => {
    mkdirSync(`${folder}/home/run`, { recursive: true })
    writeFileSync(`${folder}/home/run/lock-999999999-1-00000000`, '')
    writeFileSync(`${folder}/home/run/broker.sock`, '')
    const { release } = prepare()
    assert.equal(existsSync(`${folder}/home/run/broker.sock`), false)
    release()
  })

  test('prepareHome() puts the socket elsewhere where its path would be too long, and records where', () => {
    const home = `${folder}/${'long-name/'.repeat(12)}home`
    const { socket, release } = prepare(home, { XDG_RUNTIME_DIR: folder })
    assert.ok(socket.length <= 100 && socket.startsWith(folder))
    assert.equal(readFileSync(`${home}/run/socket-path`, 'utf8'), socket)
    release()
  })
})
