// Unmodified clients call models through the gateway: they hold a phantom, the key goes in on the wire, none comes back.
import Anthropic from '@anthropic-ai/sdk'
import { createOpenAI } from '@ai-sdk/openai'
import { generateText, streamText } from 'ai'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import OpenAI from 'openai'
import { everyByteBelow, openTrial, type Finished, type Trial } from '../../tools/trial.ts'
import { Authority, noOpenssl } from '../certificates.ts'
import { playModel, statusOf, type PlayedModel } from '../played-model.ts'

interface Issued {
  readonly id: string
  readonly token: string
  readonly url: string
}

describe('gateway', { skip: noOpenssl }, () => {
  const secret = `test-${randomBytes(24).toString('base64url')}`
  let keys: string
  let model: PlayedModel
  let local: PlayedModel
  let stranger: PlayedModel
  let trial: Trial

  before(async () => {
    keys = mkdtempSync(join(tmpdir(), 'keyreeve-keys-'))
    const authority = new Authority(keys)
    model = await playModel(authority.server())
    local = await playModel()
    stranger = await playModel(new Authority(keys, 'stranger').server())
    const home = mkdtempSync(join(tmpdir(), 'keyreeve-gateway-'))
    writeFileSync(join(home, 'config.toml'), `[gateway]\nca = "${authority.certificate}"\n`)
    trial = await openTrial({ home })
    await done(trial.run(['secret', 'set', 'key'], secret))
    for (const [name, url, ...more] of [
      ['openai', model.url],
      ['anthropic', model.url],
      ['plain', model.url, '--auth', 'header:X-Key', '--allow', 'GET /echo, GET /v1/**, POST /slow'],
      ['asked', model.url, '--auth', 'query:token'],
      ['stranger', stranger.url],
      ['lmstudio', local.url, '--auth', 'none'],
    ] as const) {
      await done(
        trial.run(['route', 'add', name, '--base-url', url, '--secret', 'key', '--private', ...more]),
      )
    }
  })

  after(async () => {
    await trial.close()
    for (const one of [model, local, stranger]) await one.close()
    for (const one of [keys, trial.home]) rmSync(one, { recursive: true, force: true })
  })

  async function done(run: Promise<Finished>): Promise<string> {
    const { code, stdout, stderr } = await run
    assert.equal(code, 0, stdout + stderr)
    return stdout
  }

  async function issue(route: string, assistant = 'tester'): Promise<Issued> {
    const issuing = ['token', 'issue', '--assistant', assistant, '--route', route, '--json']
    return JSON.parse(await done(trial.run(issuing)))
  }

  function last() {
    const one = model.seen.at(-1)
    assert.ok(one !== undefined)
    return one
  }

  test('gateway serves the OpenAI client as it is: chat, streams, responses, embeddings, models', async () => {
    const { url, token } = await issue('openai')
    assert.match(token, /^sk-proj-.{156}$/)
    const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: token, maxRetries: 0 })
    const messages = [{ role: 'user' as const, content: 'hello' }]
    const whole = await openai.chat.completions.create({ model: 'played-1', messages })
    assert.equal(whole.choices[0]?.message.content, 'Keys stay home.')
    assert.equal(last().headers.authorization, `Bearer ${secret}`)
    let text = ''
    for await (const { choices } of await openai.chat.completions.create({
      model: 'played-1',
      messages,
      stream: true,
    })) {
      text += choices[0]?.delta.content ?? ''
    }
    assert.equal(text, 'Keys stay home.')
    assert.equal(
      (await openai.responses.create({ model: 'played-1', input: 'hi' })).output_text,
      'Keys stay home.',
    )
    const { data } = await openai.embeddings.create({
      model: 'played-1',
      input: 'hi',
      encoding_format: 'float',
    })
    assert.deepEqual(data[0]?.embedding, [0.25, -1])
    assert.deepEqual(
      (await openai.models.list()).data.map(({ id }) => id),
      ['played-1'],
    )
  })

  test('gateway serves the Anthropic client as it is: messages, streams, counting', async () => {
    const { url, token } = await issue('anthropic')
    assert.match(token, /^sk-ant-api03-.{95}$/)
    const anthropic = new Anthropic({ baseURL: url, apiKey: token, maxRetries: 0 })
    const asked = { model: 'played-1', max_tokens: 9, messages: [{ role: 'user' as const, content: 'hi' }] }
    const whole = await anthropic.messages.create(asked)
    assert.deepEqual(whole.content, [{ type: 'text', text: 'Keys stay home.' }])
    assert.equal(last().headers['x-api-key'], secret)
    const streamed = await anthropic.messages.stream(asked).finalText()
    assert.equal(streamed, 'Keys stay home.')
    assert.equal((await anthropic.messages.countTokens(asked)).input_tokens, 7)
  })

  test('gateway serves the Vercel AI SDK as it is', async () => {
    const { url, token } = await issue('openai')
    const provider = createOpenAI({ baseURL: `${url}/v1`, apiKey: token })
    const { text } = await generateText({ model: provider.chat('played-1'), prompt: 'hi' })
    assert.equal(text, 'Keys stay home.')
    assert.equal(await streamText({ model: provider.chat('played-1'), prompt: 'hi' }).text, 'Keys stay home.')
  })

  test('gateway puts the key in one place, whatever the client sends, and none comes back', async () => {
    const { url, token } = await issue('plain')
    const answer = await fetch(`${url}/echo?reflect=x-key`, {
      headers: {
        authorization: `Bearer ${token}`,
        'x-key': 'mine',
        'x-trace': token,
        cookie: 'a=b',
        range: 'bytes=0-9',
      },
    })
    const { headers } = last()
    assert.equal(headers['x-key'], secret)
    assert.equal(headers['x-trace'], token)
    for (const name of ['authorization', 'cookie', 'range']) assert.equal(headers[name], undefined)
    assert.equal(answer.headers.get('x-sent'), '[secret:key]')
    assert.equal(await answer.text(), '[secret:key] at /echo?reflect=x-key')

    const asked = await issue('asked')
    const second = await fetch(`${asked.url}/echo?token=mine&a=1`, {
      headers: { authorization: `Bearer ${asked.token}` },
    })
    assert.equal(last().url, `/echo?a=1&token=${secret}`)
    assert.equal(await second.text(), 'undefined at /echo?a=1&token=[secret:key]')
  })

  test('gateway refuses what no rule takes, other routes, other names and unknown phantoms', async () => {
    const { url, token } = await issue('plain')
    const headers = { authorization: `Bearer ${token}` }
    const before = model.seen.length
    const refused = async (address: string, init: RequestInit): Promise<[number, string | null]> => {
      const { status, headers: got } = await fetch(address, init)
      return [status, got.get('x-keyreeve-code')]
    }
    assert.deepEqual(await refused(`${url}/other`, { headers }), [403, 'denied-by-policy'])
    assert.deepEqual(await refused(`${url}/echo`, { headers, method: 'POST' }), [403, 'denied-by-policy'])
    assert.equal(await statusOf(url, '/plain/v1/%2e%2e/other', headers), 400)
    assert.equal(await statusOf(url, '/plain/echo', { ...headers, host: 'attacker.example' }), 403)
    assert.deepEqual(await refused(url.replace('/plain', '/openai/echo'), { headers }), [
      401,
      'phantom-unknown',
    ])
    assert.deepEqual(await refused(`${url}/echo`, {}), [401, 'phantom-unknown'])
    assert.equal(model.seen.length, before)
  })

  test('gateway sends no key to a server that does not prove who it is', async () => {
    const { url, token } = await issue('stranger')
    const answer = await fetch(`${url}/echo`, { headers: { 'x-api-key': token } })
    assert.equal(answer.headers.get('x-keyreeve-code'), 'upstream-untrusted')
    assert.equal(stranger.seen.length, 0)
  })

  test('gateway leads to a local model without a key, and redirects within a route stay in it', async () => {
    const lmstudio = await issue('lmstudio')
    const models = await fetch(`${lmstudio.url}/v1/models`, {
      headers: { authorization: `Bearer ${lmstudio.token}` },
    })
    assert.equal(models.status, 200)
    assert.equal(local.seen.at(-1)?.headers.authorization, undefined)
    const { url, token } = await issue('openai')
    const moved = await fetch(`${url}/moved`, {
      headers: { authorization: `Bearer ${token}` },
      redirect: 'manual',
    })
    assert.equal(moved.headers.get('location'), '/openai/v1/models?again=1')
    assert.deepEqual(moved.headers.getSetCookie(), [])
  })

  test('gateway cuts streams when their phantom is revoked, and tells of answers that break off', async () => {
    const { id, url, token } = await issue('openai')
    const headers = { authorization: `Bearer ${token}` }
    const stream = await fetch(`${url}/slow`, { headers, method: 'POST' })
    const broken = await fetch(`${url}/broken`, { headers })
    assert.equal(broken.headers.get('x-keyreeve-code'), 'upstream-broken')
    await done(trial.run(['token', 'revoke', id]))
    assert.match(await stream.text(), /^data: \{"n":1\}\n\n\n\ndata: .*phantom-unknown/s)
    for (let tries = 0; model.open.size > 0 && tries < 100; tries++) await wait(20)
    assert.equal(model.open.size, 0)
    assert.equal((await fetch(`${url}/v1/models`, { headers })).status, 401)
  })

  test('gateway gives up a request that its client gave up', async () => {
    const { url, token } = await issue('openai')
    const stop = new AbortController()
    const hanging = fetch(`${url}/hang`, {
      headers: { authorization: `Bearer ${token}` },
      signal: stop.signal,
    })
    for (let tries = 0; model.open.size === 0 && tries < 100; tries++) await wait(20)
    stop.abort()
    await assert.rejects(hanging)
    for (let tries = 0; model.open.size > 0 && tries < 100; tries++) await wait(20)
    assert.equal(model.open.size, 0)
  })

  test('gateway forgets what it was lent when the vault is locked', async () => {
    const { url, token } = await issue('openai')
    const headers = { authorization: `Bearer ${token}` }
    assert.equal((await fetch(`${url}/v1/models`, { headers })).status, 200)
    await done(trial.run(['lock']))
    assert.equal((await fetch(`${url}/v1/models`, { headers })).status, 423)
    await done(trial.run(['unlock']))
    assert.equal((await fetch(`${url}/v1/models`, { headers })).status, 200)
  })

  test('http_request sends what the person saw, once or for a session, and nothing else', async () => {
    const client = await trial.assistant('caller')
    const person = await trial.console()
    const call = (args: object) =>
      client.callTool({ name: 'http_request', arguments: { route: 'openai', ...args } })
    const asked = call({
      method: 'POST',
      path: '/notes?a=1',
      headers: { 'content-type': 'text/plain', authorization: 'Bearer mine' },
      body: 'hello',
      reason: 'to try',
    })
    const card = await person.nextCard()
    assert.equal(card.kind, 'call')
    assert.equal(card.path, `POST ${model.url}/notes?a=1`)
    assert.match(card.content?.text ?? '', /^POST .*\/notes\?a=1\ncontent-type: text\/plain\n.*\n\nhello$/s)
    await person.decide(card, 'allow')
    const given = (await asked).structuredContent as {
      status: string
      http: { status: number; body: string }
    }
    assert.deepEqual([given.status, given.http.status], ['ok', 200])
    assert.equal(given.http.body, 'undefined at /notes?a=1')
    const { headers, body } = last()
    assert.deepEqual(
      [headers.authorization, headers['content-type'], body],
      [`Bearer ${secret}`, 'text/plain', 'hello'],
    )

    const second = call({ method: 'GET', path: '/v1/models' })
    await person.decide(await person.nextCard(), 'allow', 'route-session')
    assert.equal(((await second).structuredContent as { status: string }).status, 'ok')
    const third = await call({ method: 'GET', path: '/v1/models' })
    assert.equal((third.structuredContent as { status: string }).status, 'ok')

    const routes = await client.callTool({ name: 'list_routes', arguments: {} })
    assert.ok(JSON.stringify(routes.structuredContent).includes('"openai"'))
    const denied = await client.callTool({
      name: 'http_request',
      arguments: { route: 'plain', method: 'DELETE', path: '/echo' },
    })
    assert.equal((denied.structuredContent as { code?: string }).code, 'denied-by-policy')
  })

  test('gateway holds assistants to models, requests and tokens, and stops all calls at once', async () => {
    const adding = ['route', 'add', 'tight', '--base-url', model.url, '--secret', 'key', '--private']
    const limits = [
      '--models',
      'played-*',
      '--limits',
      'requests/min=3, tokens/day=1000',
      '--price',
      'input=2, output=10',
    ]
    await done(trial.run([...adding, ...limits]))
    const { url, token } = await issue('tight', 'spender')
    const ask = (name: string): Promise<Response> =>
      fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: name, messages: [] }),
      })
    assert.equal((await ask('played-1')).status, 200)
    assert.equal((await ask('other')).headers.get('x-keyreeve-code'), 'model-refused')
    assert.equal((await ask('played-1')).status, 200)
    const refused = await ask('played-1')
    assert.equal(refused.headers.get('x-keyreeve-code'), 'limit-reached')
    assert.ok(Number(refused.headers.get('retry-after')) <= 60)

    const slow = await issue('openai')
    const stream = await fetch(`${slow.url}/slow`, {
      method: 'POST',
      headers: { authorization: `Bearer ${slow.token}` },
    })
    await done(trial.run(['route', 'stop']))
    assert.match(await stream.text(), /calls-stopped/)
    const after = await fetch(`${slow.url}/v1/models`, { headers: { authorization: `Bearer ${slow.token}` } })
    assert.equal(after.headers.get('x-keyreeve-code'), 'calls-stopped')
    const { usage, isStopped } = JSON.parse(await done(trial.run(['route', 'usage', '--json'])))
    assert.ok(isStopped)
    const used = usage.find(({ assistant }: { assistant: string }) => assistant === 'spender')
    assert.deepEqual(
      [used.requests, used.input >= 10, used.output >= 8, used.cost > 0],
      [3, true, true, true],
    )
    await done(trial.run(['route', 'resume']))
    const resumed = await fetch(`${slow.url}/v1/models`, {
      headers: { authorization: `Bearer ${slow.token}` },
    })
    assert.equal(resumed.status, 200)
  })

  test('keyreeve run gives a program phantoms for as long as it runs, and little else', async () => {
    const script = `
      const { OPENAI_BASE_URL: url, OPENAI_API_KEY: key, ...rest } = process.env
      const answer = await fetch(url + '/models', { headers: { authorization: 'Bearer ' + key } })
      console.log(JSON.stringify({ status: answer.status, url, key, names: Object.keys(rest) }))
      process.exit(7)`
    const env = { ...trial.env, AWS_SECRET_ACCESS_KEY: 'not-for-you', GITHUB_TOKEN: 'not-for-you' }
    const words = [
      'run',
      '--assistant',
      'a',
      '--route',
      'openai',
      '--',
      process.execPath,
      '--input-type=module',
      '-e',
      script,
    ]
    const { code, stdout } = await trial.run(words, '', env)
    assert.equal(code, 7)
    const { status, url, key, names } = JSON.parse(stdout)
    assert.equal(status, 200)
    assert.ok(!names.includes('AWS_SECRET_ACCESS_KEY') && !names.includes('GITHUB_TOKEN'))
    assert.equal((await fetch(`${url}/models`, { headers: { authorization: `Bearer ${key}` } })).status, 401)
  })

  test('gateway has its port back after a restart, and serves curl', async () => {
    const first = await issue('openai')
    const { pid } = JSON.parse(await done(trial.run(['status', '--json']))).programs.find(
      ({ name }: { name: string }) => name === 'gateway',
    )
    process.kill(pid, 'SIGKILL')
    await wait(100)
    const { url, token } = await issue('openai')
    assert.equal(url, first.url)
    const curl = spawn('curl', ['-sS', '-H', `authorization: Bearer ${first.token}`, `${url}/v1/models`])
    let text = ''
    for await (const part of curl.stdout) text += String(part)
    assert.match(text, /played-1/)
    assert.equal(
      (await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${token}` } })).status,
      200,
    )
  })

  test('the log has an intent before each kind of call and what became of each, and nothing on disk holds the key', async () => {
    await wait(300)
    const { entries } = JSON.parse(await done(trial.run(['log', 'list', '--limit', '200', '--json'])))
    const kinds = new Set(entries.map(({ event }: { event: { kind: string } }) => event.kind))
    for (const kind of ['route', 'phantom', 'intent', 'calls', 'exposure', 'denial'])
      assert.ok(kinds.has(kind), kind)
    const calls = entries.filter(({ event }: { event: { kind: string } }) => event.kind === 'calls')
    assert.ok(
      calls.some(({ event }: { event: { calls: { isProbing?: true }[] } }) =>
        event.calls.some(({ isProbing }) => isProbing),
      ),
    )
    assert.ok(!everyByteBelow(trial.home).includes(secret))
    assert.deepEqual(JSON.parse(await done(trial.run(['log', 'verify', '--json']))).problems, [])
  })
})
