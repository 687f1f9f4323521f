// What outlasts a moment: embargoes through a restart, policies that change, tickets that end, and the look back.
import assert from 'node:assert/strict'
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
  appendFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { openTrial, type ConsoleSession, type Trial } from '../../tools/trial.ts'

interface Result {
  status: string
  code?: string
  text?: string
  ticket?: string
  grants?: { id: string }[]
}

describe('consent over time', () => {
  let home: string
  let folder: string
  let trial: Trial
  let person: ConsoleSession

  before(async () => {
    home = mkdtempSync(`${tmpdir()}/keyreeve-time-home-`)
    writeFileSync(`${home}/config.toml`, '[consent]\ntimeout = 5\n', { mode: 0o600 })
    folder = mkdtempSync(`${tmpdir()}/keyreeve-time-`)
    writeFileSync(`${folder}/a.txt`, 'a\n')
    trial = await openTrial({ home })
    person = await trial.console()
  })

  after(async () => {
    await trial.close()
    for (const path of [home, folder]) rmSync(path, { recursive: true, force: true })
  })

  async function ask(client: Client, name: string, args: Record<string, unknown>): Promise<Result> {
    return (await client.callTool({ name, arguments: args })).structuredContent as Result
  }

  async function grantFolder(client: Client): Promise<string> {
    const items = [{ path: folder, scope: 'folder-hour' }]
    const given = ask(client, 'request_access', { items, reason: 'work' })
    await person.decide(await person.nextCard(), 'allow')
    return (await given).grants?.[0]?.id ?? assert.fail('no grant')
  }

  async function kindsOf(kind: string): Promise<{ event: Record<string, unknown> }[]> {
    const { stdout } = await trial.run(['log', 'list', '--limit', '200', '--json'])
    const { entries } = JSON.parse(stdout) as { entries: { event: Record<string, unknown> }[] }
    return entries.filter(({ event }) => event['kind'] === kind)
  }

  async function eventually(isSo: () => Promise<boolean>): Promise<void> {
    for (let i = 0; i < 100; i++) {
      if (await isSo()) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    assert.fail('it never came to be')
  }

  test('silence is a denial, on record as what it was', async () => {
    const client = await trial.assistant('patient')
    const answer = await ask(client, 'read_file', { path: `${folder}/a.txt` })
    assert.equal(answer.code, 'consent-timed-out')
    await person.nextCard()
    const [event] = await kindsOf('consent')
    assert.deepEqual([event?.event['decision'], event?.event['method']], ['timed-out', 'time-out'])
  })

  test('a policy that is written while the broker runs holds at once, and ends what was granted before', async () => {
    const client = await trial.assistant('worker')
    await grantFolder(client)
    assert.equal((await ask(client, 'read_file', { path: `${folder}/a.txt` })).status, 'ok')
    writeFileSync(
      `${home}/policy/own.cedar`,
      `forbid (principal, action, resource in Folder::"${folder}");\n`,
    )
    await eventually(async () => (await kindsOf('policy')).length === 1)
    assert.equal((await ask(client, 'read_file', { path: `${folder}/a.txt` })).code, 'denied-by-policy')
    const { grants } = (await person.get('/api/grants')) as { grants: unknown[] }
    assert.deepEqual(grants, [])
    assert.equal((await kindsOf('revocation'))[0]?.event['reason'], 'policy-changed')
  })

  test('a policy that does not hold changes nothing, and doctor says so', async () => {
    writeFileSync(`${home}/policy/broken.cedar`, 'permit (\n')
    await eventually(async () => (await kindsOf('policy'))[0]?.event['what'] === 'refused')
    const client = await trial.assistant('worker')
    assert.equal((await ask(client, 'read_file', { path: `${folder}/a.txt` })).code, 'denied-by-policy')
    const { stdout } = await trial.run(['doctor', '--json'])
    const { checks } = JSON.parse(stdout) as { checks: { name: string; state: string }[] }
    assert.equal(checks.find(({ name }) => name === 'policies')?.state, 'failed')
    for (const name of ['broken', 'own']) rmSync(`${home}/policy/${name}.cedar`)
    await eventually(async () => (await kindsOf('policy'))[0]?.event['what'] === 'loaded')
  })

  test('a grant serves no other program under the same name', async () => {
    // A program that only starts the shim and hands its pipes through: the launcher that the broker sees.
    const launcher = `${folder}/desktop-app`
    copyFileSync(process.execPath, launcher)
    chmodSync(launcher, 0o755)
    const { command, args, env } = trial.shim('desktop')
    const start = `require('child_process').spawn(process.argv[1], process.argv.slice(2), { stdio: 'inherit' }).on('exit', () => process.exit())`
    const connect = async () => {
      const client = new Client({ name: 'trial', version: '1' })
      const given = {
        command: launcher,
        args: ['-e', start, command, ...args],
        env,
        stderr: 'ignore' as const,
      }
      await client.connect(new StdioClientTransport(given))
      return client
    }
    const first = await connect()
    await grantFolder(first)
    assert.equal((await ask(first, 'read_file', { path: `${folder}/a.txt` })).status, 'ok')
    await first.close()
    rmSync(launcher)
    copyFileSync(process.execPath, launcher)
    appendFileSync(launcher, 'another build')
    chmodSync(launcher, 0o755)
    const second = await connect()
    const answer = ask(second, 'read_file', { path: `${folder}/a.txt` })
    await person.decide(await person.nextCard(), 'deny')
    assert.equal((await answer).code, 'consent-refused')
    await second.close()
  })

  test('an embargo outlives a restart, and a ticket does not', async () => {
    const pushy = await trial.assistant('pushy')
    for (let round = 0; round < 2; round++) {
      const answer = ask(pushy, 'read_file', { path: `${folder}/a.txt` })
      await person.decide(await person.nextCard(), 'deny')
      assert.equal((await answer).code, 'consent-refused')
    }
    await trial.run(['stop'])
    assert.equal((await trial.run(['start'])).code, 0)
    person = await trial.console()
    assert.equal((await ask(pushy, 'read_file', { path: `${folder}/a.txt` })).code, 'embargoed')
    const lost = await ask(pushy, 'wait_for_permission', { ticket: 'T'.repeat(16) })
    assert.equal(lost.code, 'ticket-unknown')
  })

  test('review counts what was asked, here and in the console', async () => {
    const { stdout, code } = await trial.run(['review', '--json'])
    assert.equal(code, 0)
    const found = JSON.parse(stdout) as { questions: Record<string, number> }
    assert.ok(found.questions['denied']! >= 3 && found.questions['unanswered'] === 1, stdout)
    const page = (await person.get('/api/review')) as typeof found
    assert.deepEqual(page.questions, found.questions)
    const { questions } = (await person.get('/api/status')) as { questions: { today: number } }
    assert.equal(questions.today, found.questions['asked'])
  })

  test('two first unlocks at the same moment open the house once', async () => {
    await trial.run(['stop'])
    renameSync(`${home}/vault-key`, `${home}/vault-key.away`)
    await trial.run(['start'])
    assert.equal((await trial.run(['log', 'list'])).code, 5, 'it must start locked')
    renameSync(`${home}/vault-key.away`, `${home}/vault-key`)
    const both = await Promise.all([trial.run(['unlock']), trial.run(['unlock'])])
    assert.deepEqual(
      both.map(({ code }) => code),
      [0, 0],
    )
  })

  test('where nobody sits, what would be asked is denied at once', async () => {
    await trial.run(['stop'])
    writeFileSync(`${home}/config.toml`, '[consent]\nheadless = true\n', { mode: 0o600 })
    await trial.run(['start'])
    const client = await trial.assistant('alone')
    assert.equal((await ask(client, 'read_file', { path: `${folder}/a.txt` })).code, 'consent-unanswerable')
  })
})
