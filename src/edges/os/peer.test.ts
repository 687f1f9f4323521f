import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { describe, after, before, it } from 'node:test'
import { peerOf } from './index.ts'
import { nativeCalls } from './native.ts'
import { askSs, pidAtOtherEnd } from './peer.ts'

const base = mkdtempSync(`${tmpdir()}/keyreeve-peer-`)

describe('a connected process', () => {
  let server: Server
  let client: ChildProcess
  let socket: Socket

  before(async () => {
    server = createServer().listen(`${base}/a b.sock`)
    await once(server, 'listening')
    const script = `require('node:net').connect(${JSON.stringify(`${base}/a b.sock`)})`
    client = spawn(process.execPath, ['-e', script], { stdio: 'inherit' })
    socket = await new Promise((resolve) => server.once('connection', resolve))
  })
  after(() => {
    client.kill('SIGKILL')
    socket.destroy()
    server.close()
    rmSync(base, { recursive: true })
  })

  it('peerOf() gives its pid, user and group', async () => {
    assert.deepEqual(await peerOf(socket), {
      pid: client.pid,
      uid: process.geteuid?.(),
      gid: process.getegid?.(),
    })
  })

  it(
    'askSs() gives the same without koffi',
    { skip: nativeCalls() === null && 'peerOf() did so already' },
    async () => {
      assert.deepEqual(await askSs(descriptorOf(socket)), await peerOf(socket))
    },
  )
})

it('peerOf() gives null for a socket that is closed or no socket at all', async () => {
  const socket = connect(`${tmpdir()}/no such socket`)
  await once(socket, 'error')
  assert.equal(await peerOf(socket), null)
  assert.equal(await peerOf(new Socket()), null)
  // A file, whatever our own stdin is: some runners hand a socket in.
  const file = openSync('/dev/null', 'r')
  assert.equal(await peerOf({ _handle: { fd: file } }), null)
  closeSync(file)
})

const ours = 'u_str ESTAB 0      0      /tmp/x/s.sock 45605 * 45604 users:(("node",pid=10,fd=21))'
const theirs = 'u_str ESTAB 0      0                  * 45604 * 45605 users:(("cursor",pid=77,fd=20))'

it('pidAtOtherEnd() finds the one process that holds the other end', () => {
  assert.equal(pidAtOtherEnd(`${theirs}\n${ours}\n`, '45605'), 77)
  assert.equal(pidAtOtherEnd(`${ours}\n`, '45605'), null)
  assert.equal(pidAtOtherEnd(`${ours}\n${theirs.replace(/users.*/, '')}\n`, '45605'), null)
  assert.equal(pidAtOtherEnd('', '45605'), null)
})

it('pidAtOtherEnd() does not guess where names, paths or shared descriptors make it uncertain', () => {
  const named = theirs.replace('cursor', 'a",pid=1,fd=1')
  const shared = theirs.replace('))', '),("other",pid=78,fd=3))')
  assert.equal(pidAtOtherEnd(`${ours}\n${named}\n`, '45605'), null)
  assert.equal(pidAtOtherEnd(`${ours}\n${shared}\n`, '45605'), null)
  // A socket whose path holds a line feed and an imitated line.
  const planted = theirs.replace('pid=77', 'pid=1')
  assert.equal(pidAtOtherEnd(`${ours}\n${planted}\n${theirs}\n`, '45605'), null)
  const plantedOurs = ours.replace('45604', '45000')
  assert.equal(pidAtOtherEnd(`${plantedOurs}\n${ours}\n${theirs}\n`, '45605'), null)
})

function descriptorOf(socket: object): number {
  const handle = '_handle' in socket ? socket._handle : null
  assert.ok(typeof handle === 'object' && handle !== null && 'fd' in handle && typeof handle.fd === 'number')
  return handle.fd
}
