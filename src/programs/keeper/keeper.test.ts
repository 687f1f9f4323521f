import { Fault, fromBase64url, hex, Secret, utf8, type FaultCode, type Random, machineClock } from '#base'
import { Channel, sealTo } from '#wire'
import assert from 'node:assert/strict'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { after, test } from 'node:test'

const random: Random = (length) => Uint8Array.from(randomBytes(length))
const clock = machineClock({ Date, performance, setTimeout })
const today = () => Math.floor(Date.now() / 86_400_000)

interface Running {
  readonly channel: Channel
  readonly child: ChildProcess
  readonly publicKey: string
  readonly ended: Promise<number | null>
  stop(): Promise<void>
}

function scratchHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'keyreeve-keeper-'))
  after(() => rmSync(home, { recursive: true, force: true }))
  return home
}

async function start(home: string, env: Record<string, string> = {}): Promise<Running> {
  const main = new URL('main.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [main, '--vault', join(home, 'vault')], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    env: { HOME: home, ...env },
  })
  after(() => child.kill('SIGKILL'))
  const pipe = child.stdio[3]
  assert.ok(pipe instanceof Duplex)
  const channel = new Channel({
    stream: pipe,
    self: 'broker',
    peer: 'keeper',
    handlers: {},
    clock,
    phase: alwaysReady,
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const { publicKey } = await channel.ask('keeper.status', {})
  const stop = async (): Promise<void> => {
    channel.close()
    await ended
  }
  return { channel, child, publicKey, ended, stop }
}

function alwaysReady(): 'ready' {
  return 'ready'
}

function sealed(keeper: Running, text: string, purpose: string): string {
  return sealTo(keeper.publicKey, Secret.own(utf8(text)), purpose, random)
}

function set(keeper: Running, name: string, value: string) {
  return keeper.channel.ask('secret.set', { name, sealed: sealed(keeper, value, `secret.set\0${name}`) })
}

function unlock(keeper: Running, passphrase: string) {
  return keeper.channel.ask('keeper.unlock', { sealed: sealed(keeper, passphrase, 'vault.unlock') })
}

async function refused(code: FaultCode, act: () => Promise<unknown>): Promise<void> {
  await assert.rejects(
    act,
    (thrown) => thrown instanceof Fault && assert.equal(thrown.code, code) === undefined,
  )
}

test('keeper makes a vault with a file key where nothing better is, and names it', async () => {
  const home = scratchHome()
  const keeper = await start(home)
  const before = await keeper.channel.ask('keeper.status', {})
  assert.deepEqual(
    { ...before, publicKey: '' },
    { exists: false, unlocked: false, assurance: null, slots: [], secrets: null, publicKey: '' },
  )
  assert.ok(!existsSync(join(home, 'vault')))
  const { created, assurance, slot, journal } = await keeper.channel.ask('keeper.unlock', {})
  assert.deepEqual([created, assurance, slot.kind], [true, 'file', 'file'])
  assert.ok(slot.place.includes(join(home, 'vault-key')))
  assert.match(journal.origin, /^keyreeve\/[0-9a-f]{8}$/)
  assert.equal(statSync(join(home, 'vault')).mode & 0o777, 0o700)
  const status = await keeper.channel.ask('keeper.status', {})
  assert.deepEqual(
    [status.exists, status.unlocked, status.assurance, status.secrets],
    [true, true, 'file', 0],
  )
  assert.deepEqual(status.slots, [slot])
  await keeper.stop()
})

test('keeper hands out the same lasting keys at each unlock, and a new session', async () => {
  const home = scratchHome()
  const keeper = await start(home)
  const first = await keeper.channel.ask('keeper.unlock', {})
  const again = await keeper.channel.ask('keeper.unlock', {})
  await keeper.stop()
  const other = await start(home)
  const second = await other.channel.ask('keeper.unlock', {})
  await other.stop()
  assert.deepEqual([first.created, again.created, second.created], [true, false, false])
  for (const { journal, grantsKey } of [again, second]) {
    assert.deepEqual(journal.days, first.journal.days)
    assert.equal(journal.signingKey, first.journal.signingKey)
    assert.equal(grantsKey, first.grantsKey)
    assert.notEqual(journal.session, first.journal.session)
    assert.notEqual(journal.ratchet, first.journal.ratchet)
  }
  const der = Buffer.from(fromBase64url(first.journal.signingKey))
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  assert.equal(key.asymmetricKeyType, 'ed25519')
  assert.ok(verify(null, utf8('x'), createPublicKey(key), sign(null, utf8('x'), key)))
  assert.notEqual(other.publicKey, keeper.publicKey)
})

test('keeper makes day keys for today and tomorrow only', async () => {
  const keeper = await start(scratchHome())
  const { journal } = await keeper.channel.ask('keeper.unlock', {})
  const day = journal.days[0]?.day ?? 0
  assert.deepEqual(
    journal.days.map((key) => key.day),
    [day, day + 1],
  )
  const { days } = await keeper.channel.ask('keeper.days', { days: [day - 1, day, day + 1, day + 9, 0] })
  assert.deepEqual(days, journal.days)
  assert.ok(day === today() || day + 1 === today())
  await keeper.stop()
})

test('keeper sets, lists and removes secrets that come sealed for their name', async () => {
  const home = scratchHome()
  const keeper = await start(home)
  await refused('locked', () => set(keeper, 'A', 'x'))
  await keeper.channel.ask('keeper.unlock', {})
  const { name, version, bytes } = await set(keeper, 'B', 'value')
  assert.deepEqual([name, version, bytes], ['B', 1, 5])
  await set(keeper, 'A', 'x')
  assert.equal((await set(keeper, 'B', 'other value')).version, 2)
  const foreign = { name: 'B', sealed: sealed(keeper, 'x', 'secret.set\0A') }
  await refused('seal-invalid', () => keeper.channel.ask('secret.set', foreign))
  await refused('secret-name-invalid', () => set(keeper, 'a\u202eb', 'x'))
  await refused('secret-unknown', () => keeper.channel.ask('secret.remove', { name: 'C' }))
  await keeper.channel.ask('secret.remove', { name: 'A' })
  const { secrets } = await keeper.channel.ask('secret.list', {})
  assert.deepEqual(
    secrets.map((secret) => [secret.name, secret.version, secret.bytes]),
    [['B', 2, 11]],
  )
  assert.equal((await keeper.channel.ask('keeper.status', {})).secrets, 1)
  await keeper.stop()
})

test('keeper gives a table of known secrets that holds none of them', async () => {
  const keeper = await start(scratchHome())
  await keeper.channel.ask('keeper.unlock', {})
  const value = hex(random(20))
  await set(keeper, 'A', value)
  const { table } = await keeper.channel.ask('keeper.table', {})
  assert.ok(table.length > 0 && !table.includes(value))
  await keeper.stop()
})

test('keeper gives the same key for pseudonyms at every start of one home, and another in another', async () => {
  const keyIn = async (home: string): Promise<string> => {
    const keeper = await start(home)
    await keeper.channel.ask('keeper.unlock', {})
    const { pseudonymKey } = await keeper.channel.ask('keeper.table', {})
    await keeper.stop()
    return pseudonymKey
  }
  const home = scratchHome()
  assert.equal(await keyIn(home), await keyIn(home))
  assert.notEqual(await keyIn(home), await keyIn(scratchHome()))
})

test('keeper locks: it forgets the vault, refuses, and opens again', async () => {
  const keeper = await start(scratchHome())
  await keeper.channel.ask('keeper.unlock', {})
  await keeper.channel.ask('keeper.lock', {})
  assert.equal((await keeper.channel.ask('keeper.status', {})).unlocked, false)
  await refused('locked', () => keeper.channel.ask('keeper.days', { days: [today()] }))
  await refused('locked', () => keeper.channel.ask('secret.list', {}))
  const both = [keeper.channel.ask('keeper.unlock', {}), keeper.channel.ask('keeper.unlock', {})]
  assert.equal((await Promise.all(both)).length, 2)
  await keeper.stop()
})

test('keeper asks for a passphrase where only that opens the vault', async () => {
  const home = scratchHome()
  const keeper = await start(home)
  await refused('passphrase-weak', () => unlock(keeper, 'short'))
  assert.equal((await keeper.channel.ask('keeper.status', {})).exists, false)
  const { created, assurance, slot } = await unlock(keeper, 'a fake passphrase')
  assert.deepEqual([created, assurance, slot.kind], [true, 'passphrase', 'passphrase'])
  assert.ok(!existsSync(join(home, 'vault-key')))
  await keeper.channel.ask('keeper.lock', {})
  await refused('locked', () => keeper.channel.ask('keeper.unlock', {}))
  await refused('passphrase-wrong', () => unlock(keeper, 'another passphrase'))
  const misused = sealed(keeper, 'a fake passphrase', 'secret.set\0A')
  await refused('seal-invalid', () => keeper.channel.ask('keeper.unlock', { sealed: misused }))
  assert.equal((await unlock(keeper, 'a fake passphrase')).created, false)
  assert.ok(!existsSync(join(home, 'vault-key')), 'no weaker slot was made')
  await keeper.stop()
})

test('keeper says that its key is gone or the vault is changed, and makes nothing new', async () => {
  const home = scratchHome()
  const keeper = await start(home)
  await keeper.channel.ask('keeper.unlock', {})
  await keeper.channel.ask('keeper.lock', {})
  const key = readFileSync(join(home, 'vault-key'))
  rmSync(join(home, 'vault-key'))
  await refused('keystore-lost', () => keeper.channel.ask('keeper.unlock', {}))
  assert.ok(!existsSync(join(home, 'vault-key')))
  writeFileSync(join(home, 'vault-key'), key, { mode: 0o600 })
  const header = readFileSync(join(home, 'vault', 'header.json'))
  writeFileSync(join(home, 'vault', 'header.json'), 'torn')
  await refused('vault-corrupt', () => keeper.channel.ask('keeper.unlock', {}))
  const status = await keeper.channel.ask('keeper.status', {})
  assert.deepEqual([status.exists, status.unlocked], [true, false])
  writeFileSync(join(home, 'vault', 'header.json'), header)
  await keeper.channel.ask('keeper.unlock', {})
  await keeper.stop()
})

test('keeper ends when its pipe does, ignores Ctrl-C, and gives the vault back', async () => {
  const home = scratchHome()
  const keeper = await start(home)
  await keeper.channel.ask('keeper.unlock', {})
  keeper.child.kill('SIGINT')
  assert.equal((await keeper.channel.ask('keeper.status', {})).unlocked, true)
  const second = await start(home)
  await refused('vault-in-use', () => second.channel.ask('keeper.unlock', {}))
  keeper.channel.close()
  assert.equal(await keeper.ended, 0)
  await second.channel.ask('keeper.unlock', {})
  second.child.kill('SIGKILL')
  await second.ended
  const third = await start(home)
  await third.channel.ask('keeper.unlock', {})
  await third.stop()
})

test('keeper keeps its key in the system keystore where there is one', { skip: noBus() }, async () => {
  const home = scratchHome()
  const bus = { DBUS_SESSION_BUS_ADDRESS: process.env['DBUS_SESSION_BUS_ADDRESS'] ?? '' }
  const keeper = await start(home, bus)
  const { assurance, slot, created } = await keeper.channel.ask('keeper.unlock', {})
  assert.deepEqual([assurance, slot.kind, created], ['system', 'system', true])
  assert.ok(!existsSync(join(home, 'vault-key')))
  await keeper.stop()

  const again = await start(home, bus)
  assert.equal((await again.channel.ask('keeper.unlock', {})).created, false)
  await again.stop()

  const busless = await start(home)
  await refused('keystore-absent', () => busless.channel.ask('keeper.unlock', {}))
  assert.equal((await busless.channel.ask('keeper.status', {})).assurance, 'system')
  await busless.stop()

  const account = JSON.parse(readFileSync(join(home, 'vault', 'header.json'), 'utf8')).id
  const { AsyncEntry } = await import('@napi-rs/keyring')
  await new AsyncEntry('keyreeve', account, { linux: { store: 'secret-service' } }).deleteCredential()
  const robbed = await start(home, bus)
  await refused('keystore-lost', () => robbed.channel.ask('keeper.unlock', {}))
  assert.ok(!existsSync(join(home, 'vault-key')), 'no weaker slot was made')
  await robbed.stop()
})

test('keeper without a vault folder is a wrong use', () => {
  const main = new URL('main.ts', import.meta.url).pathname
  assert.equal(spawnSync(process.execPath, [main]).status, 2)
})

/** With CI=true nothing is skipped: what is missing fails. */
function noBus(): string | false {
  if (process.env['DBUS_SESSION_BUS_ADDRESS'] !== undefined || process.env['CI'] === 'true') return false
  return 'no session bus with a Secret Service'
}
