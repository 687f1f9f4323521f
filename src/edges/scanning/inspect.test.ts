// Real containers, made here, and hostile ones: nothing throws, nothing is left out in silence.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { strToU8, zipSync, type Zippable } from 'fflate'
import { gaps, look, pem, places, put, scratch, token } from './fixture.test.ts'

const secret = (line = 0): string => `${'plain words\n'.repeat(line)}key ${token()} end\n`

function zip(files: Readonly<Record<string, string | Uint8Array>>, level: 0 | 6 = 6): Uint8Array {
  const zippable: Zippable = Object.fromEntries(
    Object.entries(files).map(([name, content]) => [
      name,
      typeof content === 'string' ? strToU8(content) : content,
    ]),
  )
  return zipSync(zippable, { level })
}

function asar(
  files: Readonly<Record<string, string>>,
  changed: (header: string) => string = (header) => header,
): Uint8Array {
  let at = 0
  const nodes = Object.entries(files).map(([name, { length }]) => {
    const node = [name, { size: length, offset: String(at) }]
    at += length
    return node
  })
  const header = changed(JSON.stringify({ files: { app: { files: Object.fromEntries(nodes) } } }))
  const json = Buffer.from(header.padEnd(Math.ceil(header.length / 4) * 4))
  const sizes = Buffer.alloc(16)
  for (const [index, size] of [4, json.length + 8, json.length + 4, header.length].entries())
    sizes.writeUInt32LE(size, 4 * index)
  return Buffer.concat([sizes, json, Buffer.from(Object.values(files).join(''))])
}

function tar(folder: string, names: readonly string[], ...options: readonly string[]): Uint8Array {
  return execFileSync('tar', ['-C', folder, ...options, '-cf', '-', ...names], { maxBuffer: 2 ** 28 })
}

test('Inspector looks into zip archives, deflated and stored, whatever their name', async (t) => {
  const files = { 'src/a.env': secret(2), 'empty/': '', 'b.txt': 'nothing\n' }
  const folder = scratch(t, { 'a.jar': zip(files), 'b.docx': zip(files, 0), c: zip(files) })
  const result = await look(folder)
  assert.deepEqual(
    places(result),
    ['a.jar', 'b.docx', 'c'].map((name) => `${name}!src/a.env:3:5 github-token`),
  )
  assert.deepEqual(gaps(result), [])
})

test('Inspector looks into zip archives with something before them', async (t) => {
  const folder = scratch(t, { 'a.zip': Buffer.concat([zip({ a: secret() }), zip({ b: secret(1) })]) })
  assert.deepEqual(places(await look(folder)), ['a.zip!b:2:5 github-token'])
})

test('Inspector looks into tar archives: ustar, GNU and pax, with long names, plain and packed', async (t) => {
  const long = `${'folder/'.repeat(30)}file.txt`
  const folder = scratch(t, { 'in/a.txt': secret(1), [`in/${long}`]: secret(), 'in/big': 'x'.repeat(3000) })
  symlinkSync('a.txt', `${folder}/in/link`)
  for (const format of ['gnu', 'pax'])
    put(folder, `out/${format}.tar`, tar(`${folder}/in`, ['.'], `--format=${format}`))
  put(folder, 'out/a.tgz', gzipSync(tar(`${folder}/in`, ['.'])))
  put(folder, 'out/ustar.tar', tar(`${folder}/in`, ['a.txt'], '--format=ustar'))
  const result = await look(folder, { paths: ['out'] })
  const both = (name: string): string[] => [
    `${name}!./a.txt:2:5 github-token`,
    `${name}!./${long}:1:5 github-token`,
  ]
  assert.deepEqual(places(result), [
    ...both('out/a.tgz'),
    ...both('out/gnu.tar'),
    ...both('out/pax.tar'),
    'out/ustar.tar!a.txt:2:5 github-token',
  ])
  assert.deepEqual(gaps(result), [])
})

test('Inspector looks into gzip files, of several members too', async (t) => {
  const folder = scratch(t, { 'a.log.gz': Buffer.concat([gzipSync('one\n'), gzipSync(secret())]) })
  assert.deepEqual(places(await look(folder)), ['a.log.gz:2:5 github-token'])
})

test('Inspector looks into asar archives', async (t) => {
  const folder = scratch(t, { 'app.asar': asar({ 'main.js': secret(1), 'other.js': secret() }) })
  assert.deepEqual(places(await look(folder)), [
    'app.asar!app/main.js:2:5 github-token',
    'app.asar!app/other.js:1:5 github-token',
  ])
})

test('Inspector reads containers that are too large to hold as it reads small ones', async (t) => {
  const noise = randomBytes(3_000_000)
  const files = { 'a.bin': noise, 'b.txt': secret(1), 'c.bin': noise.subarray(7), 'd.txt': secret(2) }
  const inner = scratch(t, files)
  const folder = scratch(t, {
    'a.zip': zip(files),
    'b.zip': zip(files, 0),
    'c.tar': tar(inner, Object.keys(files)),
    'd.tgz': gzipSync(tar(inner, Object.keys(files))),
    'e.zip': zip({ 'n.tar': tar(inner, ['b.txt', 'd.txt']), 'm.bin': randomBytes(5_000_000) }),
  })
  const both = (name: string): string[] => [
    `${name}!b.txt:2:5 github-token`,
    `${name}!d.txt:3:5 github-token`,
  ]
  const names = ['a.zip', 'b.zip', 'c.tar', 'd.tgz', 'e.zip!n.tar']
  const result = await look(folder)
  assert.deepEqual(
    places(result).filter((place) => !place.includes('.bin')),
    names.flatMap(both),
  )
  assert.deepEqual(gaps(result), [])
})

test('Inspector opens one container in another, and says so of a third', async (t) => {
  const inner = zip({ 'c.txt': secret() })
  const folder = scratch(t, {
    'a.zip': zip({ 'b.zip': inner }),
    'd.zip': zip({ 'a.zip': zip({ 'b.zip': inner }) }),
  })
  const result = await look(folder)
  assert.deepEqual(places(result), ['a.zip!b.zip!c.txt:1:5 github-token'])
  assert.deepEqual(gaps(result), ['d.zip!a.zip!b.zip too-deep'])
  const small = await look(folder, { paths: ['a.zip'], limits: { held: inner.length - 1 } })
  assert.deepEqual(gaps(small), ['a.zip!b.zip too-large'])
})

test('Inspector tells findings of a notebook by cell, and the rest by line, each once', async (t) => {
  const notebook = {
    metadata: { note: token(9) },
    cells: [
      { cell_type: 'markdown', source: 'nothing' },
      {
        cell_type: 'code',
        source: ['import os\n', `KEY = "${token(1)}"\n`],
        outputs: [
          { output_type: 'stream', text: pem().split(/(?<=\n)/) },
          { data: { 'text/plain': [`"${token(2)}"`] } },
        ],
      },
    ],
  }
  const folder = scratch(t, {
    'a.ipynb': JSON.stringify(notebook, null, 1),
    'bad.ipynb': `{"cells": ${token(3)}`,
  })
  const result = await look(folder)
  assert.deepEqual(places(result), [
    'a.ipynb:3:12 github-token',
    'a.ipynb!cells[1].outputs[0].text:1:1 private-key',
    'a.ipynb!cells[1].outputs[1].data.text/plain:1:2 github-token',
    'a.ipynb!cells[1].source:2:8 github-token',
    'bad.ipynb:1:11 github-token',
  ])
  assert.deepEqual(gaps(result), ['bad.ipynb damaged'])
})

function database(path: string): void {
  const made = new DatabaseSync(path)
  made.exec(
    `CREATE TABLE ItemTable (key TEXT UNIQUE, value BLOB); CREATE TABLE "we ""ird" (a, b) WITHOUT ROWID`.replace(
      '(a, b)',
      '(a PRIMARY KEY, b)',
    ),
  )
  made.exec('CREATE VIEW trap AS SELECT zeroblob(1000000000) AS a; CREATE TABLE gone (a)')
  const put = made.prepare('INSERT INTO ItemTable VALUES (?, ?)')
  put.run('auth/session', Buffer.from(`{"a":"${token(1)}"}`))
  put.run(token(5), 'plain')
  made.prepare('INSERT INTO "we ""ird" VALUES (?, ?)').run('x', `${'long text '.repeat(2000)}\n${token(2)}`)
  made.prepare('INSERT INTO gone VALUES (?)').run(`deleted ${token(3)}`)
  made.exec('DELETE FROM gone')
  made.close()
}

test('Inspector reads every cell of a database, and what was deleted, and writes nothing', async (t) => {
  const folder = scratch(t)
  database(`${folder}/state.vscdb`)
  const before = readFileSync(`${folder}/state.vscdb`)
  const found = places(await look(folder))
  assert.ok(found.includes('state.vscdb!ItemTable[auth/session].value:1:7 github-token'), found.join('\n'))
  assert.ok(found.includes('state.vscdb!ItemTable[2].key:1:1 github-token'))
  assert.ok(found.includes('state.vscdb!we "ird[1].b:2:1 github-token'))
  assert.ok(
    found.some((place) => /^state\.vscdb:\d+:\d+ github-token$/.test(place)),
    'the deleted row',
  )
  assert.ok(found.every((place) => !place.includes(token(5).slice(0, 12))))
  assert.deepEqual(readFileSync(`${folder}/state.vscdb`), before)
})

test('Inspector reads a database in an archive, and a file that only begins like one', async (t) => {
  const folder = scratch(t, { 'bad.db': `SQLite format 3\0${secret()}` })
  database(`${folder}/a.db`)
  put(folder, 'a.zip', zip({ 'a.db': readFileSync(`${folder}/a.db`) }))
  const result = await look(folder, { paths: ['a.zip', 'bad.db'] })
  assert.ok(places(result).includes('a.zip!a.db!ItemTable[auth/session].value:1:7 github-token'))
  assert.ok(places(result).includes('bad.db:1:21 github-token'))
  assert.deepEqual(gaps(result), ['bad.db damaged'])
})

test('Inspector reads UTF-16 of both kinds, with a mark and without, and text with NULs', async (t) => {
  const text = `é\n${secret(3)}`
  const little = Buffer.from(`\ufeff${text}`, 'utf16le')
  const folder = scratch(t, {
    a: little,
    b: Buffer.from(little).swap16(),
    c: Buffer.from(secret(40), 'utf16le'),
    d: `\0\0\0${secret()}\0`,
  })
  assert.deepEqual(places(await look(folder)), [
    'a:5:5 github-token',
    'b:5:5 github-token',
    'c:41:5 github-token',
    'd:1:8 github-token',
  ])
})

test('Budget stops bombs: by ratio, in all, and by members', async (t) => {
  const zeros = new Uint8Array((1 << 24) + 1)
  const folder = scratch(t, {
    'ratio.zip': zip({ a: zeros, b: secret() }),
    'ratio.gz': gzipSync(zeros),
    'many.zip': zip(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${index}`, 'x']))),
    'large.zip': zip({ a: 'words '.repeat(2000), b: 'words' }),
  })
  assert.deepEqual(gaps(await look(folder, { limits: { entries: 10, unpacked: 2 ** 26 } })), [
    'many.zip too-many-entries',
    'ratio.gz ratio',
    'ratio.zip ratio',
  ])
  assert.deepEqual(gaps(await look(folder, { paths: ['large.zip'], limits: { unpacked: 8000 } })), [
    'large.zip too-large',
  ])
})

test('Inspector names encrypted members and unknown methods', async (t) => {
  const archive = Buffer.from(zip({ a: secret(), b: secret(), c: secret() }))
  const first = archive.indexOf('PK\u0001\u0002')
  const second = archive.indexOf('PK\u0001\u0002', first + 1)
  archive.writeUInt16LE(1, first + 8)
  archive.writeUInt16LE(93, second + 10)
  const result = await look(scratch(t, { 'a.zip': archive }))
  assert.deepEqual(gaps(result), ['a.zip!a encrypted', 'a.zip!b unknown-method'])
  assert.deepEqual(places(result), ['a.zip!c:1:5 github-token'])
})

test('Inspector shows no path of a member as more than a name, and no secret in it', async (t) => {
  const folder = scratch(t, { 'a.zip': zip({ '../../etc/passwd': secret(), [`x/${token(4)}`]: secret() }) })
  const found = places(await look(folder))
  assert.equal(found[0], 'a.zip!../../etc/passwd:1:5 github-token')
  assert.match(found[1] ?? '', /^a\.zip!x\/\[github-token:\w+\]:1:5 /)
})

test('Inspector reads a damaged archive as the text that it is', async (t) => {
  const whole = zip({ a: secret() }, 0)
  const folder = scratch(t, {
    'cut.zip': whole.subarray(0, whole.length - 30),
    'cut.tgz': gzipSync(secret(5000)).subarray(0, 60),
    'cut.tar': Buffer.concat([tar(scratch(t, { a: secret(200) }), ['a'])]).subarray(0, 700),
    'offset.asar': asar({ a: secret() }, (header) => header.replace('"0"', '"9999999"')),
    'huge.asar': Buffer.concat([
      Buffer.from([4, 0, 0, 0, 255, 255, 255, 127, 251, 255, 255, 127, 200, 255, 255, 127]),
      Buffer.from(`{"files":${secret()}`),
    ]),
  })
  const result = await look(folder)
  assert.deepEqual(gaps(result).toSorted(), [
    'cut.tar damaged',
    'cut.tgz damaged',
    'cut.zip damaged',
    'huge.asar too-large',
    'offset.asar damaged',
  ])
  assert.ok(places(result).some((place) => place.startsWith('cut.zip:')))
  assert.ok(places(result).some((place) => place.startsWith('offset.asar:')))
})

test('Inspector throws for no bytes that begin like a container', async (t) => {
  const folder = scratch(t)
  const seeds = [
    zip({ a: secret(), b: 'b' }),
    gzipSync(secret()),
    asar({ a: secret() }),
    tar(scratch(t, { a: secret() }), ['a']),
  ]
  let count = 0
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }),
      async (seed, changes) => {
        const bytes = Buffer.from(seed)
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        put(folder, `${count % 4}`, bytes)
        const { files } = await look(folder, { paths: [`${count++ % 4}`] })
        assert.equal(files, 1)
      },
    ),
    { numRuns: 80 },
  )
})

test('Inspector caps the findings of one file and says so', async (t) => {
  const folder = scratch(t, { a: Array.from({ length: 40 }, (_, index) => token(index)).join('\n') })
  const result = await look(folder, { limits: { findings: 25 } })
  assert.equal(result.findings.length, 25)
  assert.deepEqual(gaps(result), ['a too-many-findings'])
})

test('Inspector opens no pipe and no device', async (t) => {
  const folder = scratch(t, { 'a/b': secret() })
  execFileSync('mkfifo', [`${folder}/a/pipe`])
  mkdirSync(`${folder}/c`)
  assert.deepEqual(places(await look(folder, { paths: ['.', 'a/pipe', '/dev/null'] })), [
    'a/b:1:5 github-token',
  ])
})
