import assert from 'node:assert/strict'
import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { Fault } from '#base'
import { checkedSocket, connect, withBroker } from './connection.ts'
import { fakeBroker, machineAt, makeHome } from './fake-broker.test.ts'

const code = (expected: string) => (thrown: unknown) => thrown instanceof Fault && thrown.code === expected

test('connect() says hello in its role and gives what the broker answers', async () => {
  const broker = await fakeBroker()
  const connection = await connect(machineAt(broker.home), { role: 'shim', assistant: 'claude' })
  assert.deepEqual(connection.greeting.phase, 'ready')
  assert.deepEqual(broker.greetings, [{ v: 1, role: 'shim', assistant: 'claude' }])
  connection.close()
  await broker.close()
})

test('connect() says not-running where no home, no socket or nobody behind it is', async () => {
  await assert.rejects(connect(machineAt('/nonexistent/keyreeve'), { role: 'cli' }), code('not-running'))
  const home = makeHome()
  await assert.rejects(connect(machineAt(home), { role: 'cli' }), code('not-running'))
  const stale = createServer()
  await new Promise<void>((resolve) => stale.listen(`${home}/run/s`, resolve))
  const { renameSync } = await import('node:fs')
  renameSync(`${home}/run/s`, `${home}/run/broker.sock`)
  await new Promise((resolve) => stale.close(resolve))
  await assert.rejects(connect(machineAt(home), { role: 'cli' }), code('not-running'))
  rmSync(home, { recursive: true })
})

test('connect() sends nothing where others may enter the folder of the socket', async () => {
  const broker = await fakeBroker()
  chmodSync(`${broker.home}/run`, 0o770)
  await assert.rejects(connect(machineAt(broker.home), { role: 'cli' }), code('home-insecure'))
  assert.equal(broker.channels.length, 0)
  await broker.close()
})

test('connect() sends nothing to the socket or the folder of another user', async () => {
  const broker = await fakeBroker()
  const stranger = machineAt(broker.home, { uid: 4242 })
  await assert.rejects(connect(stranger, { role: 'cli' }), code('home-insecure'))
  assert.equal(broker.channels.length, 0)
  await broker.close()
})

test('connect() refuses a file or a link in the place of the socket', () => {
  const home = makeHome()
  const path = `${home}/run/broker.sock`
  writeFileSync(path, '')
  assert.throws(() => checkedSocket(machineAt(home)), code('home-insecure'))
  rmSync(path)
  symlinkSync('/run/systemd/notify', path)
  assert.throws(() => checkedSocket(machineAt(home)), code('home-insecure'))
  rmSync(home, { recursive: true })
})

test('connect() follows run/socket-path, and checks that folder as well', async () => {
  const broker = await fakeBroker()
  const home = makeHome()
  writeFileSync(`${home}/run/socket-path`, `${broker.home}/run/broker.sock\n`)
  assert.equal(checkedSocket(machineAt(home)), `${broker.home}/run/broker.sock`)
  chmodSync(`${broker.home}/run`, 0o755)
  assert.throws(() => checkedSocket(machineAt(home)), code('home-insecure'))
  rmSync(home, { recursive: true })
  await broker.close()
})

test('connect() refuses to guess where owners cannot be told apart', () => {
  assert.throws(() => checkedSocket(machineAt('/tmp', { uid: null })), code('unsupported-here'))
})

test('withBroker() passes the fault of the broker on and hangs up', async () => {
  const broker = await fakeBroker({
    'grant.revoke': () => {
      throw new Fault('grant-unknown', 'no such grant')
    },
  })
  const asked = withBroker(machineAt(broker.home), (connection) =>
    connection.ask('grant.revoke', { id: 'x' }),
  )
  await assert.rejects(asked, code('grant-unknown'))
  await broker.channels[0]?.closed
  await broker.close()
})
