// Properties of masking on mixed, hostile and large texts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { Engine } from './engine.ts'
import type { RedactOptions, Replacement } from './finding.ts'
import { redact, scan } from './redact.ts'
import { redactStream, StreamRedactor } from './stream.ts'
import { Text } from './text.ts'

const key = new Uint8Array(32)

/** A property is tried this often: as said, or as KEYREEVE_PROPERTY_RUNS says, for a longer search. */
function runs(usual: number): { numRuns: number } {
  return { numRuns: Number(process.env['KEYREEVE_PROPERTY_RUNS'] ?? usual) }
}

const github = `ghp_${'A1b2'.repeat(9)}`
const aws = `AKIA${'AB23'.repeat(4)}`
const jwt = `eyJhbGciOiJIUzI1NiJ9.${'eyJh'.repeat(6)}.${'aB3_'.repeat(8)}`
const telegram = `12345678:AA${'a1B_'.repeat(9)}`
const twilio = `SK${'0f'.repeat(16)}`
const decoy = `gho_${'C3d4'.repeat(5)}.`
const pem = ['-----BEGIN PRIVATE KEY-----', 'MIIE'.repeat(16), '-----END PRIVATE KEY-----'].join('\n')

/** Pieces from which texts are made that bring anchors, secrets, quotes and escapes into every neighbourhood. */
const piece = fc.constantFrom(
  github,
  `${github}more`,
  aws,
  jwt,
  telegram,
  twilio,
  'secret_key'.repeat(9),
  decoy.repeat(8),
  `sk-${'a1B2'.repeat(12)}`,
  pem,
  pem.replaceAll('\n', '\\n'),
  '-----BEGIN PRIVATE KEY-----',
  '-----END',
  'password=',
  '"password": "',
  '\\"api_key\\":\\"',
  'token: ',
  '--secret ',
  'Authorization: Bearer ',
  'Authorization: Basic ',
  'postgres://u:',
  '@host ',
  'q8Zk2LmW0vXr',
  'hunter2',
  '[password]',
  '[github-token:4f2a]',
  '[secret:name]',
  '[',
  ']',
  '"',
  "'",
  '\\',
  '\\n',
  '\\u003d',
  '\\u12',
  '%3D',
  '\n',
  ' ',
  ',',
  '=',
  ':',
  '-',
  'é',
  '😀',
  '\ud800',
  'eyJ',
  '://',
  'x',
)
const text = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''))

async function streamed(chunks: readonly Uint8Array[]): Promise<string> {
  const { readable, writable } = redactStream({ key })
  const output = Array.fromAsync(readable)
  const writer = writable.getWriter()
  for (const chunk of chunks) await writer.write(chunk)
  await writer.close()
  return Buffer.concat(await output).toString()
}

function chunksOf(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!
    chunks.push(bytes.slice(at, at + size))
    at += size
  }
  return chunks
}

function stepsFor(input: string): number {
  const whole = new Text(Buffer.from(input), true)
  new Engine({}).advance(whole)
  return whole.steps
}

test('redact() gives the same placeholder for the same secret under one key, another under another', () => {
  const placeholder = redact(github, { key }).text
  assert.match(placeholder, /^\[github-token:[0-9a-f]{4}\]$/)
  assert.equal(redact(`x ${github}`, { key }).text, `x ${placeholder}`)
  assert.equal(
    redact(`Authorization: Bearer ${github}`, { key }).text,
    `Authorization: Bearer ${placeholder}`,
  )
  assert.equal(redact(`{"token":"${github}"}`, { key }).text, `{"token":"${placeholder}"}`)
  assert.notEqual(redact(github, { key: new Uint8Array(32).fill(1) }).text, placeholder)
  assert.notEqual(redact(`ghp_${'B1b2'.repeat(9)}`, { key }).text, placeholder)
})

test('redact() keeps its own random key within the process', () => {
  assert.equal(redact(github).text, redact(github).text)
})

test('redact() gives a value that can be guessed no pseudonym', () => {
  assert.equal(redact('password=hunter2').text, 'password=[password]')
  assert.equal(redact('a://u:hunter2@h').text, 'a://u:[url-credential]@h')
  assert.equal(redact('Authorization: Basic dXNlcjpwYXNz').text, 'Authorization: Basic [basic-auth]')
})

test('redact() puts quotes around the placeholder of a bare number in JSON, also in JSON within JSON', () => {
  assert.equal(redact('{"password":12345678}').text, '{"password":"[password]"}')
  const outer = JSON.stringify({ body: '{"password":12345678}' })
  const inner: unknown = JSON.parse(JSON.parse(redact(outer).text).body)
  assert.deepEqual(inner, { password: '[password]' })
})

test('redact() cuts a private key that is a JSON list of lines only within its strings', () => {
  const input = JSON.stringify({ lines: pem.split('\n'), next: 1 })
  const { text } = redact(input, { key })
  const { lines, next }: { lines: string[]; next: number } = JSON.parse(text)
  assert.equal(next, 1)
  assert.ok(lines.every((line) => /^\[private-key:[0-9a-f]{4}\]$/.test(line)))
})

test('redact() reads bytes that are no UTF-8 and keeps the rest', () => {
  const input = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(` ${github}`)])
  const { text, findings } = redact(input, { key })
  assert.match(text, /^\ufffd\ufffd \[github-token:/)
  assert.deepEqual([findings[0]?.start, findings[0]?.end], [3, 43])
})

test('redact() keeps lone surrogates of a string', () => {
  assert.match(redact(`\ud800${github}\udc00`).text, /^\ud800\[github-token:[0-9a-f]{4}\]\udc00$/)
})

test('redact() masks a value to its end, however long', () => {
  for (const long of [
    `ghp_${'A1b2'.repeat(20_000)}`,
    `password=${'A1!b'.repeat(20_000)}`,
    'eyJ'.repeat(40_000),
  ]) {
    const { text } = redact(`a ${long} b`)
    if (!long.startsWith('eyJ')) assert.ok(text.length < 60, text.slice(0, 100))
  }
})

test('scan() gives hints only where they are asked for', () => {
  const input = 'const password = "two words"'
  assert.deepEqual(scan(input), [])
  assert.deepEqual(
    scan(input, { threshold: 'hint' }).map(({ detector, confidence }) => [detector, confidence]),
    [['password', 'hint']],
  )
  assert.deepEqual(scan('password=hunter2', { threshold: 'certain' }), [])
})

test('scan() gives findings in order, apart from each other, that cover each secret whole', () => {
  fc.assert(
    fc.property(text, (input) => {
      let last = 0
      for (const { start, end } of scan(input)) {
        assert.ok(start >= last && end > start && end <= input.length)
        last = end
      }
    }),
    runs(100),
  )
})

test('redact() gives a text in which nothing is found, and which it does not change again', () => {
  fc.assert(
    fc.property(text, fc.constantFrom('hint', 'likely', 'certain'), (input, threshold) => {
      const { text } = redact(input, { key, threshold })
      assert.deepEqual(scan(text, { threshold }), [])
      assert.equal(redact(text, { key, threshold }).text, text)
    }),
    runs(2000),
  )
})

for (const [what, input] of [
  ['begins a word once a key before it is masked', `-----BEGIN PRIVATE KEY-----${github}-----END${jwt}`],
  ['was too long until its end was masked', `${twilio}${'x'.repeat(64)}${github}`],
  ['was too long until a bot token was masked', `${twilio}${telegram}`],
  ['is one attempt more once what follows is masked', 'secret_key'.repeat(18)],
  ['had a hint too far before it until the text between was masked', `mailgun ${jwt} key-${'0f'.repeat(16)}`],
] as const) {
  test(`redact() leaves nothing to a second pass that ${what}`, () => {
    for (const threshold of ['hint', 'likely', 'certain'] as const) {
      const { text } = redact(input, { key, threshold })
      assert.deepEqual(scan(text, { threshold }), [])
      assert.equal(redact(text, { key, threshold }).text, text)
    }
  })
}

test('redact() masks at a threshold what lies in a weaker finding', () => {
  const cut = `${telegram}z${'access-key'.repeat(6)}sntrys_${'eyJp'.repeat(12)}`
  const named = `token: AccountKey=${'aB3/'.repeat(21)}cd==;aws_secret_access_key = ${'wJ7/aB3+d'.repeat(4)}KEYa`
  for (const input of [cut, named]) {
    const { text } = redact(input, { key, threshold: 'certain' })
    assert.deepEqual(scan(text, { threshold: 'certain' }), [])
  }
})

test('redact() gives for bytes what it gives for the string', () => {
  fc.assert(
    fc.property(text, (input) => {
      assert.equal(redact(Buffer.from(input), { key }).text, redact(input, { key }).text.toWellFormed())
    }),
    runs(100),
  )
})

test('redact() keeps JSON valid, whatever its strings hold', () => {
  fc.assert(
    fc.property(fc.dictionary(text, fc.oneof(text, fc.integer(), fc.array(text))), (value) => {
      JSON.parse(redact(JSON.stringify(value)).text)
      JSON.parse(redact(JSON.stringify(value, null, 2)).text)
      JSON.parse(redact(JSON.stringify(JSON.stringify(value))).text)
    }),
    runs(1000),
  )
})

for (const [what, value] of [
  ['an escape before what stands beside an AWS key', [aws, `\ud800eyJq8Zk2LmW0vXr${jwt}`]],
  [
    'an escape at the furthest that a token is widened to',
    `\ud800eyJ-----ENDsk-${'a1B2'.repeat(12)}${github}`,
  ],
  ['an escape that ends in digits', `\ud800${telegram}`],
  ['an escape that ends within an anchor', `\ud8da${'pi'}${'0f'.repeat(16)}`],
  [
    'an AWS key that is glued to a token, and its secret',
    { [`${github}${aws}@host `]: [`${twilio}secret_key`] },
  ],
  ['a command that sets a variable', ['export DB_PASSWORD=letmein!,x']],
  ['a negative number', { passcode: -10000 }],
  ['a name that ends in a backslash', { 'pass\\': 1000 }],
  ['a value longer than is read in quotes', { 'secret-key': 'A1b2'.repeat(2000) }],
] as const) {
  test(`redact() keeps JSON valid around ${what}`, () => {
    for (const input of [JSON.stringify(value), JSON.stringify(JSON.stringify(value))])
      assert.doesNotThrow(() => JSON.parse(redact(input).text), redact(input).text)
  })
}

test('redact() leaves nothing of a token wherever it stands', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const own = `ghp_${'Z9y8'.repeat(9)}`
      assert.ok(!redact(`${before} ${own} ${after}`).text.includes(own.slice(0, 12)))
    }),
    runs(100),
  )
})

test('redactStream() gives the same however the input is cut', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(text, sizes, async (input, sizes) => {
      const bytes = Buffer.from(input)
      assert.equal(await streamed(chunksOf(bytes, sizes)), redact(bytes, { key }).text)
    }),
    runs(400),
  )
})

test('redactStream() gives the same for long runs, floods and much plain text', async () => {
  const inputs = [
    `a ${'A1b2'.repeat(50_000)} ${github}\n`,
    `ghp_${'A1b2'.repeat(50_000)} x`,
    'eyJ-'.repeat(20_000) + github,
    `${'eyJhbGciOiJIUzI1NiJ9.'.repeat(8000)}\n${github}`,
    '-----BEGIN PRIVATE KEY-----'.repeat(3000),
    `${pem}\n`.repeat(1000),
    'password='.repeat(10_000),
    `${decoy.repeat(15)}${'.'.repeat(40_000)}${decoy.repeat(5)}`,
    `ghp_A1b2==${'AKIA'}${'AIza'.repeat(18)}`,
    `line of plain text\n`.repeat(10_000) + github,
  ]
  for (const input of inputs) {
    const bytes = Buffer.from(input)
    const expected = redact(bytes, { key }).text
    for (const size of [97, 997, 65_536]) assert.equal(await streamed(chunksOf(bytes, [size])), expected)
  }
})

test('redactStream() lets nothing of a secret out before it is whole, and holds little', async () => {
  const { readable, writable } = redactStream({ key })
  const reader = readable.getReader()
  const writer = writable.getWriter()
  let out = ''
  const reading = (async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read())
      out += Buffer.from(part.value).toString()
  })()
  const input = `${'plain words here\n'.repeat(50)}${github} ${'more words\n'.repeat(50)}`
  for (const byte of Buffer.from(input)) {
    await writer.write(Uint8Array.of(byte))
    assert.ok(!out.includes('ghp_'))
  }
  await new Promise((resolve) => setImmediate(resolve))
  assert.ok(out.endsWith('more words\n'), out.slice(-30))
  await writer.close()
  await reading
})

for (const flood of [
  'eyJ',
  'eyJ-',
  'eyJ.',
  'eyJhbGciOiJIUzI1NiJ9.',
  '-----BEGIN PRIVATE KEY-----',
  '-----BEGIN PRIVATE KEY-----\n',
  '-----BEGIN PRIVATE KEY-----\nMIIEMIIEMIIEMIIEMIIE',
  '-----BEGIN ',
  'password=',
  'password="',
  `password='x"`,
  'password: ',
  '"token":',
  '"token":"\\',
  '--secret ',
  '://',
  'a://b:',
  'a://[password',
  'ghp_',
  'ghp_A1b2-',
  'sk-',
  'sk-a',
  'AKIA',
  `AKIA${'AB23'.repeat(4)},`,
  ':AA',
  '12345678:AA',
  'Bearer ',
  'Authorization: ',
  'key-',
  'SK',
  'SG.',
  '[secret:',
  '[',
  '\\',
  '\\"',
  'A1b2',
  `${'-eyJ'.repeat(15)}.${github}`,
  `mailgun${']'.repeat(60)}key-${'0f'.repeat(16)} `,
]) {
  // Of its beginning only: what a test prints must hold no secret.
  test(`scan() does linear work on a flood of ${JSON.stringify(flood.slice(0, 16))}`, () => {
    const [less, more] = [20_000, 80_000].map((size) => stepsFor(flood.repeat(size / flood.length)))
    assert.ok(more! <= 4.5 * less! + 20_000, `${less} steps, then ${more}`)
    assert.ok(more! <= 150 * 80_000, `${more} steps`)
  })
}

test('onReplaced() is told by redact() and StreamRedactor alike what stands where, and of the secret', () => {
  const input = `é ${github} password=hunter2 ${'word '.repeat(9000)}${aws}`
  const bytes = Buffer.from(input)
  const told = (run: (options: RedactOptions) => unknown): unknown[] => {
    const replacements: unknown[] = []
    const onReplaced = ({ secret, ...rest }: Replacement): void =>
      void replacements.push({ ...rest, secret: secret === null ? null : Buffer.from(secret).toString() })
    run({ key, onReplaced })
    return replacements
  }
  const whole = told((options) => redact(bytes, options))
  const inPieces = told((options) => {
    const redactor = new StreamRedactor(options)
    for (const chunk of chunksOf(bytes, [1000])) redactor.push(chunk)
    redactor.finish()
  })
  assert.deepEqual(inPieces, whole)
  const expected = [github, null, aws]
  assert.deepEqual(
    whole.map((one) => Object(one).secret),
    expected,
  )
  assert.equal(Object(whole[0]).start, 3)
})
