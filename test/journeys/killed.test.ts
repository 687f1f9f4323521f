// Programs that die at any moment: nothing acknowledged is lost, nothing unrecorded was released.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { openTrial, type Trial } from '../../tools/trial.ts'

interface Result {
  status: string
  sha256?: string
  code?: string
}

interface Listed {
  size: number
  entries: { index: number; event: { kind: string; released?: { sha256: string } } | null }[]
}

describe('killed', () => {
  let trial: Trial
  let folder: string

  before(async () => {
    trial = await openTrial()
    folder = mkdtempSync(`${tmpdir()}/keyreeve-killed-`)
  })

  after(async () => {
    await trial.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function grantFolder(name: string) {
    const client = await trial.assistant(name)
    const person = await trial.console()
    const call = {
      name: 'request_access',
      arguments: { items: [{ path: folder, scope: 'folder-hour' }], reason: 'test' },
    }
    const given = client.callTool(call)
    await person.decide(await person.nextCard(), 'allow')
    const answer = await given
    assert.equal((answer.structuredContent as Result).status, 'ok')
    person.close()
    return client
  }

  async function listLog(): Promise<Listed> {
    const { stdout } = await trial.run(['log', 'list', '--limit', '1000', '--json'])
    return JSON.parse(stdout) as Listed
  }

  test('the broker killed under load: every released answer stands in the log', async () => {
    for (let round = 0; round < 4; round++) {
      const client = await grantFolder(`load-${round}`)
      const released: string[] = []
      const pid = (await trial.pids()).get('broker')!
      const load = (async () => {
        for (let i = 0; ; i++) {
          writeFileSync(`${folder}/file.txt`, `round ${round} read ${i}\n`)
          const answer = await client.callTool({
            name: 'read_file',
            arguments: { path: `${folder}/file.txt` },
          })
          const result = answer.structuredContent as Result
          if (result.status !== 'ok') return
          released.push(result.sha256!)
        }
      })()
      await wait(150 + round * 97)
      process.kill(pid, 'SIGKILL')
      await Promise.race([load, wait(3000)])
      const again = await trial.run(['start'])
      assert.equal(again.code, 0, again.stdout + again.stderr)
      const { entries } = await listLog()
      const recorded = new Set(entries.map(({ event }) => event?.released?.sha256))
      assert.ok(released.length > 0)
      for (const sha256 of released) assert.ok(recorded.has(sha256), 'a release without a record')
      const verified = await trial.run(['log', 'verify', '--json'])
      assert.equal(verified.code, 0, verified.stdout)
      await client.close()
    }
  })

  test('the reader killed: the call is denied with a code, and the next one works', async () => {
    const client = await grantFolder('reader')
    writeFileSync(`${folder}/file.txt`, 'still here\n')
    process.kill((await trial.pids()).get('reader')!, 'SIGKILL')
    const results: Result[] = []
    for (let i = 0; i < 20 && results.at(-1)?.status !== 'ok'; i++) {
      const answer = await client.callTool({ name: 'read_file', arguments: { path: `${folder}/file.txt` } })
      results.push(answer.structuredContent as Result)
      await wait(50)
    }
    assert.equal(results.at(-1)?.status, 'ok')
    for (const result of results.slice(0, -1)) assert.equal(result.code, 'program-gone')
  })

  test('the keeper killed: it comes back and opens the vault again', async () => {
    process.kill((await trial.pids()).get('keeper')!, 'SIGKILL')
    let phase = ''
    for (let i = 0; i < 40 && phase !== 'ready'; i++) {
      await wait(100)
      const { stdout } = await trial.run(['status', '--json'])
      phase = (JSON.parse(stdout) as { phase?: string }).phase ?? ''
    }
    assert.equal(phase, 'ready')
  })

  test('a second broker on the same home is refused, and a socket left behind is replaced', async () => {
    const second = await trial.run(['start', '--foreground', '--json'])
    assert.equal(
      (JSON.parse(second.stdout.split('\n')[0]!) as { error: { code: string } }).error.code,
      'already-running',
    )
    process.kill((await trial.pids()).get('broker')!, 'SIGKILL')
    await wait(200)
    assert.equal((await trial.run(['start'])).code, 0)
    assert.equal((await trial.run(['status'])).code, 0)
  })
})
