import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { Fault } from '#base'
import { askHidden, askShown, TypedLine, type Keyboard } from './typing.ts'

function typed(...keys: (string | number[])[]) {
  const modes: boolean[] = []
  const keyboard: Keyboard = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (isRaw: boolean) => modes.push(isRaw),
  })
  const screen = new PassThrough()
  let seen = ''
  screen.on('data', (bytes) => (seen += String(bytes)))
  for (const key of keys) keyboard.push(typeof key === 'string' ? key : Uint8Array.from(key))
  return { question: { keyboard, screen, prompt: '? ' }, modes, seen: () => seen }
}

test('askHidden() gives the typed bytes, shows none of them and leaves raw mode', async () => {
  const { question, modes, seen } = typed('hünter', '2\r')
  const secret = await askHidden(question)
  assert.equal(
    secret.lend((bytes) => new TextDecoder().decode(bytes)),
    'hünter2',
  )
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(seen(), '? \n')
  assert.deepEqual(modes, [true, false])
})

test('askHidden() erases by character, clears by line and ignores other control keys', async () => {
  const { question } = typed('wrong', [0x15], 'aü', [0x7f], 'b', [0x01, 0x1b], '\n')
  const secret = await askHidden(question)
  assert.equal(
    secret.lend((bytes) => new TextDecoder().decode(bytes)),
    'ab',
  )
})

test('askHidden() ends with a fault on Ctrl-C and on nothing typed, and leaves raw mode', async () => {
  for (const keys of ['abc\u0003', '\r']) {
    const { question, modes } = typed(keys)
    await assert.rejects(askHidden(question), Fault)
    assert.deepEqual(modes, [true, false])
  }
})

test('askShown() shows what is typed', async () => {
  const { question, seen } = typed('123456\r')
  assert.equal(await askShown(question), '123456')
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(seen(), '? 123456\n')
})

test('TypedLine holds at most 64 KiB', () => {
  const line = new TypedLine()
  for (let count = 0; count < 70_000; count++) line.press(65)
  assert.equal(line.bytes().length, 65_536)
})
