import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Authority, noOpenssl, type Certified } from '../../../test/certificates.ts'
import { posterTo } from './index.ts'

test('posterTo() sends nothing to whoever shows a wrong certificate', { skip: noOpenssl }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-post-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const [ours, foreign] = [new Authority(folder, 'ours'), new Authority(folder, 'foreign')]
  const trusted = readFileSync(ours.certificate, 'utf8')
  const postTo = async ({ certificate, key }: Certified, ca: string | undefined) => {
    let asked = 0
    const pair = { cert: readFileSync(certificate), key: readFileSync(key) }
    const server = createServer(pair, (_request, response) => {
      asked++
      response.end('{}')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => (server.closeAllConnections(), server.close()))
    const post = posterTo(`https://127.0.0.1:${(server.address() as AddressInfo).port}/token`, ca)
    const status = await post({}, new URLSearchParams('a=b')).then(
      (answer) => answer.status,
      (fault: { readonly code: string }) => fault.code,
    )
    return [status, asked]
  }
  assert.deepEqual(await postTo(ours.server(), trusted), [200, 1])
  assert.deepEqual(await postTo(foreign.server(), trusted), ['issuer-unreachable', 0])
  assert.deepEqual(await postTo(ours.server('DNS:elsewhere.example'), trusted), ['issuer-unreachable', 0])
  assert.deepEqual(await postTo(ours.server(), undefined), ['issuer-unreachable', 0])
})
