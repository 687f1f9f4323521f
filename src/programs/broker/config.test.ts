import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, test } from 'node:test'
import { readConfig } from './config.ts'

const folder = mkdtempSync(`${tmpdir()}/keyreeve-config-`)
after(() => rmSync(folder, { recursive: true, force: true }))

function written(text: string): string {
  writeFileSync(`${folder}/config.toml`, text)
  return `${folder}/config.toml`
}

test('readConfig() gives the defaults where there is no file', () => {
  const config = readConfig(`${folder}/none.toml`)
  assert.deepEqual([config.console.port, config.consent.timeout], [0, 60])
  assert.ok(config.assistants.known.includes('claude'))
})

test('readConfig() takes what is set and keeps the other defaults', () => {
  const config = readConfig(written('[console]\nport = 7411\n'))
  assert.deepEqual([config.console.port, config.consent.timeout], [7411, 60])
})

test('readConfig() names a setting that it does not understand, and does not quote its value', () => {
  for (const text of [
    '[consent]\ntimeout = "s3cr3t"',
    '[consent]\ntimeout = 0',
    'unknown = "s3cr3t"',
    '[console]\nport = 99999',
  ]) {
    assert.throws(
      () => readConfig(written(text)),
      (thrown: Error & { code: string }) => {
        assert.equal(thrown.code, 'config-invalid')
        assert.ok(!thrown.message.includes('s3cr3t'))
        return true
      },
    )
  }
})

test('readConfig() names a setting that there is not', () => {
  assert.throws(() => readConfig(written('[console]\nprot = 1')), {
    message: /"console\.prot" is not understood/,
  })
})

test('readConfig() refuses what is no TOML', () => {
  assert.throws(() => readConfig(written('not = = toml')), { code: 'config-invalid' })
})
