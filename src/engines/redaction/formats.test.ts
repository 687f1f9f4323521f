// Every row of the tables, on secrets made up for it: found whole in every context, and not certain once broken.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { corrupted, exampleOf, namedPartsOf, partsOf, seeded, type Example } from '../../../tools/secrets.ts'
import { contexts } from './contexts.ts'
import type { Detector } from './detector.ts'
import { detectorIds, detectors } from './detectors.ts'
import { namedFormats } from './named.ts'
import { scan } from './redact.ts'

type Context = (example: string) => string

/** Where a secret may stand. */
const places: Readonly<Record<string, Context>> = {
  line: (text) => text,
  json: (text) => JSON.stringify({ id: 7, value: text, next: null }),
  env: (text) => `export SOME_SETTING="${text}"`,
  yaml: (text) => `service:\n  setting: ${text}\n  next: true`,
  query: (text) => `GET /v1/items?page=2&value=${text} HTTP/1.1`,
  header: (text) => `> Authorization: Bearer ${text}\r\n> Accept: */*`,
  code: (text) => `const client = connect('${text}', { retries: 3 })`,
  log: (text) => `2026-01-02T03:04:05Z INFO using \`${text}\` for the request`,
}
const spots = Object.entries(places)

const rows = detectors.filter((row) => !contexts.includes(row))
const perContext = Number(process.env['KEYREEVE_EXAMPLES'] ?? 1)

function isFoundWhole(row: Detector, { context, lead, secret, tail }: Example, place: Context): boolean {
  const text = [context, place(lead + secret + tail)].join(' ')
  const written = text.includes(secret) ? secret : JSON.stringify(secret).slice(1, -1)
  const start = text.indexOf(written)
  const found = scan(text, { threshold: row.confidence === 'hint' ? 'hint' : 'likely' })
  const covered = found.filter((one) => one.start <= start && one.end >= start + written.length)
  return covered.length > 0
}

test('detectors: there are at least 280 formats, each told apart from all others', () => {
  const formats = [...rows, ...namedFormats].map((row) => JSON.stringify({ ...row, source: '' }))
  assert.ok(formats.length >= 280, String(formats.length))
  assert.equal(new Set(formats).size, formats.length)
})

test('detectors: ids are names that fit in a placeholder', () => {
  for (const id of detectorIds) assert.match(id, /^(?=.{2,32}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
})

test('detectors: what is short asks for more', () => {
  for (const { id, anchors, form, confidence, context, isExact, needsDigit, before, structure } of rows) {
    if (structure !== undefined) continue
    const isWeak = anchors.some((anchor) => anchor.length < 4)
    const isStrong = context !== undefined || isExact || needsDigit || before !== undefined || /'/.test(form)
    const least = Number(/:(\d+)/.exec(form)?.[1] ?? 0)
    if (isWeak && confidence !== 'hint') assert.ok(isStrong || least >= 24, `${id}: ${form}`)
  }
})

test('scan() finds a secret of every row whole, wherever it stands', () => {
  const random = seeded(1)
  const missed: string[] = []
  for (const row of rows) {
    for (const [name, place] of spots) {
      for (let turn = 0; turn < perContext; turn++) {
        const example = partsOf(row, random)
        if (!isFoundWhole(row, example, place)) missed.push(`${row.id} ${row.anchors[0]} in ${name}`)
      }
    }
  }
  assert.deepEqual(missed, [])
})

test('scan() gives each row its own id and confidence on a line', () => {
  const random = seeded(2)
  const wrong: string[] = []
  for (const row of rows) {
    const found = scan(exampleOf(row, random), { threshold: 'hint' })
    const isIts = found.some((one) => one.detector === row.id && isAsSure(one.confidence, row))
    if (!isIts)
      wrong.push(
        `${row.id} ${row.anchors[0]}: ${found.map((one) => `${one.detector} ${one.confidence}`).join(', ')}`,
      )
  }
  assert.deepEqual(wrong, [])
})

function isAsSure(confidence: string, row: Detector): boolean {
  return confidence === (row.checksum === undefined ? row.confidence : 'certain')
}

test('scan() names a value of every format that is known by its name', () => {
  const random = seeded(3)
  const wrong: string[] = []
  for (const format of namedFormats) {
    const { lead, secret } = namedPartsOf(format, random)
    const [found] = scan(lead + secret)
    const isWhole = found?.start === lead.length && found.end === lead.length + secret.length
    if (!isWhole) wrong.push(`${format.id}: ${lead} ${found?.detector} ${found?.confidence}`)
  }
  assert.deepEqual(wrong, [])
})

test('scan() is not certain of a secret with a fault in it', () => {
  const random = seeded(4)
  const wrong: string[] = []
  for (const row of rows) {
    if (row.structure !== undefined && row.structure !== 'aws') continue
    for (let turn = 0; turn < 4; turn++) {
      const text = corrupted(row, random)
      const isCertain = scan(text).some((one) => one.detector === row.id && one.confidence === 'certain')
      if (isCertain) wrong.push(`${row.id} ${row.anchors[0]} ${text}`)
    }
  }
  assert.deepEqual(wrong, [])
})

test('exampleOf() gives the same for the same seed', () => {
  for (const row of detectors) assert.equal(exampleOf(row, seeded(9)), exampleOf(row, seeded(9)))
})
