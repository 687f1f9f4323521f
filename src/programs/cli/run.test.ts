import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '#base'
import { fakeBroker, machineAt, type TestMachine } from './fake-broker.test.ts'
import { run } from './run.ts'

async function ran(argv: string[], machine: TestMachine = machineAt('/nonexistent')) {
  const exit = await run(argv, machine)
  await new Promise((resolve) => setImmediate(resolve))
  return { exit, output: machine.output(), talk: machine.talk() }
}

test('run() ends with 2 for an unknown command and suggests the nearest', async () => {
  const { exit, output, talk } = await ran(['stauts'])
  assert.equal(exit, 2)
  assert.equal(output, '')
  assert.match(talk, /unknown command 'stauts'.*Did you mean status\?.*\(usage\)\n {2}next: /s)
})

test('run() ends with 2 for an unknown verb, a missing argument, an unknown option and a noun alone', async () => {
  for (const argv of [
    ['secret', 'lsit'],
    ['secret', 'set'],
    ['status', '--nope'],
    ['secret'],
    ['stop', 'x'],
  ]) {
    const { exit, output } = await ran(argv)
    assert.deepEqual([argv, exit, output], [argv, 2, ''])
  }
})

test('run() without a command prints help on stderr and ends with 2', async () => {
  const { exit, output, talk } = await ran([])
  assert.equal(exit, 2)
  assert.equal(output, '')
  assert.match(talk, /Usage: keyreeve/)
})

test('run() prints help and the version on stdout and ends with 0', async () => {
  assert.match((await ran(['help'])).output, /completion/)
  assert.match((await ran(['help', 'secret'])).output, /remove/)
  assert.match((await ran(['log', 'verify', '--help'])).output, /--vkey/)
  const { exit, output } = await ran(['--version'])
  assert.deepEqual([exit, output], [0, '9.9.9\n'])
})

test('run() with --json gives a failure as one document on stdout, wherever the option stands', async () => {
  for (const argv of [
    ['status', '--json'],
    ['--json', 'status'],
  ]) {
    const { exit, output, talk } = await ran(argv)
    assert.equal(exit, 1)
    assert.equal(talk, '')
    const { v, error } = JSON.parse(output)
    assert.deepEqual([v, error.code, error.next], [1, 'not-running', 'run "keyreeve start"'])
  }
  assert.equal(JSON.parse((await ran(['nope', '--json'])).output).error.code, 'usage')
})

test('run() says what was wrong, its code and the next step, and never shows control characters', async () => {
  const broker = await fakeBroker({
    'secret.remove': () => {
      throw new Fault('secret-unknown', 'no secret \u001b[31mred')
    },
  })
  const { exit, talk } = await ran(['secret', 'remove', 'x'], machineAt(broker.home))
  assert.equal(exit, 6)
  assert.equal(
    talk,
    'keyreeve: no secret \\u{1b}[31mred (secret-unknown)\n  next: run "keyreeve secret list"\n',
  )
  await broker.close()
})

test('run() starts the shim only with a name for the assistant', async () => {
  assert.equal((await ran(['mcp'])).exit, 2)
  assert.equal((await ran(['mcp', '--assistant'])).exit, 2)
  assert.equal((await ran(['mcp', '--assistant', ''])).exit, 2)
  assert.equal((await ran(['mcp', '--assistant', 'x'.repeat(129)])).exit, 2)
})
