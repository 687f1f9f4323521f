// Tests of files that are there whole or not at all.
import assert from 'node:assert/strict'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { after, test } from 'node:test'
import { replaceFile } from './replace.ts'

const folder = mkdtempSync(`${tmpdir()}/keyreeve-replace-`)
after(() => rmSync(folder, { recursive: true }))

test('replaceFile() replaces the file, private, and leaves nothing beside', () => {
  const file = `${folder}/a`
  writeFileSync(file, 'old', { mode: 0o644 })
  writeFileSync(`${file}.tmp`, 'left behind')
  replaceFile(file, Buffer.from('new'))
  assert.equal(readFileSync(file, 'utf8'), 'new')
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(folder), ['a'])
})

test('replaceFile() writes through no link that stands at its temporary name', () => {
  const [file, target] = [`${folder}/b`, `${folder}/target`]
  writeFileSync(target, 'safe')
  symlinkSync(target, `${file}.tmp`)
  replaceFile(file, Buffer.from('new'))
  assert.equal(readFileSync(target, 'utf8'), 'safe')
})

test('replaceFile() leaves the old file where it cannot put the new one', () => {
  const file = `${folder}/c`
  mkdirSync(`${file}/full`, { recursive: true })
  assert.throws(() => replaceFile(file, Buffer.from('new')))
  assert.deepEqual(readdirSync(file), ['full'])
  assert.equal(readdirSync(folder).includes('c.tmp'), false)
})
