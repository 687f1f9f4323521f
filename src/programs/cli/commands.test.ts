import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { test, type TestContext } from 'node:test'
import { Fault, faultCodes } from '#base'
import { SealingKey, type Handlers } from '#wire'
import { completionScript } from './completion.ts'
import { commands } from './commands.ts'
import { environmentCheck, nodeCheck } from './doctor.ts'
import { fakeBroker, machineAt, type TestMachine } from './fake-broker.test.ts'
import { wholeNumber } from './whole-number.ts'
import { run } from './run.ts'
import { redirectPage } from './ui.ts'

interface Ran {
  exit: number
  output: string
  talk: string
}

interface Setting {
  readonly stdin?: Uint8Array
  readonly phase?: 'locked' | 'ready'
  readonly keeperKey?: string
}

async function finish(argv: string[], machine: TestMachine, stdin?: Uint8Array): Promise<Ran> {
  if (stdin !== undefined) machine.stdin.end(stdin)
  const exit = await run(argv, machine)
  await new Promise((resolve) => setImmediate(resolve))
  return { exit, output: machine.output(), talk: machine.talk() }
}

async function against(
  t: TestContext,
  handlers: Handlers,
  argv: string[],
  setting: Setting = {},
): Promise<Ran> {
  const { stdin, ...options } = setting
  const broker = await fakeBroker(handlers, options)
  t.after(() => broker.close())
  return finish(argv, machineAt(broker.home), stdin)
}

const slot = { id: 'S1', kind: 'file', assurance: 'file', createdAt: 0, place: '/k' } as const

test('each command of the table loads and has help', async () => {
  for (const { name, help, load } of commands) {
    assert.equal(typeof (await load()), 'function', name)
    assert.match(help, /^[a-z][^.]+$/, name)
  }
})

test('secret set seals the value of stdin to the keeper, for this name only, without its line end', async (t) => {
  const key = new SealingKey()
  const opened: string[] = []
  const handlers: Handlers = {
    'secret.set'({ name, sealed }) {
      assert.throws(() => key.open(sealed, 'secret.set\0other'))
      key.open(sealed, `secret.set\0${name}`).lend((bytes) => opened.push(new TextDecoder().decode(bytes)))
      return { name, version: 1, createdAt: 0, updatedAt: 0, bytes: 4 }
    },
  }
  for (const value of ['ab\nc\n', 'ab\nc\r\n', 'ab\nc']) {
    const stdin = new TextEncoder().encode(value)
    const { exit, output } = await against(t, handlers, ['secret', 'set', 'N'], {
      stdin,
      keeperKey: key.publicKey,
    })
    assert.deepEqual([exit, output], [0, 'N kept, version 1\n'])
  }
  assert.deepEqual(opened, ['ab\nc', 'ab\nc', 'ab\nc'])
})

test('secret set refuses an empty value, one above 1 MiB, and one on the command line', async (t) => {
  const { exit } = await against(t, {}, ['secret', 'set', 'N'], { stdin: new Uint8Array([10]) })
  assert.equal(exit, 2)
  const large = { stdin: new Uint8Array(1024 * 1024 + 3).fill(65) }
  const { exit: tooLarge, talk } = await against(t, {}, ['secret', 'set', 'N'], large)
  assert.deepEqual([tooLarge, talk.includes('(secret-too-large)')], [2, true])
  for (const argv of [
    ['N', 'hunter2'],
    ['N', '--value=hunter2'],
    ['N', '--value', 'hunter2'],
  ]) {
    const { exit: onArgv, talk: said } = await against(t, {}, ['secret', 'set', ...argv])
    assert.equal(onArgv, 2)
    assert.doesNotMatch(said, /hunter2/)
  }
})

test('grant revoke wants exactly one of an id and --all', async (t) => {
  const asked: unknown[] = []
  const handlers: Handlers = {
    'grant.revoke'(request) {
      asked.push(request)
      return { revoked: 1 }
    },
  }
  assert.equal((await against(t, handlers, ['grant', 'revoke'])).exit, 2)
  assert.equal((await against(t, handlers, ['grant', 'revoke', 'G', '--all'])).exit, 2)
  assert.equal((await against(t, handlers, ['grant', 'revoke', 'G'])).output, '1 revoked\n')
  assert.equal(
    (await against(t, handlers, ['grant', 'revoke', '--all', '--json'])).output,
    '{"v":1,"revoked":1}\n',
  )
  assert.deepEqual(asked, [{ id: 'G' }, { all: true }])
})

test('log list passes its limits on and shows events on one line each', async (t) => {
  const asked: unknown[] = []
  const handlers: Handlers = {
    'log.list'(request) {
      asked.push(request)
      const object = { path: '/a\u001b[2J\nb' }
      const event = { v: 1, kind: 'denial', who: { assistant: 'cl' }, what: 'read', object, code: 'locked' }
      return {
        size: 2,
        entries: [
          { index: 1, time: 0, event },
          { index: 0, time: 0, event: null },
        ],
      }
    },
  }
  const { output } = await against(t, handlers, ['log', 'list', '--limit', '5', '--before', '2'])
  assert.deepEqual(asked, [{ limit: 5, before: 2 }])
  assert.equal(
    output,
    [
      'entry  time                 event    assistant  what  object             result',
      '1      1970-01-01 00:00:00  denial   cl         read  /a\\u{1b}[2J\\u{a}b  locked',
      '0      1970-01-01 00:00:00  deleted                                      its proof stands',
      '',
    ].join('\n'),
  )
})

test('wholeNumber() takes whole numbers within the limit only', () => {
  assert.equal(wholeNumber('20', 'n', 20), 20)
  for (const bad of ['', '-1', '1.5', '1e3', ' 1', '21', undefined, true]) {
    assert.throws(() => wholeNumber(bad, 'n', 20), Fault)
  }
})

test('log verify judges a folder without a broker, and ends with 7 where it does not verify', async () => {
  const dir = mkdtempSync(`${tmpdir()}/keyreeve-cli-`)
  const { exit, output } = await finish(['log', 'verify', dir, '--json'], machineAt('/nonexistent'))
  assert.equal(exit, 7)
  const document = JSON.parse(output)
  assert.deepEqual(Object.keys(document), [
    'v',
    'ok',
    'size',
    'root',
    'anchoredThrough',
    'anchors',
    'receipts',
    'passkeys',
    'problems',
  ])
  assert.equal(document.ok, false)
  rmSync(dir, { recursive: true })
})

test('policy check ends with 8 and names file and problem, and with 0 where all is well', async () => {
  const dir = mkdtempSync(`${tmpdir()}/keyreeve-cli-`)
  writeFileSync(`${dir}/bad.cedar`, 'permit (principal, action;')
  writeFileSync(`${dir}/good.cedar`, '@id("x")\nforbid (principal, action, resource);')
  const machine = machineAt('/nonexistent', { cwd: dir })
  const { exit, output } = await finish(['policy', 'check', 'bad.cedar'], machine)
  assert.equal(exit, 8)
  assert.match(output, /^bad\.cedar/)
  const { exit: fine } = await finish(['policy', 'check', 'good.cedar'], machineAt('/x', { cwd: dir }))
  assert.equal(fine, 0)
  const { exit: absent } = await finish(['policy', 'check', 'none.cedar'], machineAt('/x', { cwd: dir }))
  assert.equal(absent, 6)
  rmSync(dir, { recursive: true })
})

test('redact masks what flows from stdin to stdout, and says not-found for a file that is not there', async () => {
  const key = `ghp_${'A1b2C3d4'.repeat(5).slice(0, 36)}`
  const { exit, output } = await finish(['redact'], machineAt('/x'), Buffer.from(`token ${key} end\n`))
  assert.equal(exit, 0)
  assert.match(output, /^token \[[\w-]+:\w+\] end\n$/)
  assert.equal((await finish(['redact', '/nonexistent/file'], machineAt('/x'))).exit, 6)
})

test('unlock without a terminal tries the slots that need nobody and passes the fault on', async (t) => {
  const handlers: Handlers = {
    'vault.unlock'() {
      throw new Fault('keystore-absent', 'no keystore')
    },
  }
  const { exit, talk } = await against(t, handlers, ['unlock'], { phase: 'locked' })
  assert.equal(exit, 5)
  assert.match(talk, /no keystore \(keystore-absent\)/)
})

test('vault status lists the slots', async (t) => {
  const handlers: Handlers = {
    'vault.status': () => ({
      exists: true,
      unlocked: false,
      assurance: 'file',
      slots: [slot],
      secrets: null,
    }),
  }
  const { output } = await against(t, handlers, ['vault', 'status'])
  assert.match(output, /^vault {6}locked\n/)
  assert.match(output, /S1 {4}file {2}file/)
})

test('ui prints the link and opens nothing without a display; the code stands in no argument', async (t) => {
  const url = 'http://console.localhost:1234/#code=abc'
  const handlers: Handlers = { 'console.open': () => ({ url, expiresAt: 5 }) }
  const { exit, output } = await against(t, handlers, ['ui', '--json'])
  assert.deepEqual([exit, JSON.parse(output)], [0, { v: 1, url, expiresAt: 5, opened: false }])
})

test('redirectPage() takes no link that could leave its attribute', () => {
  assert.match(
    redirectPage('http://console.localhost:1/#code=a-_b'),
    /url=http:\/\/console\.localhost:1\/#code=a-_b"/,
  )
  for (const bad of [
    'http://a/"><script>',
    'javascript:alert(1)',
    'http://a/;b',
    'http://a/ b',
    "http://a/'",
  ]) {
    assert.throws(() => redirectPage(bad), Fault)
  }
})

test('doctor says that nothing runs, and ends with 1', async () => {
  const { exit, output } = await finish(['doctor', '--json'], machineAt('/nonexistent'))
  assert.equal(exit, 1)
  const { checks } = JSON.parse(output)
  assert.deepEqual(
    checks.map(({ name, state }: { name: string; state: string }) => [name, state]),
    [
      ['node', 'ok'],
      ['environment', 'ok'],
      ['socket', 'failed'],
      ['broker', 'failed'],
    ],
  )
})

test('nodeCheck() and environmentCheck() see an old Node and an open inspector', () => {
  assert.equal(nodeCheck('v22.1.0').state, 'failed')
  assert.equal(nodeCheck('v26.10.0').state, 'ok')
  const { state, detail } = environmentCheck({ NODE_OPTIONS: '--inspect=0', LD_PRELOAD: '' })
  assert.deepEqual([state, detail], ['warning', 'NODE_OPTIONS set, and it opens an inspector'])
})

const running = (version = '9.9.9'): Handlers => ({
  status: () => ({
    phase: 'ready',
    version,
    home: '/h',
    pid: 1,
    startedAt: 0,
    keystore: { kind: 'file', assurance: 'file', place: '/h/k' },
    journal: null,
    console: null,
    gateway: null,
    programs: [],
    assistants: [],
    pending: 0,
    questions: { today: 0, budget: 25 },
    grants: 0,
  }),
  'device.status': () => ({ device: null, tokens: [] }),
})

test('status warns loudly of a key that lies in a file', async (t) => {
  const { output } = await against(t, running(), ['status'])
  assert.match(output, /^keystore .*WARNING: anyone who can read your files can read the key$/m)
  const json = await against(t, running(), ['status', '--json'])
  assert.equal(JSON.parse(json.output).keystore.assurance, 'file')
})

test('start says already-running for a broker of another version, and for --foreground', async (t) => {
  for (const [version, ...argv] of [
    ['9.9.8', 'start'],
    ['9.9.9', 'start', '--foreground'],
  ]) {
    const { exit, talk } = await against(t, running(version), argv)
    assert.deepEqual([exit, talk.includes('(already-running)')], [1, true])
  }
})

test('start beside a running broker shows the way in, and how to connect an assistant', async (t) => {
  const url = 'http://console.localhost:1/#code=x'
  const handlers = { ...running(), 'console.open': () => ({ url, expiresAt: 1 }) } satisfies Handlers
  const { exit, output, talk } = await against(t, handlers, ['start'])
  assert.equal(exit, 0)
  assert.equal(talk, 'Keyreeve runs already.\n')
  assert.match(output, /^Console {3}http:\/\/console\.localhost:1\/#code=x {2}\(good once, for a minute\)$/m)
  assert.match(output, /^Keystore {2}file.*WARNING/m)
  const snippet = JSON.parse(output.slice(output.indexOf('{')))
  assert.deepEqual(snippet.mcpServers.keyreeve.args, ['mcp', '--assistant', 'NAME'])
  assert.equal(snippet.mcpServers.keyreeve.command, '/opt/bin/keyreeve')
})

test('start goes on without a console', async (t) => {
  const { exit, output } = await against(t, running(), ['start', '--json'])
  assert.deepEqual([exit, JSON.parse(output).console], [0, null])
})

test('completionScript() offers every command in every shell, and refuses another shell', () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const script = completionScript(shell)
    for (const word of new Set(commands.flatMap(({ name }) => name.split(' ')))) {
      assert.match(script, new RegExp(`\\b${word}\\b`), `${shell} ${word}`)
    }
  }
  assert.throws(() => completionScript('tcsh'), Fault)
})

test('every fault that a command can end with has a next step', () => {
  for (const code of faultCodes) assert.notEqual(new Fault(code, '').next, '')
})

test('launchBroker() passes on why a broker did not start', async () => {
  const { launchBroker, programMain, cleanEnvironment } = await import('./launch.ts')
  const tree = mkdtempSync(`${tmpdir()}/keyreeve-cli-`)
  mkdirSync(`${tree}/broker`)
  const main = `${tree}/cli/main.js`
  assert.equal(programMain({ main }, 'broker'), `${tree}/broker/main.js`)
  assert.deepEqual(cleanEnvironment({ A: '1', NODE_OPTIONS: '--inspect' }), { A: '1' })
  const cases = [
    [`{"error":{"code":"vault-corrupt","message":"m"}}`, 'vault-corrupt'],
    [`{"error":{"code":"no-such-code","message":"m"}}`, 'program-gone'],
    [`{"ready":1}`, 'program-gone'],
    [``, 'program-gone'],
  ] as const
  for (const [line, code] of cases) {
    writeFileSync(
      `${tree}/broker/main.js`,
      `require('fs').writeSync(3, ${JSON.stringify(line === '' ? '' : `${line}\n`)})`,
    )
    await assert.rejects(launchBroker(machineAt('/x', { main }), 'ignore'), (thrown) => {
      assert.ok(thrown instanceof Fault)
      assert.equal(thrown.code, code)
      return true
    })
  }
  writeFileSync(`${tree}/broker/main.js`, `require('fs').writeSync(3, '{"ready":true,"locked":true}\\n')`)
  const broker = await launchBroker(machineAt('/x', { main }), 'ignore')
  assert.equal(broker.isLocked, true)
  assert.equal(await broker.ended, 0)
  rmSync(tree, { recursive: true })
})
