// Which values a key leads to, in the notations of settings, code and markup.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AnchorSet } from './anchors.ts'
import { claimsAt } from './assignment.ts'
import { contexts } from './contexts.ts'
import { judge } from './judge.ts'
import { Text } from './text.ts'

const anchors = new AnchorSet(contexts.filter(({ structure }) => structure === 'assignment')).all

/** What stands where a credential would, whatever it is. */
function claimed(input: string): string[] {
  const text = new Text(Buffer.from(input), true)
  const claims = Array.from(input, (_, at) =>
    anchors
      .filter(({ literal }) => text.has(literal, at, true))
      .flatMap((anchor) => claimsAt(text, at, anchor)),
  )
  return [
    ...new Set(
      claims
        .flat()
        .filter(({ start, end }) => end > start)
        .map(({ start, end }) => input.slice(start, end)),
    ),
  ]
}

function judged(input: string): string[] {
  const text = new Text(Buffer.from(input), true)
  const claims = Array.from(input, (_, at) =>
    anchors
      .filter(({ literal }) => text.has(literal, at, true))
      .flatMap((anchor) => claimsAt(text, at, anchor)),
  )
  return claims
    .flat()
    .filter((claim) => judge(text, claim) === 'likely')
    .map(({ start, end }) => input.slice(start, end))
}

for (const input of [
  'password=V4lue-22x',
  'password: "V4lue-22x"',
  "$config['password'] = 'V4lue-22x';",
  ':password => "V4lue-22x"',
  'password := "V4lue-22x"',
  'if user.password == "V4lue-22x" {',
  'user.setPassword("V4lue-22x")',
  'headers.set("X-Api-Key", "V4lue-22x")',
  'run("--db-password", "V4lue-22x")',
  '<db-password>V4lue-22x</db-password>',
  '<add name="ApiToken" value="V4lue-22x"/>',
  '{"name": "client_secret", "value": "V4lue-22x"}',
  's:8:"password";s:5:"V4lue-22x";',
  "ALTER ROLE app PASSWORD 'V4lue-22x'",
  'login --token V4lue-22x',
  'key := []byte("V4lue-22x")',
  'val secret = Secret("V4lue-22x")',
  'const token: string = "V4lue-22x"',
  'token = b"V4lue-22x"',
  'Tokens: []string{"V4lue-22x"}',
  '**password**: V4lue-22x',
  'secret_key_base: V4lue-22x',
  '+  API_KEY2=V4lue-22x',
]) {
  // A log that holds what looks like a credential is no clean log.
  const shown = input.replace('V4lue-22x', '…')
  test(`claimsAt() finds the value in ${shown}`, () => assert.deepEqual(claimed(input), ['V4lue-22x']))
}

test('claimsAt() finds each value of a list', () => {
  assert.deepEqual(claimed('"tokens": ["V4lue-221", "V4lue-222",\n "V4lue-223"]'), [
    'V4lue-221',
    'V4lue-222',
    'V4lue-223',
  ])
})

for (const input of [
  'password',
  'Passwords, tokens and keys.',
  'password::Value',
  'monkey = value',
  'bypass: value',
  'token_count = 5',
  'passwordHash: x',
  "['password', 'username']",
  'keyboard = "V4lue-22x"',
]) {
  test(`claimsAt() finds nothing in ${input}`, () => assert.deepEqual(claimed(input), []))
}

for (const input of [
  'token = getToken()',
  'password: string',
  'tokens: 512',
  'password = request.body.password',
  'secretKey: Uint8Array): Point',
  'passphrase: Keystore | null',
  'password: ${DB_PASSWORD}',
  'PWD=/home/ann/work',
  "('AUTH', 'SELECTED')",
  'Test::Pass => "1.302111"',
  'password: "必須項目を入力してください"',
  'publicKeyToken=b77a5c561934e089',
]) {
  test(`judge() takes nothing in ${input} for a credential`, () => assert.deepEqual(judged(input), []))
}

test('judge() tells by the value where the place is the same', () => {
  assert.deepEqual(judged('api_key = "0f3b9c7e1d5a8b2460f3b9c7e1d5a8b2"'), [
    '0f3b9c7e1d5a8b2460f3b9c7e1d5a8b2',
  ])
  assert.deepEqual(judged('api_key = "your-api-key-here"'), [])
})
