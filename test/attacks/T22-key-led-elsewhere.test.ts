// T22: a route that takes a key elsewhere.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { openTrial, type Trial } from '../../tools/trial.ts'
import { Authority, noOpenssl } from '../certificates.ts'
import { playModel, type PlayedModel } from '../played-model.ts'

describe('T22: a route that takes a key elsewhere', { skip: noOpenssl }, () => {
  const secret = randomBytes(24).toString('base64url')
  let keys: string
  let right: PlayedModel
  let wrongName: PlayedModel
  let trial: Trial

  before(async () => {
    keys = mkdtempSync(`${tmpdir()}/keyreeve-keys-`)
    const authority = new Authority(keys)
    right = await playModel(authority.server())
    wrongName = await playModel(authority.server('DNS:elsewhere.example'))
    const home = mkdtempSync(`${tmpdir()}/keyreeve-t22-`)
    writeFileSync(`${home}/config.toml`, `[gateway]\nca = "${authority.certificate}"\n`, { mode: 0o600 })
    trial = await openTrial({ home })
    await trial.run(['secret', 'set', 'key'], secret)
  })

  after(async () => {
    await trial.close()
    for (const one of [keys, trial.home]) rmSync(one, { recursive: true, force: true })
    await right.close()
    await wrongName.close()
  })

  function add(name: string, url: string, ...more: string[]) {
    return trial.run(['route', 'add', name, '--base-url', url, '--secret', 'key', ...more, '--json'])
  }

  async function answerOf(route: string, path: string): Promise<Response> {
    const { stdout } = await trial.run(['token', 'issue', '--assistant', 'a', '--route', route, '--json'])
    const { url, token } = JSON.parse(stdout)
    return fetch(url + path, { headers: { authorization: `Bearer ${token}` }, redirect: 'manual' })
  }

  test('a server of another name, or of nobody’s authority, gets nothing', async () => {
    await add('wrong', wrongName.url, '--private')
    assert.equal((await answerOf('wrong', '/v1/models')).headers.get('x-keyreeve-code'), 'upstream-untrusted')
    assert.equal(wrongName.seen.length, 0)
  })

  test('addresses of an own network, and of machinery, are not dialled', async () => {
    await add('own', right.url.replace('localhost', '127.0.0.2'))
    assert.equal((await answerOf('own', '/v1/models')).headers.get('x-keyreeve-code'), 'upstream-refused')
    await add('metadata', 'https://169.254.169.254/latest', '--private')
    assert.equal(
      (await answerOf('metadata', '/meta-data')).headers.get('x-keyreeve-code'),
      'upstream-refused',
    )
    assert.equal(right.seen.length, 0)
  })

  test('a key never travels in clear, nor to an address with credentials of its own', async () => {
    const withWord = 'https://user:word@api.example.com' // keyreeve:allow url-credential reason="made up"
    for (const url of ['http://api.example.com', 'http://10.0.0.1', withWord]) {
      const { code, stdout } = await add('clear', url, '--private')
      assert.equal(code, 2, stdout)
    }
  })

  test('a redirect elsewhere is the client’s to follow, without the key', async () => {
    await add('right', right.url, '--private')
    const answer = await answerOf('right', '/away')
    assert.equal(answer.headers.get('location'), 'https://elsewhere.example/take?it=1')
    assert.equal(right.seen.length, 1)
    assert.equal(right.seen[0]?.headers.authorization, `Bearer ${secret}`)
  })
})
