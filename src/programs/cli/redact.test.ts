// keyreeve redact: lines as soon as they can be decided, findings without the text, bounded memory.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { callOf, machineAt, type TestMachine } from './fake-broker.test.ts'
import { redact } from './redact.ts'
import { run } from './run.ts'

const github = `ghp_${'A1b2'.repeat(9)}`
const random = 'q8Zk2LmW0vXr7TbN4cYd'
const main = `${import.meta.dirname}/main.ts`

async function through(machine: TestMachine, argv: string[], input: string): Promise<number> {
  machine.stdin.end(input)
  const exit = await run(['redact', ...argv], machine)
  await new Promise((resolve) => setImmediate(resolve))
  return exit
}

test('redact writes each line at once, though more may follow', async () => {
  const machine = machineAt('/x')
  const running = redact(callOf(machine))
  for (const line of [
    'first line\n',
    'token is here\n',
    'no such token\n',
    `key ${github}\n`,
    '{"level":30,"msg":"password"}\n',
    'x\r\n',
  ]) {
    const before = machine.output().length
    machine.stdin.write(line)
    while (!machine.output().slice(before).endsWith('\n'))
      await new Promise((resolve) => setImmediate(resolve))
  }
  machine.stdin.end()
  assert.equal(await running, 0)
})

test('redact tells with --json what it found and where, and not a word of it', async () => {
  const machine = machineAt('/x')
  assert.equal(await through(machine, ['--json'], `é ${github}\npassword=hunter2\n`), 0)
  const lines = machine
    .talk()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(lines, [
    { v: 1, detector: 'github-token', confidence: 'certain', start: 3, end: 43, ...lines[0] },
    { v: 1, detector: 'password', confidence: 'likely', start: 53, end: 60 },
    { v: 1, summary: true, findings: { 'github-token': 1, password: 1 }, dropped: 0 },
  ])
  assert.ok(!machine.talk().includes('ghp_') && !machine.talk().includes('hunter2'))
})

test('redact masks as little or as much as it is told', async () => {
  for (const [argv, expected] of [
    [[], `see ${random}, password=[password]\n`],
    [['--threshold', 'certain'], `see ${random}, password=hunter2\n`],
    [['--strict'], /^see \[unchecked-run:[0-9a-f]{4}\], password=\[password\]\n$/],
  ] as const) {
    const machine = machineAt('/x')
    assert.equal(await through(machine, [...argv], `see ${random}, password=hunter2\n`), 0)
    if (typeof expected === 'string') assert.equal(machine.output(), expected)
    else assert.match(machine.output(), expected)
  }
  assert.equal(await through(machineAt('/x'), ['--threshold', 'maybe'], ''), 2)
})

test('redact finds what rules of a file describe, and personal data where it is asked for', async (t) => {
  const dir = mkdtempSync(`${tmpdir()}/keyreeve-redact-`)
  t.after(() => rmSync(dir, { recursive: true }))
  writeFileSync(
    `${dir}/rules.json`,
    '{"rules":[{"id":"x-acme-token","anchors":["acme_"],"form":"alnum:16"}]}',
  )
  writeFileSync(`${dir}/bad.json`, '{"rules":[{"id":"x-acme-token"}]}')
  writeFileSync(`${dir}/none.json`, 'acme_')
  const input = `see acme_${'A1b2'.repeat(4)} of someone@example.com\n`
  const machine = machineAt('/x', { cwd: dir })
  assert.equal(await through(machine, ['--rules', 'rules.json', '--pii'], input), 0)
  assert.match(machine.output(), /^see \[x-acme-token(?::[0-9a-f]{4})?\] of \[email(?::[0-9a-f]{4})?\]\n$/)
  for (const [file, code] of [
    ['bad.json', 'rule-invalid'],
    ['none.json', 'rule-invalid'],
    ['absent.json', 'path-not-found'],
    ['.', 'path-unreadable'],
  ] as const) {
    const refused = machineAt('/x', { cwd: dir })
    assert.notEqual(await through(refused, ['--rules', file, '--json'], ''), 0)
    assert.equal(JSON.parse(refused.output()).error.code, code)
  }
})

test('redact ends well when whoever reads its output goes away', async () => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'redact'])
  child.stdin.on('error', () => {})
  child.stdin.write('line\n'.repeat(10_000))
  await once(child.stdout, 'data')
  child.stdout.destroy()
  child.stdin.end('line\n'.repeat(100_000))
  const [exit, signal] = await once(child, 'exit')
  assert.ok(signal === null && exit <= 1, `${exit} ${signal}`)
})

test('redact holds little of an input without any line', async () => {
  const child = spawn(process.execPath, [
    '--max-old-space-size=48',
    '--disable-warning=ExperimentalWarning',
    main,
    'redact',
  ])
  let bytes = 0
  child.stdout.on('data', (chunk: Buffer) => (bytes += chunk.length))
  const total = 24
  const block = Buffer.alloc(2 ** 20, 'A1b2 words_without_end')
  Readable.from(
    (function* blocks() {
      for (let turn = 0; turn < total; turn++) yield block
    })(),
  ).pipe(child.stdin)
  const [exit] = await once(child, 'exit')
  assert.equal(exit, 0)
  assert.equal(bytes, total * block.length)
})

test('redact --listen serves until it is interrupted, and says at the end what went through', async () => {
  const child = spawn(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    main,
    'redact',
    '--listen',
    '0',
    '--json',
  ])
  let talk = ''
  let output = ''
  child.stderr.on('data', (chunk) => (talk += String(chunk)))
  child.stdout.on('data', (chunk) => (output += String(chunk)))
  while (!talk.includes('\n')) await once(child.stderr, 'data')
  const [, port] = /port (\d+)/.exec(talk) ?? []
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ text: `key ${github}` })
  await fetch(`http://127.0.0.1:${port}/v1/logs`, { method: 'POST', headers, body })
  child.kill('SIGINT')
  const [exit] = await once(child, 'exit')
  assert.equal(exit, 0)
  assert.match(JSON.parse(output).body.text, /^key \[github-token:[0-9a-f]{4}\]$/)
  const { received, passed } = JSON.parse(talk.trim().split('\n').at(-1) ?? '')
  assert.deepEqual([received, passed], [1, 1])
})

test('redact --listen takes places and URLs that are some, and loopback only', async () => {
  for (const argv of [
    ['--listen', 'localhost:0'],
    ['--listen', '0.0.0.0:0'],
    ['--listen', '127.0.0.1:70000'],
    ['--listen', 'x'],
    ['--listen', '0', '--forward', 'ftp://host'],
    ['--listen', '0', '--forward', 'https://user:pass@host'],
    ['--listen-syslog', '0', '--forward-syslog', 'host'],
  ]) {
    assert.equal(await through(machineAt('/x'), argv, ''), 2, argv.join(' '))
  }
})
