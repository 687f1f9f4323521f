// T10: another user, another broker.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { openTrial, type Trial } from '../../tools/trial.ts'

const nobody = 65_534
const isRoot = process.getuid?.() === 0

describe('T10: another user, another broker', () => {
  let trial: Trial

  before(async () => {
    trial = await openTrial()
  })

  after(() => trial.close())

  function asNobody(script: string): string {
    const args = [
      '--reuid',
      String(nobody),
      '--regid',
      String(nobody),
      '--clear-groups',
      process.execPath,
      '-e',
      script,
    ]
    return spawnSync('setpriv', args, { encoding: 'utf8', env: {} }).stdout.trim()
  }

  const connect = (path: string) =>
    `require('net').connect(${JSON.stringify(path)}).on('error',e=>console.log(e.code)).on('connect',function(){this.on('close',()=>console.log('closed')).resume()})`

  test(
    'T10: another user cannot reach the socket',
    { skip: !isRoot && 'needs root to become another user' },
    () => {
      assert.equal(asNobody(connect(`${trial.home}/run/broker.sock`)), 'EACCES')
    },
  )

  test(
    'T10: one who reaches it all the same is refused by its credentials',
    { skip: !isRoot && 'needs root' },
    () => {
      chmodSync(trial.home, 0o711)
      chmodSync(`${trial.home}/run`, 0o711)
      chmodSync(`${trial.home}/run/broker.sock`, 0o666)
      try {
        assert.equal(asNobody(connect(`${trial.home}/run/broker.sock`)), 'closed')
      } finally {
        chmodSync(`${trial.home}/run/broker.sock`, 0o600)
        chmodSync(`${trial.home}/run`, 0o700)
        chmodSync(trial.home, 0o700)
      }
    },
  )

  test('T10: open folders are made private at the next start, and doctor says so', async () => {
    await trial.run(['stop'])
    chmodSync(trial.home, 0o755)
    assert.equal((await trial.run(['start'])).code, 0)
    assert.equal(statSync(trial.home).mode & 0o777, 0o700)
    const { stdout } = await trial.run(['doctor', '--json'])
    assert.match(stdout, /was open to others/)
  })

  test(
    'T10: a home that belongs to somebody else is refused',
    { skip: !isRoot && 'needs root' },
    async () => {
      const home = mkdtempSync(`${tmpdir()}/keyreeve-t10-`)
      mkdirSync(`${home}/run`)
      chownSync(home, nobody, nobody)
      try {
        const started = await trial.run(['start', '--json'], '', { ...trial.env, KEYREEVE_HOME: home })
        assert.equal((JSON.parse(started.stdout) as { error: { code: string } }).error.code, 'home-insecure')
      } finally {
        rmSync(home, { recursive: true, force: true })
      }
    },
  )

  test('T10: everything below the home is private', () => {
    for (const name of ['vault', 'journal', 'run', 'vault/header.json', 'run/broker.sock', 'vault-key']) {
      assert.equal(statSync(`${trial.home}/${name}`).mode & 0o077, 0, name)
    }
  })
})
