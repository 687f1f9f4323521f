// The phantom is found where clients put a key, and taken out of there.
import { ManualClock } from '#base'
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { readIncoming, withoutParameter } from './incoming.ts'
import { PhantomTable } from './phantoms.ts'

const token = ['phantom', 'of', 'a', 'test'].join('-')
const phantoms = new PhantomTable(new ManualClock())
phantoms.replace([
  { id: 'p1', sha256: hash('sha256', token), assistant: 'a', route: 'model', left: null, only: null },
])

function read(url: string, headers: Record<string, string>) {
  const request = { url, headers: { host: '127.0.0.1:8000', ...headers } } as unknown as IncomingMessage
  return readIncoming(request, phantoms)
}

test('readIncoming() finds the phantom in each place', () => {
  for (const headers of [
    { authorization: `Bearer ${token}` },
    { authorization: `bearer  ${token}` },
    { authorization: `token ${token}` },
    { 'x-api-key': token },
    { 'api-key': token },
    { 'x-goog-api-key': token },
  ]) {
    const { phantom, path, query } = read('/model/v1/models?a=1', headers)
    assert.deepEqual([phantom.id, path, query], ['p1', '/v1/models', '?a=1'])
  }
  assert.equal(read(`/model/v1?key=${token}&a=1`, {}).query, '?a=1')
  assert.equal(read(`/model?a=1&%6bey=${token}`, {}).query, '?a=1')
  assert.equal(read(`/model?key=${token}`, {}).path, '/')
})

test('readIncoming() takes the phantom though a key of another kind stands before it', () => {
  assert.equal(read('/model/x', { authorization: 'Bearer unused', 'x-api-key': token }).phantom.id, 'p1')
})

test('readIncoming() refuses other routes, unknown tokens, names of somebody else’s DNS', () => {
  const known = { 'x-api-key': token }
  assert.throws(() => read('/other/x', known), { code: 'phantom-unknown' })
  assert.throws(() => read('/modelx', known), { code: 'phantom-unknown' })
  assert.throws(() => read('/model/x', { 'x-api-key': `${token}x` }), { code: 'phantom-unknown' })
  assert.throws(() => read('/model/x', {}), { code: 'phantom-unknown' })
  for (const host of ['evil.example', '127.0.0.1.evil.example', '127.0.0.1:80@evil.example', '']) {
    assert.throws(() => read('/model/x', { ...known, host }), { code: 'peer-refused' }, host)
  }
  assert.throws(() => read('/model/../x', known), { code: 'path-invalid' })
})

test('withoutParameter() takes out every one of that name, however it is spelled', () => {
  assert.deepEqual(withoutParameter('?key=1&a=2&key=3', 'key'), { found: ['1', '3'], rest: '?a=2' })
  assert.deepEqual(withoutParameter('?keys=1', 'key'), { found: [], rest: '?keys=1' })
  assert.deepEqual(withoutParameter('?key=%zz', 'key'), { found: ['%zz'], rest: '' })
})
