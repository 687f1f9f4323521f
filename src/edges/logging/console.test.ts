// Consoles that are redacted, and given back as they were.
import assert from 'node:assert/strict'
import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { redactor } from './console.ts'
import { assertClean, failing, plantedRecord, token } from './fixture.test.ts'

function sink(): { stream: Writable; text: () => string } {
  const parts: string[] = []
  const stream = new Writable({
    write(chunk, _, done) {
      parts.push(String(chunk))
      done()
    },
  })
  return { stream, text: () => parts.join('') }
}

function testConsole(): { target: Console; out: () => string; err: () => string } {
  const [stdout, stderr] = [sink(), sink()]
  return {
    target: new Console({ stdout: stdout.stream, stderr: stderr.stream }),
    out: stdout.text,
    err: stderr.text,
  }
}

test('redactor() lets no planted secret through any method of a console', () => {
  const { target, out, err } = testConsole()
  using _ = redactor(target)
  const record = plantedRecord()
  for (const method of ['log', 'info', 'debug', 'error', 'warn', 'trace', 'dirxml'] as const) {
    target[method](record, token)
    target[method](`%s %o %O %j %i`, token, record, record, { token }, 1)
  }
  target.dir(record, { depth: 9, showHidden: true })
  target.table([record, { a: token }], ['a', 'text'])
  target.group(token)
  target.log('inside %s', token)
  target.groupEnd()
  target.groupCollapsed(token)
  target.assert(false, 'no %s', token)
  target.assert(false, record)
  target.count(token)
  target.count(token)
  target.countReset(token)
  target.time(token)
  target.timeLog(token, token, record)
  target.timeEnd(token)
  assertClean(out() + err())
  assert.match(out(), /github-token:[0-9a-f]{4}\]: 2\n/)
})

test('redactor() masks what only the format puts together', () => {
  const { target, out } = testConsole()
  using _ = redactor(target)
  target.log('password=%s', 'hunter2-canary')
  target.log('https://user:%s@host', 'hunter2-canary')
  assertClean(out())
})

test('redactor() redacts before anything is cut', () => {
  const { target, out } = testConsole()
  using _ = redactor(target)
  target.log({ text: `${'x '.repeat(4990)}${token}` })
  assert.ok(!out().includes(token.slice(0, 12)))
})

test('redactor() prints what holds no secret as the console does', () => {
  const [plain, redacted] = [testConsole(), testConsole()]
  using _ = redactor(redacted.target)
  for (const { target } of [plain, redacted]) {
    target.log()
    target.log('%d%% of %s', 5, 'x', { a: { b: { c: { d: 1 } } } })
    target.log({ a: [1, new Map([[1, 2]])] }, 'y', 5n, null, undefined, Symbol('s'))
    target.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 })
    target.table([{ a: 1 }, { a: 2 }])
    target.group('g')
    target.warn('in\nside')
    target.groupEnd()
    target.assert(true, 'x')
    target.count()
    target.info('%c%s', 'color: red', 'z')
  }
  assert.equal(redacted.out(), plain.out())
  assert.equal(redacted.err(), plain.err())
})

test('redactor() gives the console back exactly as it was', () => {
  const { target } = testConsole()
  const before = Object.getOwnPropertyDescriptors(target)
  const patch = redactor(target)
  assert.notEqual(target.log, before['log']?.value)
  patch.restore()
  patch.restore()
  const after = Object.getOwnPropertyDescriptors(target)
  assert.deepEqual(Reflect.ownKeys(after), Reflect.ownKeys(before))
  for (const [name, { value, ...rest }] of Object.entries(before)) {
    assert.equal(after[name]?.value, value)
    assert.deepEqual({ ...after[name], value }, { ...rest, value })
  }
  const inherited: Console = Object.create(target)
  redactor(inherited).restore()
  assert.deepEqual(Reflect.ownKeys(inherited), [])
})

test('redactor() leaves a patch on top of it in place, and lets all through then', () => {
  const { target, out } = testConsole()
  const patch = redactor(target)
  const ours = target.log
  const above = (...args: unknown[]): void => ours('above', ...args)
  target.log = above
  patch.restore()
  assert.equal(target.log, above)
  target.log('%s', 'x')
  assert.equal(out(), 'above %s x\n')
})

test('redactor() drops what it fails at, also where the listener uses the same console', () => {
  const { target, out, err } = testConsole()
  using _ = redactor(target, { known: failing, onFault: () => target.error(token) })
  target.log(token, plantedRecord())
  target.dir({ token })
  target.log({
    [inspect.custom]() {
      throw new Error(token)
    },
  })
  assertClean(out() + err())
  assert.match(out(), /^(?:\[unredacted: dropped\]\n){3}$/)
})
