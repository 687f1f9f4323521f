// However a model and the network cut its answer: nothing of a secret leaves in part, and the pieces make the whole.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { EventRedactor } from './events.ts'
import { cut, dialects, github, key, stripe, through } from './model-streams.test.ts'
import { redact } from './redact.ts'
import { StreamRedactor } from './stream.ts'

const scrap = fc.constantFrom(
  github,
  stripe,
  'password=',
  '"password": "',
  'hunter2',
  'token: ',
  'q8Zk2LmW0vXr',
  'Authorization: Bearer ',
  '-----BEGIN PRIVATE KEY-----\nMIIEMIIEMIIEMIIEMIIE\n-----END PRIVATE KEY-----',
  'the quick brown fox ',
  'é',
  '😀',
  '\ud83d',
  '\n',
  '\\n',
  '"',
  ' ',
  '-',
  'x',
  '[DONE]',
  '[password]',
)
const text = fc.array(scrap, { maxLength: 10 }).map((scraps) => scraps.join(''))
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 })

/** A property is tried this often: as said, or as KEYREEVE_PROPERTY_RUNS says, for a longer search. */
function runs(usual: number): { numRuns: number } {
  return { numRuns: Number(process.env['KEYREEVE_PROPERTY_RUNS'] ?? usual) }
}

for (const [name, { write, read }] of Object.entries(dialects)) {
  test(`EventRedactor makes of ${name}, however model and network cut it, what redact() makes of the whole`, () => {
    fc.assert(
      fc.property(text, sizes, sizes, (whole, pieceSizes, chunkSizes) => {
        const output = through(write(cut(whole, pieceSizes)), chunkSizes)
        assert.equal(read(output), redact(whole.toWellFormed(), { key }).text)
      }),
      runs(60),
    )
  })

  test(`EventRedactor lets nothing of a secret in ${name} out before it is whole`, () => {
    const redactor = new EventRedactor({ key })
    let output = ''
    for (const byte of Buffer.from(write(cut(`it is ${github} indeed`, [1])))) {
      output += redactor
        .push(Uint8Array.of(byte))
        .map((part) => Buffer.from(part).toString())
        .join('')
    }
    output += redactor
      .finish()
      .map((part) => Buffer.from(part).toString())
      .join('')
    assert.ok(!read(output).includes('ghp_'))
    assert.match(read(output), /^it is \[github-token:[0-9a-f]{4}\] indeed$/)
  })
}

/** An answer as models write them: prose, a list, code, a table, numbers. */
const answer = `Sure! Here is how the upload works, step by step.

1. The client asks \`POST /v2/uploads\` for a ticket and gets an id, a URL and an expiry (15 minutes by default).
2. It sends the file in parts of 8 MiB. Each part has its own checksum, so a part that fails is sent again alone.
3. When all parts are there, \`POST /v2/uploads/{id}/complete\` joins them and returns the final size.

\`\`\`ts
async function send(file: Blob, ticket: Ticket): Promise<void> {
  for (let at = 0; at < file.size; at += partSize) {
    const part = file.slice(at, at + partSize)
    await put(ticket.url, part, { signal: AbortSignal.timeout(30_000) })
  }
}
\`\`\`

| Status | Meaning            | Retry?                     |
| ------ | ------------------ | -------------------------- |
| 409    | part already there | no, go on with the next    |
| 429    | too many requests  | yes, after \`Retry-After\`   |
| 503    | storage is busy    | yes, with a growing pause  |

The password for the staging account is not in the repository: ask whoever runs the vault, and put it into your own
environment. A session token is refreshed on its own; you needn't do anything about it. If you see "authorization failed"
in the log, the clock of the machine is usually wrong by more than five minutes. That said, I would start with the
simplest change — keep the old endpoint, measure for a week (2026-03-02 to 2026-03-09), then decide.
`

test('StreamRedactor holds less than a character of an answer that comes four at a time, and lets most pieces out at once', () => {
  const redactor = new StreamRedactor({ key })
  const pieces = cut(answer, [4])
  let taken = 0
  let given = 0
  let held = 0
  let atOnce = 0
  for (const piece of pieces) {
    taken += piece.length
    given += Buffer.concat(redactor.push(Buffer.from(piece))).toString().length
    held += taken - given
    if (taken === given) atOnce++
  }
  assert.ok(held / pieces.length <= 1, `${held / pieces.length} characters held`)
  assert.ok(atOnce / pieces.length >= 0.5, `${atOnce / pieces.length} of the pieces let out at once`)
})
