// T08: a client that breaks the wire.
import { Channel } from '#wire'
import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { dial, dialRaw } from '../../tools/dial.ts'
import { openTrial, type Trial } from '../../tools/trial.ts'

describe('T08: a client that breaks the wire', () => {
  let trial: Trial

  before(async () => {
    trial = await openTrial()
  })

  after(() => trial.close())

  /** What the broker sends before it closes, parsed. */
  async function lastWords(socket: Socket): Promise<{ f?: { code: string } }[]> {
    const parts: Buffer[] = []
    for await (const part of socket) parts.push(part as Buffer)
    const bytes = Buffer.concat(parts)
    const frames: { f?: { code: string } }[] = []
    for (let at = 0; at + 4 <= bytes.length;) {
      const length = bytes.readUInt32BE(at)
      frames.push(JSON.parse(bytes.subarray(at + 4, at + 4 + length).toString()) as { f?: { code: string } })
      at += 4 + length
    }
    return frames
  }

  function frame(body: string | Buffer, length = Buffer.byteLength(body)): Buffer {
    const header = Buffer.alloc(4)
    header.writeUInt32BE(length)
    return Buffer.concat([header, Buffer.from(body)])
  }

  const hostile: Record<string, { bytes: Buffer; code: string }> = {
    'no JSON': { bytes: frame('not json at all'), code: 'frame-malformed' },
    'no object': { bytes: frame('[1,2,3]'), code: 'frame-malformed' },
    'no UTF-8': { bytes: frame(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])), code: 'frame-malformed' },
    'a giant': { bytes: frame('{}', 0xffff_ffff), code: 'frame-oversized' },
    'a greeting above 4 KiB': { bytes: frame('{}', 5000), code: 'frame-oversized' },
    'a message before hello': { bytes: frame('{"q":1,"t":"status","b":{}}'), code: 'message-out-of-phase' },
    'an unknown message': { bytes: frame('{"q":1,"t":"constructor","b":{}}'), code: 'message-unknown' },
    'a prototype as a name': { bytes: frame('{"q":1,"t":"__proto__","b":{}}'), code: 'message-unknown' },
    'a message of the keeper': {
      bytes: frame('{"q":1,"t":"keeper.table","b":{}}'),
      code: 'message-not-yours',
    },
    'a role that is none': {
      bytes: frame('{"q":1,"t":"hello","b":{"v":1,"role":"broker"}}'),
      code: 'message-invalid',
    },
    'another version': {
      bytes: frame('{"q":1,"t":"hello","b":{"v":2,"role":"cli"}}'),
      code: 'message-invalid',
    },
  }

  for (const [what, { bytes, code }] of Object.entries(hostile)) {
    test(`T08: ${what} ends the connection with ${code}`, async () => {
      const socket = await dialRaw(trial)
      socket.write(bytes)
      const words = await lastWords(socket)
      assert.ok(
        words.some(({ f }) => f?.code === code),
        JSON.stringify(words),
      )
    })
  }

  test('T08: a hundred broken clients leave the broker serving others', async () => {
    const sockets = await Promise.all(Array.from({ length: 100 }, () => dialRaw(trial)))
    for (const [i, socket] of sockets.entries()) {
      socket.on('error', () => {})
      socket.write(Buffer.from(Array.from({ length: 64 }, (_, j) => (i * 31 + j * 17) & 0xff)))
    }
    const cli: Channel = await dial(trial, { role: 'cli' })
    assert.equal((await cli.ask('status', {})).phase, 'ready')
    cli.close()
    for (const socket of sockets) socket.destroy()
  })

  test('T08: hostile paths are refused with a code and never reach a file', async () => {
    const shim = await dial(trial, { role: 'shim', assistant: 'hostile' })
    const paths = [
      'relative/path',
      '/etc/../etc/passwd',
      '/tmp/\0x',
      '\\\\server\\share',
      'C:\\x',
      '/tmp/',
      '//',
      '/tmp/a\u202eb/../c',
    ]
    for (const path of paths) {
      const answer = await shim.ask('file.read', { path })
      assert.equal(answer.status, 'denied', path)
      assert.match((answer as { code: string }).code, /^path-|denied-by-policy/, path)
    }
    shim.close()
  })
})
