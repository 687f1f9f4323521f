// A machine as a device of an organisation, with a real token server: invited, enrolled, given tokens, revoked.
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { everyByteBelow, openTrial, type Finished, type Trial } from '../../tools/trial.ts'
import { Authority, noOpenssl } from '../certificates.ts'

const audience = 'https://gateway.example'
const wanted = ['token', 'print', '--audience', audience, '--scope', 'llm.infer:read']

describe('device', () => {
  let trial: Trial
  let server: ChildProcess
  let folder: string
  let issuer: string
  let adminPlace: string

  before(async () => {
    const home = mkdtempSync(join(tmpdir(), 'keyreeve-device-'))
    writeFileSync(join(home, 'config.toml'), `[device]\naudiences = ["${audience}"]\n`)
    trial = await openTrial({ home })
    folder = mkdtempSync(join(tmpdir(), 'keyreeve-tokens-'))
    issuer = `http://127.0.0.1:${await freePort()}`
    adminPlace = `127.0.0.1:${await freePort()}`
    server = startServer()
    await untilReady()
  })

  after(async () => {
    await stopServer()
    await trial.close()
    for (const one of [folder, trial.home]) rmSync(one, { recursive: true, force: true })
  })

  function startServer(): ChildProcess {
    const settings = join(folder, 'server.toml')
    writeFileSync(
      settings,
      `issuer = "${issuer}"\nlisten = "${issuer.slice('http://'.length)}"\n` +
        `[[audiences]]\nurl = "${audience}"\nscopes = ["llm.infer:read", "files:read"]\n${adminSettings()}`,
    )
    const main = new URL('../../src/programs/server/main.ts', import.meta.url).pathname
    return spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', main, '--config', settings, '--state', join(folder, 'state')],
      { stdio: 'ignore' },
    )
  }

  /** Over the network too, where certificates can be made. */
  function adminSettings(): string {
    if (noOpenssl !== false) return ''
    const authority = new Authority(folder)
    const { certificate, key } = authority.server()
    authority.person('bob')
    return (
      `[admin]\nlisten = "${adminPlace}"\nclients = "${authority.certificate}"\n` +
      `tls = { certificate = "${certificate}", key = "${key}" }\n`
    )
  }

  function remoteAdmin(...command: string[]): Promise<Finished> {
    const at = (name: string) => join(folder, name)
    const line = ['--server', `https://${adminPlace}`, '--ca', at('authority.pem')]
    return trial.run([
      'admin',
      ...command,
      ...line,
      '--cert',
      at('bob.pem'),
      '--key',
      at('bob.key'),
      '--json',
    ])
  }

  async function stopServer(): Promise<void> {
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill('SIGTERM')
    await ended
  }

  async function untilReady(): Promise<void> {
    for (let tries = 0; tries < 300; tries++) {
      const response = await fetch(`${issuer}/readyz`).catch(() => null)
      if (response?.status === 200) return
      await wait(100)
    }
    assert.fail('the token server is not ready')
  }

  function admin(...command: string[]): Promise<Finished> {
    return trial.run(['admin', ...command, '--socket', join(folder, 'state', 'admin.sock'), '--json'])
  }

  async function enrol(): Promise<{ invitation: string; device: string }> {
    const { invitation } = JSON.parse((await admin('user', 'invite', 'alice')).stdout)
    const enrolment = ['device', 'enroll', '--issuer', issuer, '--invited', '--json']
    const { stdout, code } = await trial.run(enrolment, `${invitation}\n`)
    assert.equal(code, 0)
    return { invitation, device: JSON.parse(stdout).device }
  }

  test('a token is minted for the key that enrolled, by a server that stopped meanwhile, and dies with the device', async () => {
    const { invitation, device } = await enrol()
    const printed = await trial.run([...wanted, '--json'])
    const { token, expiresIn } = JSON.parse(printed.stdout)
    const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`))
    const { payload, protectedHeader } = await jwtVerify(token, keys, { issuer, audience, typ: 'at+jwt' })
    assert.deepEqual(
      [payload.sub, payload['device'], payload['scope'], protectedHeader.alg],
      ['alice', device, 'llm.infer:read', 'ES256'],
    )
    assert.ok(expiresIn > 800 && (payload.exp ?? 0) - (payload.iat ?? 0) === 900)

    // The token that is good is given again while the server is away; another cannot be had.
    await stopServer()
    assert.equal((await trial.run(wanted)).stdout.trim(), token)
    const other = [...wanted.slice(0, -1), 'files:read']
    assert.equal((await trial.run(other)).code, 4)
    server = startServer()
    await untilReady()
    const { revoked } = await revokeAndAsk(device, other)
    assert.match(revoked.stderr, /device-revoked/)
    assert.equal((await trial.run(['device', 'status'])).code, 6)
    const again = ['device', 'enroll', '--issuer', issuer, '--invited']
    assert.equal((await trial.run(again, invitation)).code, 1, 'an invitation is good once')

    const anew = await enrol()
    assert.notEqual(anew.device, device)
    assert.equal(decodeJwt((await trial.run(wanted)).stdout.trim())['device'], anew.device)
    const everything = everyByteBelow(trial.home)
    assert.ok(!everything.includes(token), 'no token lies on disk')
    assert.equal((await trial.run(['device', 'forget'])).code, 0)
  })

  /** Back-off passes before the server that was away is asked again. */
  async function revokeAndAsk(device: string, command: string[]): Promise<{ revoked: Finished }> {
    const { stdout } = await admin('device', 'revoke', device)
    assert.equal(JSON.parse(stdout).status, 'revoked')
    for (let tries = 0; tries < 60; tries++) {
      const revoked = await trial.run(command)
      if (revoked.code !== 4) return { revoked }
      await wait(500)
    }
    return assert.fail('the server that came back was not asked')
  }

  test('a device goes on by itself after the key that attested it was ended', async () => {
    const { device } = await enrol()
    assert.equal((await trial.run(wanted)).code, 0)
    assert.ok(JSON.parse((await admin('key', 'rotate')).stdout).denied !== undefined)
    const other = [...wanted.slice(0, -1), 'files:read']
    const { stdout, code } = await trial.run(other)
    assert.equal(code, 0)
    const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`))
    const { payload } = await jwtVerify(stdout.trim(), keys, { issuer, audience, typ: 'at+jwt' })
    assert.equal(payload['device'], device)
    assert.equal((await trial.run(['log', 'verify'])).code, 0)
    assert.match((await trial.run(['log', 'list', '--json'])).stdout, /"what":"renew"/)
    assert.equal((await trial.run(['device', 'forget'])).code, 0)
  })

  test(
    'a device in quarantine is released by two, one of them over the network',
    { skip: noOpenssl },
    async () => {
      const { device } = await enrol()
      assert.equal((await trial.run(wanted)).code, 0)
      assert.equal((await remoteAdmin('device', 'quarantine', device, '--reason', 'lost')).code, 0)
      const proposed = await admin('device', 'release', device)
      assert.equal(proposed.code, 4)
      const { id } = JSON.parse(proposed.stdout).pending
      assert.equal((await admin('confirm', id)).code, 3, 'not by the same person')
      const done = await remoteAdmin('confirm', id)
      assert.equal(JSON.parse(done.stdout).done.status, 'active')
      assert.equal((await trial.run(['device', 'forget'])).code, 0)
    },
  )

  test('a device without network is enrolled, given a secret, and ended, by files and by voice', async () => {
    const at = (name: string) => join(folder, name)
    const ask = async (): Promise<string> => {
      const asked = await trial.run([
        'device',
        'request',
        '--issuer',
        issuer,
        '--out',
        at('request'),
        '--json',
      ])
      return JSON.parse(asked.stdout).fingerprint
    }
    const secret = `made-up-${'x7'.repeat(8)}`
    writeFileSync(at('secrets'), `OFFLINE=${secret}\n`)
    const answer = (digits: string, ...more: string[]) => {
      const files = ['--out', at('answer'), '--user', 'alice', '--fingerprint', digits]
      return admin('answer', at('request'), ...files, ...more)
    }
    const heard = await ask()
    assert.equal((await answer('1'.repeat(30))).code, 3, 'of another device than was read out')
    writeFileSync(at('policy'), 'forbid (principal, action, resource) when { false };\n')
    const answered = await answer(heard, '--secrets', at('secrets'), '--policy', at('policy'))
    const { fingerprint, device } = JSON.parse(answered.stdout)
    assert.ok(!readFileSync(at('answer')).includes(secret))

    const accept = ['device', 'accept', at('answer'), '--json']
    assert.equal((await trial.run([...accept, '--fingerprint', heard])).code, 3, 'not the server’s')
    const accepted = JSON.parse((await trial.run([...accept, '--fingerprint', fingerprint])).stdout)
    assert.deepEqual(
      [accepted.device, accepted.taken],
      [device, ['secret OFFLINE', 'policy organisation.cedar']],
    )
    assert.match((await trial.run(['secret', 'list'])).stdout, /OFFLINE/)
    assert.equal((await trial.run(accept)).code, 2, 'an answer is good once')
    const online = await trial.run(wanted)
    assert.equal(online.code, 0, online.stderr)
    assert.equal(decodeJwt(online.stdout.trim())['device'], device, 'it also works online')

    await admin('device', 'revoke', device)
    await answer(await ask())
    const ended = await trial.run(accept)
    assert.deepEqual([ended.code, JSON.parse(ended.stdout).isRevoked], [3, true])
    assert.equal((await trial.run(['device', 'status'])).code, 6)
  })

  test('a tool gets no token for a place that the settings do not name', async () => {
    const { code, stderr } = await trial.run([
      'token',
      'print',
      '--audience',
      'https://other.example',
      '--scope',
      'a',
    ])
    assert.equal(code, 3)
    assert.match(stderr, /audience-refused/)
  })

  test('a signing key that is ended signs nothing more, and another takes its place', async () => {
    const kids = async (): Promise<string[]> => {
      const { keys } = (await (await fetch(`${issuer}/jwks`)).json()) as { keys: { kid: string }[] }
      return keys.map(({ kid }) => kid)
    }
    const { denied, current } = JSON.parse((await admin('key', 'rotate')).stdout)
    assert.ok(!(await kids()).includes(denied))
    assert.ok((await kids()).includes(current))
  })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  await new Promise((resolve) => server.close(resolve))
  return bound !== null && typeof bound === 'object' ? bound.port : assert.fail('no port')
}
