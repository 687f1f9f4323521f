import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { Secret } from '#base'
import { parseKnownSecrets } from '#known'
import * as fc from 'fast-check'
import { knownTable, mostPieces } from './table.ts'

const random = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(randomBytes(length))

function tableOf(...values: readonly (string | Uint8Array)[]): ReturnType<typeof knownTable> {
  const secrets = values.map((one, index) => ({
    name: `name${index}`,
    secret: Secret.copy(Buffer.from(one)),
  }))
  return knownTable(secrets, random)
}

/** Names of what is found, each once. */
function namesIn(input: string | Buffer, ...values: readonly string[]): string[] {
  return namesOf(tableOf(...values).table, input)
}

function namesOf(table: string, input: string | Buffer): string[] {
  const { found } = parseKnownSecrets(table).find(Buffer.from(input))
  return [...new Set(found.map(({ name }) => name))].toSorted()
}

/** Put together here, so that no scanner takes this file for a leak. */
const random24 = ['q8Zk2LmW0vXr', '7TuNb5Yc9HdJ'].join('')
const random16 = 'K3vR9sQe1ZxB6wGm'

test('knownTable() leaves out what is empty, short, easily guessed or there twice, and says why', () => {
  const { left } = tableOf(
    '',
    ' \n',
    'x',
    'q8Zk2LmW0v',
    'password1234',
    'aaaaaaaaaaaaaaaa',
    '123456789012',
    'q8Zk2LmW0vXr',
    new Uint8Array(20),
    'Summer2026!!',
    ' q8Zk2LmW0vXr\n',
  )
  assert.deepEqual(
    left.map(({ name, reason }) => `${name} ${reason}`),
    [
      'name0 empty',
      'name1 empty',
      'name2 too-short',
      'name3 too-short',
      'name4 guessable',
      'name5 guessable',
      'name6 guessable',
      'name8 empty',
      'name9 guessable',
      'name10 duplicate',
    ],
  )
})

test('knownTable() leaves out no random value', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 40 }), fc.nat(3), (seed, kind) => {
      const encodings = ['hex', 'base64', 'base64url', 'latin1'] as const
      const value = random(Math.max(12, seed.length))
      assert.deepEqual(tableOf(Buffer.from(value).toString(encodings[kind]).slice(0, 40)).left, [])
    }),
  )
})

test('knownTable() finds a secret and the one that it begins', () => {
  assert.deepEqual(namesIn(random24, random24.slice(0, 14), random24), ['name0', 'name1'])
  assert.deepEqual(namesIn(random24.slice(0, 20), random24.slice(0, 14), random24), ['name0'])
})

test('knownTable() holds no plaintext of what it was made of, and nothing twice that depends on it', () => {
  const [one, other] = [tableOf(random24).table, tableOf(random24).table]
  for (let at = 0; at + 6 <= random24.length; at++) assert.ok(!one.includes(random24.slice(at, at + 6)))
  assert.notEqual(one, other)
})

test('knownTable() stays under 16 MiB, and says what has no room', () => {
  const values = Array.from({ length: 40 }, () => randomBytes(30).toString('base64'))
  const secrets = values.map((value, index) => ({
    name: `name${index}`,
    secret: Secret.copy(Buffer.from(value)),
  }))
  const most = 500
  const { table, left } = knownTable(secrets, random, most)
  assert.ok(left.length > 0 && left.length < values.length)
  assert.ok(left.every(({ reason }) => reason === 'too-many'))
  // Not always the last: how many pieces a value needs depends on its characters.
  const roomless = left.map(({ name }) => name)
  values.forEach((value, index) => {
    const name = `name${index}`
    assert.deepEqual(namesOf(table, value), roomless.includes(name) ? [] : [name])
  })
  assert.ok((table.length / most) * mostPieces <= 16 * 1024 * 1024)
})

test('knownTable() finds strings of JSON alone, but for what everybody may see', () => {
  const secret = JSON.stringify({
    type: 'service_account',
    auth_uri: 'https://accounts.example.com/o/oauth2/auth',
    keys: [{ private_key_id: random16, note: 'rotated twice a year' }],
  })
  assert.deepEqual(namesIn(`id=${random16}`, secret), ['name0'])
  assert.deepEqual(namesIn(Buffer.from(random16).toString('base64'), secret), ['name0'])
  assert.deepEqual(
    namesIn('https://accounts.example.com/o/oauth2/auth service_account rotated twice a year', secret),
    [],
  )
})

test('knownTable() finds the password of an address alone, as it stands there and decoded', () => {
  const password = `p@ss/${random16}`
  const address = `postgres://app:${encodeURIComponent(password)}@db.example.com/prod`
  assert.deepEqual(namesIn(password, address), ['name0'])
  assert.deepEqual(namesIn(`PGPASSWORD=${encodeURIComponent(password)}`, address), ['name0'])
  assert.deepEqual(namesIn('db.example.com/prod', address), [])
  // keyreeve:allow url-credential reason="an example that everybody knows"
  assert.deepEqual(namesIn('correct horse battery', 'https://u:correct%20horse%20battery@x.example'), [
    'name0',
  ])
})

test('knownTable() finds each line of a key, and the values of a file of settings', () => {
  // The same each time: a line drawn at random may look like words, and is left out then.
  const lines = ['a', 'b', 'c', 'd'].map((text) => createHash('sha384').update(text).digest('base64'))
  const key =
    ['-----BEGIN PRIVATE', ' KEY-----'].join('') + `\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`
  for (const line of lines) assert.deepEqual(namesIn(`> ${line} <`, key), ['name0'])
  assert.deepEqual(namesIn(lines[1]!, JSON.stringify({ key })), ['name0'])
  assert.deepEqual(namesIn(lines[1]!, key.trim().replaceAll('\n', '\\n')), ['name0'])
  assert.deepEqual(namesIn(['-----BEGIN PRIVATE', ' KEY-----'].join(''), key), [])
  const settings = `HOST=db.example.com\nexport TOKEN="${random16}"\npassword: ${random24}\n`
  assert.deepEqual(namesIn(random16, settings), ['name0'])
  assert.deepEqual(namesIn(random24, settings), ['name0'])
  assert.deepEqual(namesIn('HOST=db.example.com', settings), [])
})

test('knownTable() names a secret by its own name, though another holds it', () => {
  assert.deepEqual(namesIn(random16, JSON.stringify({ token: random16 }), random16), ['name1'])
})

test('knownTable() finds base64 in lines of 64 and 76 characters', () => {
  const value = randomBytes(100).toString('hex')
  const base64 = Buffer.from(value).toString('base64')
  for (const [length, end] of [
    [64, '\n'],
    [76, '\r\n'],
    [64, '\\n'],
    [76, '\\r\\n'],
  ] as const) {
    const lines = base64.match(new RegExp(`.{1,${length}}`, 'g')) ?? []
    const known = parseKnownSecrets(tableOf(value).table)
    const text = `x ${lines.join(end)}`
    const { found } = known.find(Buffer.from(text))
    assert.deepEqual(
      [Math.min(...found.map(({ start }) => start)), Math.max(...found.map(({ end }) => end))],
      [2, text.length],
    )
  }
})

test('knownTable() finds base32 in both cases', () => {
  // RFC 4648, section 10, grown to a length that is looked for.
  const value = 'foobarfoobar'
  assert.deepEqual(namesIn('MZXW6YTBOJTG633CMFZA', `${value}!`), [])
  const code = Array.from(Buffer.from(random16), (byte) => byte.toString(2).padStart(8, '0')).join('')
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const base32 = (code.match(/.{1,5}/g) ?? [])
    .map((bits) => digits[parseInt(bits.padEnd(5, '0'), 2)])
    .join('')
  assert.deepEqual(namesIn(`otp ${base32}====`, random16), ['name0'])
  assert.deepEqual(namesIn(base32.toLowerCase(), random16), ['name0'])
})

test('knownTable() takes of a secret in a Buffer a copy of its own, and leaves the secret as it is', () => {
  const value = Buffer.from('q8Zk2LmW0vXr7TuNq8Zk2LmW')
  const secret = Secret.own(value)
  const { table } = knownTable([{ name: 'x', secret }], (length) => randomBytes(length))
  assert.equal(value.toString(), 'q8Zk2LmW0vXr7TuNq8Zk2LmW')
  assert.equal(parseKnownSecrets(table).find(Buffer.from(`a ${value.toString()} b`)).found.length, 1)
})
