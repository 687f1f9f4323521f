import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, assert as holds, property, string } from 'fast-check'
import { callOf, machineAt } from './fake-broker.test.ts'
import { pairs, table, width } from './terminal.ts'

test('table() aligns columns and makes foreign cells harmless', () => {
  assert.deepEqual(
    table(
      ['name', 'n'],
      [
        ['a\u001b[2J', '1'],
        ['bc', '22'],
      ],
    ),
    ['name        n', 'a\\u{1b}[2J  1', 'bc          22'],
  )
})

test('table() never gives a line with a control character', () => {
  holds(
    property(array(array(string({ unit: 'binary' }), { minLength: 2, maxLength: 2 })), (rows) =>
      // eslint-disable-next-line no-control-regex
      table(['a', 'b'], rows).every((line) => !/[\u0000-\u001f\u007f-\u009f]/.test(line)),
    ),
    { numRuns: 30 },
  )
})

test('pairs() puts values into one column', () => {
  assert.deepEqual(
    pairs([
      ['a', '1'],
      ['long', '2'],
    ]),
    ['a     1', 'long  2'],
  )
})

test('width() counts what is not ASCII twice', () => {
  assert.equal(width('aé漢'), 5)
})

test('terminalOf() puts data on stdout and talk on stderr', () => {
  const machine = machineAt('/x')
  const { terminal } = callOf(machine)
  terminal.data({ a: 1 }, ['one', 'two'])
  terminal.say('talk')
  assert.equal(machine.output(), 'one\ntwo\n')
  assert.equal(machine.talk(), 'talk\n')
})

test('terminalOf() with --json gives one versioned document and no talk', () => {
  const machine = machineAt('/x')
  const { terminal } = callOf(machine, { isJson: true })
  terminal.data({ a: 1 }, ['one'])
  terminal.say('talk')
  assert.equal(machine.output(), '{"v":1,"a":1}\n')
  assert.equal(machine.talk(), '')
})

test('terminalOf() colours nothing that goes into a pipe', () => {
  const { terminal } = callOf(machineAt('/x'))
  assert.equal(terminal.styled('x', 'bad'), 'x')
})
