// T09: a vault that was copied or changed.
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { openTrial, everyByteBelow, type Trial } from '../../tools/trial.ts'

const value = `not-a-real-secret-${'Q7w8'.repeat(4)}`

describe('T09: a vault that was copied or changed', () => {
  let trial: Trial

  before(async () => {
    trial = await openTrial()
    assert.equal((await trial.run(['secret', 'set', 'name-of-it'], value)).code, 0)
    await trial.run(['stop'])
  })

  after(() => trial.close())

  async function startWith(
    change: (home: string) => void,
  ): Promise<{ phase?: string; error?: { code: string } }> {
    const home = mkdtempSync(`${tmpdir()}/keyreeve-t09-`)
    cpSync(trial.home, home, { recursive: true })
    change(home)
    const other = { ...trial.env, KEYREEVE_HOME: home }
    const run = (args: string[]) => trial.run(args, '', other)
    try {
      const started = await run(['start', '--json'])
      const status = await run(['status', '--json'])
      const doctor = await run(['doctor', '--json'])
      const text = started.stdout + status.stdout + doctor.stdout
      assert.equal(text.includes(value), false)
      return status.code === 0 ? (JSON.parse(status.stdout) as { phase: string }) : { phase: 'none' }
    } finally {
      await run(['stop'])
      rmSync(home, { recursive: true, force: true })
    }
  }

  test('T09: neither the value nor its name stands in the vault folder', () => {
    const bytes = everyByteBelow(`${trial.home}/vault`)
    assert.equal(bytes.includes(value), false)
    assert.equal(bytes.includes('name-of-it'), false)
  })

  test('T09: without the key the copied folder stays locked', async () => {
    const { phase } = await startWith((home) => rmSync(`${home}/vault-key`))
    assert.notEqual(phase, 'ready')
  })

  test('T09: a changed record keeps the house locked or refused, never open with another value', async () => {
    const { phase } = await startWith((home) => {
      const folder = `${home}/vault`
      const record = readdirSync(folder, { recursive: true })
        .map(String)
        .find((name) => name.endsWith('.rec'))
      assert.ok(record !== undefined)
      const bytes = readFileSync(`${folder}/${record}`)
      const middle = bytes.lastIndexOf('"body"') + 20
      bytes[middle] = bytes[middle] === 0x41 ? 0x42 : 0x41
      writeFileSync(`${folder}/${record}`, bytes)
    })
    assert.notEqual(phase, 'ready')
  })
})
