import { Fault, hex, Secret, utf8, type Random } from '#base'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { passphraseStore } from '#keystore'

const random: Random = (length) => Uint8Array.from(randomBytes(length))
const cheap = { kdf: 'argon2id', memoryKib: 8192, passes: 1, lanes: 1, salt: 'AQEBAQEBAQEBAQEBAQEBAQ' }

function store(passphrase: string) {
  return passphraseStore(Secret.own(utf8(passphrase)), random)
}

async function keyWith(passphrase: string, params: Readonly<Record<string, string | number>> = cheap) {
  return (await store(passphrase).unlock('vault', params)).lend(hex)
}

test('passphraseStore() derives at unlock the key that it made at enrolment', async () => {
  const slot = await store('correct horse').enrol('vault')
  assert.deepEqual(
    { ...slot.params, salt: '' },
    { kdf: 'argon2id', memoryKib: 65536, passes: 3, lanes: 4, salt: '' },
  )
  const key = slot.key.lend(hex)
  assert.equal(key.length, 64)
  assert.equal(await keyWith('correct horse', slot.params), key)
  assert.notEqual(await keyWith('wrong horse', slot.params), key)
})

test('passphraseStore() takes the same passphrase from every keyboard', async () => {
  assert.equal(await keyWith('pa\u0308ssphrase'), await keyWith('p\u00e4ssphrase'))
})

test('passphraseStore() refuses a passphrase under 8 characters, counted as people count', async () => {
  await assert.rejects(store('1234567').enrol('vault'), coded('passphrase-weak'))
  await assert.rejects(store('\u00e4'.repeat(7)).enrol('vault'), coded('passphrase-weak'))
  const bytes = Uint8Array.from({ length: 12 }, () => 0xff)
  await assert.rejects(passphraseStore(Secret.own(bytes), random).enrol('vault'), coded('usage'))
})

test('passphraseStore() does not let a header ask for more memory or time than is sane', async () => {
  const hostile: Record<string, string | number>[] = [
    { memoryKib: 100 * 1024 * 1024 },
    { memoryKib: 8 },
    { memoryKib: '65536' },
    { passes: 1e9 },
    { passes: 1.5 },
    { lanes: 0 },
    { lanes: 2 ** 24 },
    { salt: 'AQ' },
    { salt: 5 },
    { salt: '!'.repeat(22) },
    { kdf: 'md5' },
  ]
  for (const change of hostile) {
    await assert.rejects(keyWith('correct horse', { ...cheap, ...change }), coded('vault-corrupt'))
  }
})

function coded(code: string) {
  return (thrown: unknown) => thrown instanceof Fault && thrown.code === code
}
