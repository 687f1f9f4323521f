import { Fault, hex, ManualClock, type Random } from '#base'
import { systemStore } from '#keystore'
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const random: Random = (length) => Uint8Array.from(randomBytes(length))
const clock = new ManualClock()

test('systemStore() is absent at once without a session bus, and without loading the addon', async () => {
  const store = systemStore({ platform: 'linux', env: {}, clock, random })
  for (const act of [() => store.probe(), () => store.enrol('none'), () => store.unlock('none', {})]) {
    await assert.rejects(act, coded('keystore-absent'))
  }
})

test('systemStore() keeps a key, gives it back, and never overwrites it', { skip: noBus() }, async () => {
  const store = systemStore({ platform: process.platform, env: process.env, clock, random })
  const vault = `test-${hex(random(8))}`
  const made = await store.enrol(vault)
  assert.equal(made.assurance, 'system')
  await assert.rejects(store.enrol(vault), coded('usage'))
  assert.equal((await store.unlock(vault, {})).lend(hex), made.key.lend(hex))
  await forget(vault)
  await assert.rejects(store.unlock(vault, {}), coded('keystore-lost'))
})

test('systemStore() tells a locked keystore, a lost key and a dead bus apart', { skip: noSession() }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'kr-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const script = `
    const { spawnSync } = await import('node:child_process')
    const { ManualClock } = await import(${JSON.stringify(import.meta.resolve('#base'))})
    const { systemStore } = await import(${JSON.stringify(import.meta.resolve('#keystore'))})
    const store = systemStore({ platform: 'linux', env: process.env, clock: new ManualClock(), random: (n) => new Uint8Array(n).fill(n) })
    const say = async (what, act) => console.log(what + '=' + await act().then(() => 'ok', (fault) => fault.code))
    await say('probe', () => store.probe())
    await say('enrol', () => store.enrol('test'))
    await say('unlock', () => store.unlock('test', {}))
    await say('lost', () => store.unlock('other', {}))
    const service = ['--session', '--dest=org.freedesktop.secrets', '--print-reply', '/org/freedesktop/secrets']
    spawnSync('dbus-send', [...service, 'org.freedesktop.Secret.Service.Lock', 'array:objpath:/org/freedesktop/secrets/collection/login'])
    await say('locked', () => store.unlock('test', {}))
    const [bus] = spawnSync('dbus-send', ['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/', 'org.freedesktop.DBus.GetConnectionUnixProcessID', 'string:org.freedesktop.DBus'], { encoding: 'utf8' }).stdout.match(/(?<=uint32 )[0-9]+/)
    process.kill(Number(bus), 'SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, 300))
    await say('dead', () => store.unlock('test', {}))`
  const daemon = 'printf "\\n" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1'
  const session = `${daemon}; node --input-type=module -e "$1"`
  const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_RUNTIME_DIR: folder, DISPLAY: '' }
  const run = ['--', 'sh', '-c', session, 'sh', script]
  const { stdout } = spawnSync('dbus-run-session', run, { encoding: 'utf8', env, timeout: 60_000 })
  assert.equal(
    stdout.match(/^\w+=.*$/gm)?.join(' '),
    'probe=ok enrol=ok unlock=ok lost=keystore-lost locked=keystore-locked dead=keystore-absent',
  )
})

async function forget(vault: string): Promise<void> {
  const { AsyncEntry } = await import('@napi-rs/keyring')
  await new AsyncEntry('keyreeve', vault, { linux: { store: 'secret-service' } }).deleteCredential()
}

function noBus(): string | false {
  return missing(
    process.env['DBUS_SESSION_BUS_ADDRESS'] !== undefined,
    'no session bus with a Secret Service',
  )
}

function noSession(): string | false {
  const tools = ['dbus-run-session', 'gnome-keyring-daemon', 'dbus-send']
  const isThere = tools.every((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0)
  return missing(isThere, `one of ${tools.join(', ')} is not installed`)
}

/** With CI=true nothing is skipped: what is missing fails. */
function missing(isThere: boolean, reason: string): string | false {
  return isThere || process.env['CI'] === 'true' ? false : reason
}

function coded(code: string) {
  return (thrown: unknown) => thrown instanceof Fault && thrown.code === code
}
