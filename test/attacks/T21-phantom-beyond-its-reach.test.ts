// T21: a phantom used beyond what it was given for.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { openTrial, type Trial } from '../../tools/trial.ts'
import { playModel, type PlayedModel } from '../played-model.ts'

describe('T21: a phantom used beyond what it was given for', () => {
  let model: PlayedModel
  let trial: Trial

  before(async () => {
    model = await playModel()
    trial = await openTrial()
    await trial.run(['secret', 'set', 'key'], randomBytes(24).toString('base64url'))
    for (const name of ['one', 'other']) {
      const allow = ['--allow', 'GET /v1/models, GET /hang']
      await trial.run([
        'route',
        'add',
        name,
        '--base-url',
        model.url,
        '--secret',
        'key',
        '--private',
        ...allow,
      ])
    }
  })

  after(async () => {
    await trial.close()
    await model.close()
  })

  async function issue(...more: string[]): Promise<{ id: string; token: string; url: string }> {
    const words = ['token', 'issue', '--assistant', 'a', '--route', 'one', ...more, '--json']
    return JSON.parse((await trial.run(words)).stdout)
  }

  async function codeOf(url: string, token: string, method = 'GET'): Promise<string | null> {
    const answer = await fetch(url, { method, headers: { authorization: `Bearer ${token}` } })
    return answer.status === 200 ? 'ok' : answer.headers.get('x-keyreeve-code')
  }

  test('it is good for its route, by the rules of the route, and nowhere else', async () => {
    const { url, token } = await issue()
    assert.equal(await codeOf(`${url}/v1/models`, token), 'ok')
    assert.equal(await codeOf(`${url}/v1/models`, token, 'DELETE'), 'denied-by-policy')
    assert.equal(await codeOf(`${url}/v1/messages`, token), 'denied-by-policy')
    assert.equal(await codeOf(`${url.replace('/one', '/other')}/v1/models`, token), 'phantom-unknown')
    const flipped = token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A')
    assert.equal(await codeOf(`${url}/v1/models`, flipped), 'phantom-unknown')
    assert.equal(await codeOf(`${url}/v1/models`, ''), 'phantom-unknown')
  })

  test('it ends by the clock, by revocation, and with its route', async () => {
    const short = await issue('--ttl', '1s')
    const revoked = await issue()
    await trial.run(['token', 'revoke', revoked.id])
    assert.equal(await codeOf(`${revoked.url}/v1/models`, revoked.token), 'phantom-unknown')
    await new Promise((resolve) => setTimeout(resolve, 1100))
    assert.equal(await codeOf(`${short.url}/v1/models`, short.token), 'phantom-unknown')
    const last = await issue()
    await trial.run(['route', 'remove', 'one'])
    assert.equal(await codeOf(`${last.url}/v1/models`, last.token), 'phantom-unknown')
  })
})
