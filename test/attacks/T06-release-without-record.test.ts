// T06: release without a record.
import { DurableIntent } from '#journal'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, test } from 'node:test'
import { release } from '../../src/programs/broker/release.ts'
import { openTrial } from '../../tools/trial.ts'

describe('T06: release without a record', () => {
  test('T06: a look-alike of a durable intent releases nothing', () => {
    const forged = [{ index: 1 }, JSON.parse('{"index":1}'), Object.create(DurableIntent.prototype), null]
    for (const intent of forged) {
      assert.equal(DurableIntent.is(intent), false)
      if (intent !== null)
        assert.throws(() => release('bytes', intent as DurableIntent), { code: 'journal-unwritable' })
    }
  })

  test('T06: a log whose segment was unlinked fails closed: nothing leaves after that', async () => {
    const folder = mkdtempSync(`${tmpdir()}/keyreeve-t06-`)
    const trial = await openTrial()
    try {
      writeFileSync(`${folder}/file.txt`, 'content\n')
      const person = await trial.console()
      const client = await trial.assistant('reader')
      const items = [{ path: folder, scope: 'folder-hour' }]
      const given = client.callTool({ name: 'request_access', arguments: { items, reason: 'test' } })
      await person.decide(await person.nextCard(), 'allow')
      await given
      const read = () => client.callTool({ name: 'read_file', arguments: { path: `${folder}/file.txt` } })
      assert.equal(((await read()).structuredContent as { status: string }).status, 'ok')
      for (const name of readdirSync(`${trial.home}/journal/sealed`, { recursive: true })) {
        if (String(name).endsWith('.seg')) rmSync(`${trial.home}/journal/sealed/${String(name)}`)
      }
      for (let i = 0; i < 3; i++) {
        const { status, code, text } = (await read()).structuredContent as Record<string, string>
        assert.deepEqual([status, code, text], ['denied', 'journal-unwritable', undefined])
      }
    } finally {
      await trial.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('T06: with a full disk nothing leaves, and with space again after a restart it does', async (t) => {
    if (process.getuid?.() !== 0) return t.skip('mounting a small file system needs root')
    const home = mkdtempSync(`${tmpdir()}/keyreeve-t06-full-`)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m,mode=0700', 'tmpfs', home])
    try {
      await fillDisk(home)
    } finally {
      execFileSync('umount', ['-l', home])
      rmSync(home, { recursive: true, force: true })
    }
    return undefined
  })
})

async function fillDisk(home: string): Promise<void> {
  const folder = mkdtempSync(`${tmpdir()}/keyreeve-t06-files-`)
  const trial = await openTrial({ home })
  try {
    writeFileSync(`${folder}/file.txt`, 'content\n')
    const person = await trial.console()
    const client = await trial.assistant('reader')
    const items = [{ path: folder, scope: 'folder-hour' }]
    const given = client.callTool({ name: 'request_access', arguments: { items, reason: 'test' } })
    await person.decide(await person.nextCard(), 'allow')
    await given
    writeFileSync(`${home}/filler`, '')
    assert.throws(() => {
      for (let size = 1; ; size++) writeFileSync(`${home}/filler`, Buffer.alloc(size << 20))
    }, /ENOSPC/)
    const codes = new Set<string>()
    for (let i = 0; i < 20_000 && codes.size === 0; i++) {
      const answer = await client.callTool({ name: 'read_file', arguments: { path: `${folder}/file.txt` } })
      const result = answer.structuredContent as Record<string, string>
      if (result['status'] === 'denied') {
        codes.add(result['code']!)
        assert.equal(result['text'], undefined)
      }
    }
    assert.deepEqual([...codes], ['journal-unwritable'])
    rmSync(`${home}/filler`)
    await trial.run(['stop'])
    const again = await trial.run(['start'])
    assert.equal(again.code, 0, again.stdout + again.stderr)
    assert.equal((await trial.run(['log', 'verify'])).code, 0)
  } finally {
    await trial.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
