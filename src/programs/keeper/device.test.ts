import { Fault, fromBase64url, machineClock, Secret, type Random } from '#base'
import { dpopProof, publicKeyOf } from '#token'
import { createVault, newVaultId, type Vault } from '#vault'
import assert from 'node:assert/strict'
import { randomBytes, verify } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { deviceOf, forgetDevice, keepDevice, makeDevice, signProof } from './device.ts'

const random: Random = (length) => Uint8Array.from(randomBytes(length))
const clock = machineClock({ Date, performance, setTimeout })

function freshVault(): Vault {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-device-'))
  const id = newVaultId(random)
  const slot = {
    kind: 'file',
    assurance: 'file',
    place: 'here',
    params: {},
    key: Secret.own(random(32)),
  } as const
  const vault = createVault(join(folder, 'vault'), { id, slots: [slot], random, clock })
  after(() => {
    vault.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return vault
}

const enrolment = {
  issuer: 'https://tokens.example',
  tokenEndpoint: 'https://tokens.example/token',
  jwksUri: 'https://tokens.example/jwks',
  device: 'dev_1',
  attestation: 'a.b.c',
  scope: 'llm.infer:read',
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

test('makeDevice() makes one key, and gives only its public part', () => {
  const vault = freshVault()
  assert.deepEqual(deviceOf(vault), { jwk: null, enrolment: null, joinState: null })
  assert.throws(() => signProof(vault, 'a.b'), coded('device-unknown'))
  assert.throws(() => keepDevice(vault, { enrolment }), coded('device-unknown'))
  const jwk = makeDevice(vault)
  assert.deepEqual(Object.keys(jwk), ['kty', 'crv', 'x', 'y'])
  assert.deepEqual(makeDevice(vault), jwk)
  assert.deepEqual(deviceOf(vault), { jwk, enrolment: null, joinState: null })
})

test('keepDevice() keeps an enrolment and its join state; another device begins anew', () => {
  const vault = freshVault()
  const jwk = makeDevice(vault)
  keepDevice(vault, { enrolment })
  keepDevice(vault, { joinState: 's1' })
  assert.deepEqual(deviceOf(vault), { jwk, enrolment, joinState: 's1' })
  const renewed = { ...enrolment, attestation: 'd.e.f' }
  keepDevice(vault, { enrolment: renewed })
  assert.deepEqual(deviceOf(vault), { jwk, enrolment: renewed, joinState: 's1' })
  keepDevice(vault, { enrolment: { ...enrolment, device: 'dev_2' } })
  assert.equal(deviceOf(vault).joinState, null)
})

test('forgetDevice() leaves nothing of the key; the next one is another', () => {
  const vault = freshVault()
  const jwk = makeDevice(vault)
  keepDevice(vault, { enrolment })
  forgetDevice(vault)
  assert.deepEqual(deviceOf(vault), { jwk: null, enrolment: null, joinState: null })
  assert.notDeepEqual(makeDevice(vault), jwk)
})

test('signProof() signs a proof by its own key and nothing else', async () => {
  const vault = freshVault()
  const jwk = makeDevice(vault)
  let input = ''
  const proof = await dpopProof(
    { method: 'POST', url: 'https://tokens.example/token', jti: 'j', now: 1_800_000_000_000, jwk },
    async (bytes) => {
      input = Buffer.from(bytes).toString()
      return fromBase64url(signProof(vault, input).signature)
    },
  )
  const signature = Buffer.from(proof.split('.')[2] ?? '', 'base64url')
  const key = { key: publicKeyOf(jwk), dsaEncoding: 'ieee-p1363' } as const
  assert.ok(verify('sha256', Buffer.from(input), key, signature))
  const claims = encoded({ htm: 'POST', htu: 'https://tokens.example/token', jti: 'j', iat: 1 })
  const head = { alg: 'ES256', typ: 'dpop+jwt', jwk }
  const refused = [
    `${encoded({ ...head, typ: 'at+jwt' })}.${claims}`,
    `${encoded({ ...head, alg: 'none' })}.${claims}`,
    `${encoded({ ...head, jwk: { ...jwk, x: jwk.y } })}.${claims}`,
    `${encoded({ alg: 'ES256', typ: 'dpop+jwt' })}.${claims}`,
    `${encoded(head)}.${encoded({ iss: 'https://tokens.example', sub: 'admin' })}`,
    `${encoded(head)}.${claims}.more`,
    'not base64 at all',
    '',
  ]
  for (const each of refused) assert.throws(() => signProof(vault, each), coded('proof-invalid'), each)
})

function coded(code: string): (thrown: unknown) => boolean {
  return (thrown) => thrown instanceof Fault && thrown.code === code
}
