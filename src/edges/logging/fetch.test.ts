// What a server gets from fetch and from undici's dispatchers, and what comes back.
import assert from 'node:assert/strict'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import * as undici from 'undici'
import { assertClean, failing, token } from './fixture.test.ts'
import { redactor } from './fetch.ts'
import { hostFilter } from './hosts.ts'

interface Got {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const got: Got[] = []
const hosts = ['127.0.0.1']
let server: Server
let url: string

before(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      got.push({ headers: request.headers, body: Buffer.concat(parts).toString() })
      response.end(`data: {"text":"your key is ${token}"}\n\n`)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
})
after(() => {
  server.closeAllConnections()
  server.close()
})

/** What the server got last. */
function last(): Got {
  return got.at(-1) ?? assert.fail('the server got nothing')
}

/** @param hasFields Fields of a form are not known by name any more where it is dispatched as bytes. */
function assertSound({ headers, body }: Got, hasFields = true): void {
  assertClean(hasFields ? body : body.replace('hunter2-canary', ''))
  assert.match(body, /github-token/)
  const length = headers['content-length']
  if (length !== undefined) assert.equal(Number(length), Buffer.byteLength(body))
}

const json = JSON.stringify({ messages: [{ role: 'user', content: `my key is ${token}` }] })
const half = { duplex: 'half' } as const

function formWith<Form extends { append(name: string, value: string | Blob, file?: string): void }>(
  form: Form,
): Form {
  form.append('note', `key ${token}`)
  form.append('password', 'hunter2-canary')
  form.append('file', new Blob([`in a file ${token}`], { type: 'text/plain' }), 'a.txt')
  return form
}

const bodies: readonly (readonly [string, () => RequestInit])[] = [
  ['a string', () => ({ body: json, headers: { 'content-type': 'application/json' } })],
  ['a string with its length', () => ({ body: json, headers: { 'Content-Length': String(json.length) } })],
  ['bytes', () => ({ body: Buffer.from(json) })],
  ['an ArrayBuffer', () => ({ body: Uint8Array.from(Buffer.from(json)).buffer })],
  ['a Blob', () => ({ body: new Blob([json], { type: 'application/json' }) })],
  ['parameters', () => ({ body: new URLSearchParams({ note: token, password: 'hunter2-canary', token }) })],
  ['a form', () => ({ body: formWith(new FormData()) })],
  ['a stream', () => ({ body: new Blob([json]).stream(), ...half })],
  [
    'a stream that cuts the secret',
    () => ({ body: ReadableStream.from(json.split(/(?<=.)/).map((char) => Buffer.from(char))), ...half }),
  ],
]

for (const [name, init] of bodies) {
  test(`redactor() redacts the body of fetch: ${name}`, async () => {
    await redactor({ hosts }).fetch(fetch)(url, { method: 'POST', ...init() })
    assertSound(last())
  })

  test(`redactor() redacts the body of a Request: ${name}`, async () => {
    await redactor({ hosts }).fetch(fetch)(new Request(url, { method: 'POST', ...init() }))
    assertSound(last())
  })

  test(`redactor() redacts what fetch dispatches: ${name}`, async () => {
    const dispatcher = new undici.Agent().compose(redactor({ hosts }).interceptor)
    const { body, ...rest } = init()
    const own = body instanceof FormData ? formWith(new undici.FormData()) : body
    await undici.fetch(url, { method: 'POST', ...rest, body: own, dispatcher } as undici.RequestInit)
    assertSound(last(), !(body instanceof FormData))
    await dispatcher.close()
  })
}

const dispatched: readonly (readonly [string, () => undici.Dispatcher.DispatchOptions['body']])[] = [
  ['a string', () => json],
  ['bytes', () => Buffer.from(json)],
  ['a stream', () => Readable.from([json.slice(0, 40), json.slice(40)])],
  ['a form', () => formWith(new undici.FormData())],
]

for (const [name, body] of dispatched) {
  test(`redactor() redacts what undici requests: ${name}`, async () => {
    const dispatcher = new undici.Agent().compose(redactor({ hosts }).interceptor)
    const options = { method: 'POST', body: body() ?? null, headers: { 'x-kept': 'yes' } } as const
    const answer = await undici.request(url, { ...options, dispatcher })
    await answer.body.text()
    assertSound(last())
    assert.equal(last().headers['x-kept'], 'yes')
    await dispatcher.close()
  })
}

test('redactor() keeps headers, method and answers as they are', async () => {
  const headers = { authorization: `Bearer ${token}`, 'x-kept': 'yes' }
  const response = await redactor({ hosts }).fetch(fetch)(url, { method: 'PUT', body: json, headers })
  assert.equal(last().headers.authorization, `Bearer ${token}`)
  assert.match(await response.text(), new RegExp(token))
})

test('redactor() redacts answers if asked', async () => {
  const response = await redactor({ hosts, hasResponses: true }).fetch(fetch)(url, {
    method: 'POST',
    body: json,
  })
  assert.match(await response.text(), /^data: \{"text":"your key is \[github-token:[0-9a-f]{4}\]"\}\n\n$/)
  assert.equal(response.url, url)
})

test('redactor() leaves other hosts alone', async () => {
  await redactor({ hosts: ['other.example'] }).fetch(fetch)(url, { method: 'POST', body: json })
  assert.equal(last().body, json)
  const dispatcher = new undici.Agent().compose(redactor({ hosts: ['other.example'] }).interceptor)
  await undici.fetch(url, { method: 'POST', body: json, dispatcher })
  assert.equal(last().body, json)
  await redactor({ hosts }).fetch(fetch)(url)
  assert.equal(last().body, '')
  await dispatcher.close()
})

test('redactor() sends nothing that it cannot redact', async () => {
  const refusal = { code: 'redaction-failed' }
  const before = got.length
  const body = gzipSync(json)
  const headers = { 'content-encoding': 'gzip' }
  await assert.rejects(redactor({ hosts }).fetch(fetch)(url, { method: 'POST', body, headers }), refusal)
  const broken = redactor({ hosts, known: failing })
  await assert.rejects(broken.fetch(fetch)(url, { method: 'POST', body: json }), refusal)
  for (const { interceptor } of [broken, redactor({ hosts })]) {
    const dispatcher = new undici.Agent().compose(interceptor)
    const encoding = interceptor === broken.interceptor ? {} : headers
    await assert.rejects(
      undici.request(url, { method: 'POST', body: json, headers: encoding, dispatcher }),
      refusal,
    )
    await dispatcher.close()
  }
  const lazy = new undici.Agent().compose(broken.interceptor)
  await assert.rejects(undici.fetch(url, { method: 'POST', body: json, dispatcher: lazy }))
  await lazy.close()
  assert.equal(got.length, before)
})

test('hostFilter() knows the usual hosts of models, and takes names from its caller', () => {
  const isModel = hostFilter()
  const meant = [
    'https://api.openai.com/v1/responses',
    'https://API.ANTHROPIC.COM./v1/messages',
    'https://mine.openai.azure.com/x',
    'https://bedrock-runtime.eu-west-1.amazonaws.com/model',
    'https://europe-west4-aiplatform.googleapis.com/v1',
    'no address',
  ]
  for (const address of meant) assert.ok(isModel(address), address)
  for (const address of [
    'https://example.com',
    'https://api.openai.com.evil.example',
    'https://notapi.openai.com',
  ])
    assert.ok(!isModel(address), address)
  const own = hostFilter(['.Example.com', 'one.test'])
  assert.ok(own('https://a.example.com') && own(new URL('http://one.test:8080')))
  assert.ok(!own('https://example.com') && !own('https://api.openai.com'))
})
