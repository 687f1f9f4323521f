// Streamed events: what is kept byte for byte, what is said once more, and what is dropped.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EventRedactor, redactEvents } from './events.ts'
import {
  chunk,
  cut,
  dialects,
  eventsOf,
  github,
  joined,
  key,
  sse,
  stripe,
  through,
} from './model-streams.test.ts'

const marker = '[unredacted: dropped]'

for (const [what, stream] of [
  [
    'comments, ids, retries, unknown fields and CRLF',
    ': hi\r\n\r\nid: 7\r\nretry: 10\r\nx: y\r\nevent: a\r\ndata:{"a" : 1,\r\ndata: "b":"\\u0041"}\r\n\r\n',
  ],
  ['events that end in CR', 'data: one\r\rdata: two\r\r'],
  [
    'a byte order mark and no end',
    '\ufeffdata: {"choices":[{"delta":{"content":"a b "},"finish_reason":"x"}]}\n\ndata: rest',
  ],
  ['text that is no JSON', 'data: {not json\n\ndata: [DONE]\n\ndata: 5\n\nevent\n\ndata\n\n'],
  [
    'numbers that are no JSON',
    'data: {"choices":[{"delta":{"content":"a b "},"finish_reason":"x","logprob":-Infinity}]}\n\n',
  ],
  ['lines of JSON', '{"model":"m","done":true,"response":"a b "}\n\n[1, {"a":"\\/"}]\r\n{"done":true}'],
  ['empty lines', '\n\n\n: c\n\n\n'],
] as const) {
  test(`EventRedactor leaves byte for byte as they came ${what}`, () => {
    for (const size of [1, 7, 1000]) assert.equal(through(stream, [size]), stream)
  })
}

test('EventRedactor leaves bytes that are no UTF-8 as they came where nothing is found', () => {
  const stream = Buffer.concat([
    Buffer.from('data: {"a":"'),
    Buffer.from([0xff, 0xc3]),
    Buffer.from('"}\n\n'),
  ])
  const redactor = new EventRedactor({ key })
  assert.deepEqual(Buffer.concat([...redactor.push(stream), ...redactor.finish()]), stream)
})

test('EventRedactor changes of an event only the string that holds something, in place', () => {
  const stream = `id: 1\r\ndata: {"z":1.50, "a":"x ${github} é",\r\ndata:  "b":"\\u0041"}\r\n\r\n`
  assert.match(
    through(stream),
    /^id: 1\r\ndata: \{"z":1\.50, "a":"x \[github-token:[0-9a-f]{4}\] é",\r\ndata: {2}"b":"\\u0041"\}\r\n\r\n$/,
  )
})

test('EventRedactor masks comments, names, ids and data that is text', () => {
  const stream = `: ${github}\n\nevent: ${github}\nid: ${github}\n${github}\ndata: see ${github}\n\n`
  assert.ok(!through(stream).includes('ghp_'))
  assert.equal(through(stream).split('[github-token:').length, 6)
})

test('EventRedactor says what it held in one more event, without what the last one said besides', () => {
  const tool = {
    index: 0,
    id: 'call_1',
    type: 'function',
    function: { name: 'run', arguments: '{"k":"ghp_A1' },
  }
  const stream = sse('chunk', {
    choices: [{ index: 0, delta: { tool_calls: [tool] }, finish_reason: null }],
    usage: { total: 9 },
  })
  const output = eventsOf(through(stream + chunk({}, 'tool_calls')))
  assert.equal(output.length, 3)
  assert.equal(output[1]?.name, 'chunk')
  const again = output[1]?.data.choices[0].delta.tool_calls[0]
  assert.deepEqual([again.id, again.function.name, output[1]?.data.usage], [null, null, null])
  assert.equal(
    output[0]?.data.choices[0].delta.tool_calls[0].function.arguments + again.function.arguments,
    tool.function.arguments,
  )
  assert.equal(output[2]?.data.choices[0].finish_reason, 'tool_calls')
})

test('EventRedactor says what it held before [DONE], and at the end of a stream that breaks off', () => {
  for (const end of ['data: [DONE]\n\n', '']) {
    const output = through(chunk({ content: 'a ghp_A1b2' }) + end)
    assert.equal(
      joined(output, (data) => data.choices[0].delta.content),
      'a ghp_A1b2',
    )
    assert.ok(output.endsWith(end))
  }
})

test('EventRedactor puts what it held into the event that ends the text, if that has a piece of it', () => {
  const events = eventsOf(through(chunk({ content: 'ghp_A1' }) + chunk({ content: 'b2' }, 'stop')))
  assert.deepEqual(
    events.map(({ data }) => data.choices[0].delta.content),
    ['', 'ghp_A1b2'],
  )
})

test('EventRedactor begins the block again where only its start has come', () => {
  const start = sse('content_block_start', {
    type: 'content_block_start',
    index: 3,
    content_block: { type: 'text', text: 'ghp_A1' },
  })
  const stop = sse('content_block_stop', { type: 'content_block_stop', index: 3 })
  const events = eventsOf(through(start + stop))
  assert.equal(events[0]?.data.content_block.text, '')
  assert.deepEqual(events[1], {
    name: 'content_block_delta',
    data: { type: 'content_block_delta', index: 3, delta: { type: 'text_delta', text: 'ghp_A1' } },
  })
})

test('EventRedactor keeps the texts of choices, calls and blocks apart', () => {
  const letters = github.split('')
  const one = letters.map((content, at) => chunk({ content }, null, at % 2)).join('')
  const output = through(one + chunk({}, 'stop', 0) + chunk({}, 'stop', 1))
  const read = (index: number): string =>
    joined(output, ({ choices: [choice] }) => (choice.index === index ? choice.delta.content : ''))
  assert.equal(read(0), letters.filter((_, at) => at % 2 === 0).join(''))
  assert.equal(read(1), letters.filter((_, at) => at % 2 === 1).join(''))
})

test('EventRedactor gives a whole text, said again, the placeholders of its pieces', () => {
  const { write, read } = dialects['responses text']!
  const whole = `password: "two words"\n x${github}\nAPI_KEY=${stripe}`
  const output = through(write(cut(whole, [3])))
  const masked = read(output)
  const [done, completed] = eventsOf(output).slice(-2)
  assert.equal(done?.data.text, masked)
  assert.equal(completed?.data.response.output[0].content[0].text, masked)
})

test('EventRedactor leaves out the tokens of a piece that it changes', () => {
  const logprobs = { content: [{ token: 'ghp_', logprob: -1, bytes: [103], top_logprobs: [] }] }
  const at = (content: string, finish_reason: string | null): string =>
    sse(null, { choices: [{ index: 0, delta: { content }, logprobs, finish_reason }] })
  const stream = at('ghp_', null) + at(`${github.slice(4)} `, 'stop') + at('so on ', 'stop')
  assert.deepEqual(
    eventsOf(through(stream)).map(({ data }) => data.choices[0].logprobs),
    [null, null, logprobs],
  )
})

test('EventRedactor joins the halves of a character that pieces cut', () => {
  const output = through(
    String.raw`data: {"choices":[{"delta":{"content":"a \ud83d"}}]}` +
      '\n\n' +
      chunk({ content: '\ude00 b ' }),
  )
  assert.equal(
    joined(output, (data) => data.choices[0].delta.content),
    'a 😀 b ',
  )
})

for (const [what, stream] of [
  ['names a member twice', 'data: {"choices":[],"choices":[{"delta":{"content":"x"}}]}\n\n'],
  ['names it twice in another spelling', String.raw`data: {"a":1,"\u0061":2}` + '\n\n'],
  ['has too many pieces', `data: {"choices":[${'{"text":"a"},'.repeat(2000)}{}]}\n\n`],
  ['is nested too deep', `data: ${'['.repeat(10_000)}\n\n`],
  ['has too many parts', `data: [${'0,'.repeat(100_001)}0]\n\n`],
  ['is too long', `event: a\ndata: ${'x'.repeat(300_000)}\nid: 1\n\n`],
  ['has too many lines', `${'data: x\n'.repeat(5000)}\n`],
] as const) {
  test(`EventRedactor drops an event that ${what}, says so, and goes on`, () => {
    const redactor = new EventRedactor({ key, longestEvent: 250_000 })
    const output = Buffer.concat([
      ...redactor.push(Buffer.from(`${stream}data: after\n\n`)),
      ...redactor.finish(),
    ])
    assert.equal(output.toString().slice(0, 200), `: ${marker}\n\ndata: after\n\n`)
    assert.equal(redactor.dropped, 1)
  })
}

test('EventRedactor says among lines of JSON that it dropped one', () => {
  const output = through('{"a":1}\n{"a":1,"a":2}\n{"b":1}\n')
  assert.equal(output, `{"a":1}\n{"error":"${marker}"}\n{"b":1}\n`)
})

test('EventRedactor opens so many texts and no more', () => {
  const redactor = new EventRedactor({ key })
  const events = Array.from({ length: 2000 }, (_, index) => chunk({ content: `word ${index} ` }, null, index))
  redactor.push(Buffer.from(events.join('')))
  assert.equal(redactor.dropped, 2000 - 256)
  redactor.push(Buffer.from('data: [DONE]\n\n' + chunk({ content: 'x' })))
  assert.equal(redactor.dropped, 2000 - 256)
})

test('EventRedactor holds nothing of a line that never ends', () => {
  const redactor = new EventRedactor({ key, longestEvent: 100_000 })
  const part = Buffer.alloc(65_536, 'x')
  let output = 0
  for (let turn = 0; turn < 200; turn++) for (const { length } of redactor.push(part)) output += length
  assert.equal(redactor.dropped, 1)
  assert.equal(output, `: ${marker}\n\n`.length)
})

test('EventRedactor drops an event in which a finding holds the place of a text', () => {
  const find = (bytes: Uint8Array, from: number, isFinal: boolean) => {
    const start = Buffer.from(bytes).indexOf('"content":"","x"')
    const found = start < from ? [] : [{ start, end: start + 16, name: 'k' }]
    return { found, until: isFinal ? Infinity : Math.max(from, bytes.length - 16) }
  }
  const stream = 'data: {"choices":[{"delta":{"content":"a ","x":1}}]}\n\n'
  assert.equal(through(stream, [1000], { known: { find } }), `: ${marker}\n\n`)
})

test('EventRedactor drops what its own fault concerns, and all that it held', () => {
  let faults = 0
  const known = {
    find(bytes: Uint8Array, from: number, isFinal: boolean) {
      if (Buffer.from(bytes).includes('boom')) throw new Error(`fault ${(faults += 1)}`)
      return { found: [], until: isFinal ? Infinity : Math.max(from, bytes.length - 4) }
    },
  }
  const redactor = new EventRedactor({ key, known })
  const stream =
    chunk({ content: 'ghp_' }) + chunk({ content: ' boom' }) + chunk({ content: 'fine ' }) + chunk({}, 'stop')
  const output = Buffer.concat([...redactor.push(Buffer.from(stream)), ...redactor.finish()]).toString()
  assert.equal(
    joined(output, (data) => data.choices[0].delta.content),
    'fine ',
  )
  assert.equal(output.split(marker).length, 2)
  assert.equal(faults, 1)
})

test('redactEvents() is a transform of the same', async () => {
  const stream = dialects['messages text']!.write(cut(`key ${github} end`, [4]))
  const source = new Blob([stream]).stream()
  const output = await new Response(source.pipeThrough(redactEvents({ key }))).text()
  assert.equal(output, through(stream))
})
