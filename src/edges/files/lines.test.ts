import * as fc from 'fast-check'
import assert from 'node:assert/strict'
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, it } from 'node:test'
import { readLines, type ReadLimits } from './lines.ts'
import type { LineRange } from './window.ts'

const base = mkdtempSync(`${tmpdir()}/keyreeve-lines-`)
after(() => rmSync(base, { recursive: true }))

async function read(
  content: string | Uint8Array,
  lines: readonly LineRange[] | null = null,
  limits: Partial<ReadLimits> = {},
) {
  const path = `${base}/file`
  writeFileSync(path, content)
  const fd = openSync(path, 'r')
  try {
    const reading = await readLines(fd, lines, limits)
    return { ...reading, asked: reading.windows.map(({ text, start, end }) => text.slice(start, end)) }
  } finally {
    closeSync(fd)
  }
}

it('readLines() gives a whole file, with and without a line feed at its end', async () => {
  for (const [content, total] of [
    ['', 0],
    ['a', 1],
    ['a\n', 1],
    ['a\nb', 2],
    ['\n', 1],
    ['\n\n', 2],
  ] as const) {
    const { asked, totalLines, windows } = await read(content)
    assert.deepEqual(
      { asked, totalLines, to: windows[0]?.lines[1] },
      { asked: [content], totalLines: total, to: total },
    )
  }
})

it('readLines() gives ranges with their line ends, in order, joined where they touch', async () => {
  const content = 'one\ntwo\r\nthree\nfour\nfive'
  const { asked, windows, totalLines } = await read(content, [
    [5, 9],
    [2, 2],
    [1, 2],
  ])
  assert.deepEqual(asked, ['one\ntwo\r\n', 'five'])
  assert.deepEqual(
    windows.map(({ lines }) => lines),
    [
      [1, 2],
      [5, 5],
    ],
  )
  assert.equal(totalLines, 5)
})

it('readLines() agrees with splitting the whole text, for any text and ranges', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r\n', 'é', '🔑', '\t', '字'), maxLength: 60 })
  const range = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 6 }))
  const encoding = fc.constantFrom('utf-8', 'utf-16le', 'utf-16be')
  await fc.assert(
    fc.asyncProperty(text, range, encoding, async (content, [from, more], name) => {
      const lines = content.split(/(?<=\n)/).filter((line) => line !== '')
      const expected = lines.slice(from - 1, from + more).join('')
      const got = await read(encode(content, name), [[from, from + more]], { context: 4 }).then(
        ({ asked }) => asked.join(''),
        (fault: { code: string }) => fault.code,
      )
      assert.equal(got, expected === '' ? 'lines-invalid' : expected)
    }),
    { numRuns: 300 },
  )
})

it('readLines() gives context on both sides without cutting a character', async () => {
  for (const name of ['utf-8', 'utf-16le', 'utf-16be']) {
    for (const context of [2, 4, 6, 8, 10]) {
      const { windows } = await read(encode('字🔑é\nasked\n🔑字é', name), [[2, 2]], { context })
      const { text = '', start = 0, end = 0 } = windows[0] ?? {}
      assert.equal(text.slice(start, end), 'asked\n')
      assert.ok('字🔑é\n'.endsWith(text.slice(0, start)) && '🔑字é'.startsWith(text.slice(end)))
      assert.ok(text.isWellFormed())
    }
  }
})

it('readLines() leaves the byte order mark out and names the encoding', async () => {
  const marked = await read('\ufeffa\n', [[1, 1]])
  assert.deepEqual([marked.asked, marked.encoding], [['a\n'], 'utf-8'])
  assert.equal((await read(encode('a', 'utf-16le'))).encoding, 'utf-16le')
  assert.equal((await read(encode('a', 'utf-16be'))).encoding, 'utf-16be')
})

it('readLines() refuses what is no text', async () => {
  const cases: readonly Uint8Array[] = [
    Buffer.from('a\0b'),
    Buffer.from([0xc3, 0x28]),
    Buffer.from([0xed, 0xa0, 0x80]),
    Buffer.from([0xe2, 0x82]),
    Buffer.from([0xff, 0xfe, 0x00, 0xd8]),
    Buffer.from([0xff, 0xfe, 0x61]),
    Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]),
    Buffer.from([0x89, 0x50, 0x4e, 0x47]),
  ]
  for (const bytes of cases)
    await assert.rejects(read(bytes), { code: 'file-not-text' }, Buffer.from(bytes).toString('hex'))
})

it('readLines() refuses NUL before the asked lines too', async () => {
  await assert.rejects(read('\0\na\nb\n', [[3, 3]]), { code: 'file-not-text' })
})

it('readLines() refuses ranges that are none, and ranges behind the end', async () => {
  for (const lines of [
    [[0, 1]],
    [[2, 1]],
    [[1, 1.5]],
    [[-1, 1]],
    [[NaN, 1]],
    [[1, Infinity]],
    [],
  ] as LineRange[][]) {
    await assert.rejects(read('a\nb\n', lines), { code: 'lines-invalid' })
  }
  await assert.rejects(read('a\nb\n', [[3, 3]]), { code: 'lines-invalid', message: 'the file has 2 lines' })
  await assert.rejects(read('', [[1, 1]]), { code: 'lines-invalid', message: 'the file has 0 lines' })
})

it('readLines() releases exactly its limit and not a byte more, and says what to ask for', async () => {
  const limits = { release: 20 }
  assert.equal((await read('1234\n'.repeat(4), null, limits)).totalLines, 4)
  await assert.rejects(read('1234\n'.repeat(5), null, limits), {
    code: 'file-too-large',
    message: 'that is more than 20 bytes; ask for lines 1 to 4',
  })
  await assert.rejects(
    read(
      '1234\n'.repeat(9),
      [
        [1, 1],
        [3, 9],
      ],
      limits,
    ),
    {
      code: 'file-too-large',
      message: 'that is more than 20 bytes; ask for lines 3 to 5',
    },
  )
  await assert.rejects(read('x'.repeat(21), [[1, 1]], limits), { code: 'file-too-large' })
})

it('readLines() looks no further than its limit for the asked lines', async () => {
  const content = '1234\n'.repeat(100)
  assert.deepEqual((await read(content, [[20, 20]], { scan: 100, context: 0 })).asked, ['1234\n'])
  await assert.rejects(read(content, [[40, 40]], { scan: 100 }), { code: 'file-too-large' })
})

it('readLines() tells the number of lines only where it met the end', async () => {
  assert.equal((await read('a\n'.repeat(100), [[1, 1]], { context: 10 })).totalLines, null)
  assert.equal((await read('a\n'.repeat(100), [[1, 1]])).totalLines, 100)
})

it('readLines() finds lines across the chunks that it reads', async () => {
  const line = `${'x'.repeat(1000)}\n`
  const { asked } = await read(line.repeat(999) + 'the end', [
    [262, 263],
    [1000, 1000],
  ])
  assert.deepEqual(asked, [line.repeat(2), 'the end'])
})

it('readLines() is bounded on a sparse file of 10 GiB and on one huge line', async () => {
  const path = `${base}/sparse`
  const fd = openSync(path, 'w+')
  writeSync(fd, 'first\nsecond\n')
  ftruncateSync(fd, 10 * 2 ** 30)
  await assert.rejects(readLines(fd, null), { code: 'file-not-text' })
  await assert.rejects(readLines(fd, [[3, 3]]), { code: 'file-not-text' })
  closeSync(fd)
  await assert.rejects(read('x'.repeat(3_000_000)), { code: 'file-too-large' })
  await assert.rejects(read('x'.repeat(3_000_000), [[2, 2]], { scan: 1_000_000 }), { code: 'file-too-large' })
})

function encode(text: string, encoding: string): Uint8Array {
  if (encoding === 'utf-8') return Buffer.from(text)
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le')
  return encoding === 'utf-16le' ? bytes : bytes.swap16()
}
