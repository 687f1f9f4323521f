// Half a minute with real processes: each step shows one thing that Keyreeve does, and says what was proved.
import type { Client } from '@modelcontextprotocol/client'
import assert from 'node:assert/strict'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { performance } from 'node:perf_hooks'
import { styleText } from 'node:util'
import { everyByteBelow, openTrial, type ConsoleSession, type Trial } from './trial.ts'

interface Step {
  readonly name: string
  readonly ok: boolean
  readonly ms: number
  readonly detail: string
}

interface Scene {
  readonly trial: Trial
  readonly person: ConsoleSession
  readonly assistant: Client
  readonly folder: string
}

interface Result {
  readonly status: string
  readonly text?: string
  readonly code?: string
  readonly grants?: readonly { readonly id: string }[]
}

/** Looks like keys and are none; put together here so that no scanner finds them in the tree. */
const plantedKey = `ghp_${'T0urT0ur'.repeat(5).slice(0, 36)}`
const vaultValue = `tour-value-${'Xy7'.repeat(6)}`

const scenes: readonly (readonly [name: string, act: (scene: Scene) => Promise<string>])[] = [
  ['keys at rest', keysAtRest],
  ['a file, asked for and shown', askedAndShown],
  ['what you see is what is sent', swappedWhileShown],
  ['a secret of the vault, masked in any encoding', vaultSecretMasked],
  ['never', neverGiven],
  ['a grant, and its end', grantAndRevocation],
  ['killed', killedAndBack],
  ['proof', proof],
]

const isJson = process.argv.includes('--json')
const steps: Step[] = []
const folder = mkdtempSync(`${tmpdir()}/keyreeve-tour-`)
const trial = await openTrial()
try {
  const person = await trial.console()
  const scene = { trial, person, folder, assistant: await trial.assistant('tour') }
  for (const [name, act] of scenes) {
    const step = await play(name, () => act(scene))
    steps.push(step)
    if (!isJson) print(step)
    if (!step.ok) break
  }
} finally {
  await trial.close()
  rmSync(folder, { recursive: true, force: true })
}
const ok = steps.length === scenes.length && steps.every((step) => step.ok)
if (isJson) console.log(JSON.stringify({ ok, steps }))
process.exitCode = ok ? 0 : 1

async function play(name: string, act: () => Promise<string>): Promise<Step> {
  const start = performance.now()
  try {
    const detail = await act()
    return { name, ok: true, ms: Math.round(performance.now() - start), detail }
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : 'it did not hold'
    return { name, ok: false, ms: Math.round(performance.now() - start), detail }
  }
}

function print({ name, ok, ms, detail }: Step): void {
  const mark = ok ? styleText('green', '✓') : styleText('red', '✗')
  console.log(`${mark} ${styleText('bold', name)} ${styleText('dim', `${ms} ms`)}\n  ${detail}`)
}

async function call(client: Client, name: string, args: Record<string, unknown>): Promise<Result> {
  const answer = await client.callTool({ name, arguments: args })
  return answer.structuredContent as Result
}

async function keysAtRest({ trial }: Scene): Promise<string> {
  const set = await trial.run(['secret', 'set', 'tour'], vaultValue)
  assert.equal(set.code, 0, 'the secret could not be set')
  const bytes = everyByteBelow(trial.home)
  assert.ok(!bytes.includes(vaultValue), 'the value stands on disk')
  const { keystore } = JSON.parse((await trial.run(['status', '--json'])).stdout) as {
    keystore: { kind: string; assurance: string }
  }
  return `a secret was stored, and its value stands in none of ${bytes.length} bytes on disk; key slot "${keystore.kind}", assurance level "${keystore.assurance}"`
}

async function askedAndShown({ assistant, person, folder }: Scene): Promise<string> {
  writeFileSync(`${folder}/settings.toml`, `name = "demo"\ntoken = "${plantedKey}"\n`)
  const answer = call(assistant, 'read_file', {
    path: `${folder}/settings.toml`,
    reason: 'to fix the settings',
  })
  const card = await person.nextCard()
  await person.decide(card, 'allow')
  const { text } = await answer
  assert.ok(text !== undefined && text === card.content?.text, 'other bytes came than were shown')
  assert.ok(!text.includes(plantedKey), 'the key came through')
  return `the person saw ${card.content.bytes} bytes, and the assistant got exactly those; the key in them reads ${/\[github-token:\w+\]/.exec(text)?.[0]}`
}

async function swappedWhileShown({ assistant, person, folder }: Scene): Promise<string> {
  writeFileSync(`${folder}/a.txt`, 'what was shown\n')
  const answer = call(assistant, 'read_file', { path: `${folder}/a.txt` })
  const card = await person.nextCard()
  writeFileSync(`${folder}/b.txt`, 'something else\n')
  renameSync(`${folder}/b.txt`, `${folder}/a.txt`)
  await person.decide(card, 'allow')
  assert.equal((await answer).text, 'what was shown\n', 'the swapped file came')
  return 'the file was swapped while the card was up; the shown bytes were sent'
}

async function vaultSecretMasked({ assistant, person, folder }: Scene): Promise<string> {
  const encoded = [
    vaultValue,
    Buffer.from(vaultValue).toString('base64'),
    Buffer.from(vaultValue).toString('hex'),
  ]
  writeFileSync(`${folder}/dump.txt`, encoded.join('\n'))
  const answer = call(assistant, 'read_file', { path: `${folder}/dump.txt` })
  await person.decide(await person.nextCard(), 'allow')
  const { text = '' } = await answer
  assert.ok(text.length > 0 && !encoded.some((form) => text.includes(form)), 'an encoded secret came through')
  return `plain, base64 and hex forms were masked: ${text.replaceAll('\n', ' ')}`
}

async function neverGiven({ assistant, trial }: Scene): Promise<string> {
  const paths = [
    `${trial.home}/vault/header.json`,
    `${process.env['HOME']}/.ssh/id_ed25519`,
    '/proc/self/environ',
  ]
  const codes = await Promise.all(
    paths.map(async (path) => (await call(assistant, 'read_file', { path })).code),
  )
  assert.ok(!codes.includes(undefined), 'something was given')
  return `own state, SSH keys and /proc were refused without a question: ${codes.join(', ')}`
}

async function grantAndRevocation({ assistant, person, trial, folder }: Scene): Promise<string> {
  const items = [{ path: folder, scope: 'folder-hour' }]
  const given = call(assistant, 'request_access', { items, reason: 'to work on the project' })
  await person.decide(await person.nextCard(), 'allow')
  const id = (await given).grants?.[0]?.id
  assert.ok(id !== undefined, 'no grant came')
  const free = await call(assistant, 'read_file', { path: `${folder}/settings.toml` })
  assert.equal(free.status, 'ok', 'the grant did not hold')
  await trial.run(['grant', 'revoke', id])
  const asked = call(assistant, 'read_file', { path: `${folder}/settings.toml` })
  await person.decide(await person.nextCard(), 'deny')
  assert.equal((await asked).code, 'consent-refused', 'the revoked grant still held')
  return 'a folder was granted for an hour, read without a card, revoked, and asked for again'
}

async function killedAndBack({ trial }: Scene): Promise<string> {
  const before = await logSize(trial)
  process.kill((await trial.pids()).get('broker')!, 'SIGKILL')
  await new Promise((resolve) => setTimeout(resolve, 200))
  const again = await trial.run(['start'])
  assert.equal(again.code, 0, 'it did not start again')
  const after = await logSize(trial)
  assert.ok(after >= before, 'the log lost entries')
  return `the broker was killed with SIGKILL; ${before} log entries before, ${after} after`
}

async function logSize(trial: Trial): Promise<number> {
  const { stdout } = await trial.run(['log', 'list', '--limit', '1', '--json'])
  return (JSON.parse(stdout) as { size: number }).size
}

async function proof({ trial }: Scene): Promise<string> {
  const { code, stdout } = await trial.run(['log', 'verify', '--json'])
  const { size, root } = JSON.parse(stdout) as { size: number; root: string }
  assert.equal(code, 0, 'the log does not verify')
  assert.ok(!everyByteBelow(trial.home).includes(plantedKey), 'a planted key stands on disk')
  return `${size} entries verify (root ${root.slice(0, 12)}…), and no planted key stands in any file of the home`
}
