// Pins the bytes of a small log, and takes them apart again with nothing but the words of docs/protocol.md.
import { base64url, ManualClock, Secret, type Random } from '#base'
import { verifyLog } from '#verify'
import assert from 'node:assert/strict'
import { createDecipheriv, createHash, createHmac, createPublicKey, hkdfSync, verify } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { fakeSigningKey, heartbeat, intent, temporaryFolder } from './fixture.test.ts'
import { openLog } from './index.ts'

const vectorPath = join(import.meta.dirname, '../../../vectors/journal/log.json')
const start = 1_767_225_600_000
const dayMilliseconds = 86_400_000
const vectorOrigin = 'keyreeve.example/vectors'
const session = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
const firstRatchetKey = Buffer.alloc(32, 0x20)

function dayKeyOf(day: number): Buffer {
  return Buffer.alloc(32, day % 256)
}

function sha256(...parts: Uint8Array[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest()
}

/** 0, 1, 2 … 255, 0 … */
function countingRandom(): Random {
  let next = 0
  return (length) => Uint8Array.from({ length }, () => next++ % 256)
}

/** One event alone, published; two together, and one on the next day, published at the end. Gives the folder. */
async function writeVectorLog(t: TestContext): Promise<string> {
  const dir = temporaryFolder(t)
  const clock = new ManualClock(start)
  const keys = {
    origin: vectorOrigin,
    signingKey: fakeSigningKey(),
    session: base64url(session),
    ratchet: Secret.copy(firstRatchetKey),
    dayKey: async (day: number) => Secret.own(Uint8Array.from(dayKeyOf(day))),
  }
  // Without timers: a publication that they set off would race with the appends.
  const untimed = { now: () => clock.now(), monotonic: () => clock.monotonic(), after: () => () => {} }
  const log = await openLog({ dir, keys, clock: untimed, random: countingRandom() })
  await log.append({ v: 1, kind: 'lifecycle', what: 'start', version: '0.1.0' })
  await log.publish()
  clock.advance(1234)
  await Promise.all([
    log.append(intent('/home/anna/grüße.txt')),
    log.append({ v: 1, kind: 'outcome', intent: 1, result: 'delivered' }),
  ])
  clock.advance(dayMilliseconds)
  await log.append(heartbeat)
  await log.close()
  return dir
}

/** Everything that the vector file holds of a log. */
function describe(dir: string): unknown {
  const paths = readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(dir, path)).isFile() && !path.startsWith('lock-'))
    .toSorted()
  const isText = (path: string) => path === 'checkpoint' || path === 'vkey'
  const files = paths.map((path) => {
    const bytes = readFileSync(join(dir, path))
    return [path, isText(path) ? { text: bytes.toString() } : { hex: bytes.toString('hex') }]
  })
  return {
    note: 'FAKE KEYS FOR TESTS. The layout is described in docs/protocol.md.',
    fakeSigningKeySeed: '07'.repeat(32),
    fakeRatchetKey: firstRatchetKey.toString('hex'),
    fakeDayKeys: Object.fromEntries([20_454, 20_455].map((day) => [day, dayKeyOf(day).toString('hex')])),
    origin: vectorOrigin,
    session: session.toString('hex'),
    frames: takeApart(join(dir, 'sealed/20454/00000000.seg')).concat(
      takeApart(join(dir, 'sealed/20455/00000001.seg'), 2),
    ),
    files: Object.fromEntries(files),
  }
}

/** Reads a segment as somebody would who has only the document, and checks all that it says. */
function takeApart(path: string, evolved = 0): object[] {
  const segment = readFileSync(path)
  const header = segment.subarray(0, 64)
  assert.equal(header.toString('latin1', 0, 6), 'KRVSEG')
  const dayKey = dayKeyOf(header.readUInt32BE(16))
  const sealingKey = hkdfSync('sha256', dayKey, header.subarray(40, 56), 'keyreeve/journal/v1/seal', 32)
  let ratchetKey: Buffer = firstRatchetKey
  for (let frame = 0; frame < evolved; frame++) ratchetKey = sha256(Buffer.from('evolve'), ratchetKey)
  let previous = sha256(header)
  const frames: object[] = []
  for (let at = 64; at < segment.length;) {
    const frame = segment.subarray(at, at + segment.readUInt32BE(at + 4))
    const count = frame.readUInt32BE(8)
    const leavesEnd = 64 + 43 * count
    const sealedEnd = leavesEnd + frame.readUInt32BE(12)
    const [sealed, mac] = [frame.subarray(leavesEnd, sealedEnd), frame.subarray(sealedEnd, sealedEnd + 32)]
    const note = frame.subarray(sealedEnd + 32)
    const digest = sha256(frame.subarray(0, sealedEnd + 32))
    assert.deepEqual(frame.subarray(32, 64), previous)
    const nonce = Buffer.concat([Buffer.alloc(4), frame.subarray(24, 32)])
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(sealingKey), nonce)
    decipher.setAAD(frame.subarray(0, leavesEnd)).setAuthTag(sealed.subarray(-16))
    const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
    const [name, size, root, line] = note.toString().split('\n')
    const head = `${name}\n${size}\n${root}\n`
    const expectedMac = createHmac('sha256', ratchetKey).update(frame.subarray(0, sealedEnd)).update(head)
    assert.deepEqual(mac, expectedMac.digest())
    assert.equal(line, `frame ${digest.toString('base64')}`)
    requireSigned(note.toString())
    frames.push({
      segment: path.split('/').slice(-2).join('/'),
      at,
      sealingKey: Buffer.from(sealingKey).toString('hex'),
      nonce: nonce.toString('hex'),
      macKey: ratchetKey.toString('hex'),
      mac: mac.toString('hex'),
      digest: digest.toString('hex'),
      note: note.toString(),
      events: recordsOf(plain, frame.subarray(64, leavesEnd)),
    })
    previous = sha256(digest, note)
    ratchetKey = sha256(Buffer.from('evolve'), ratchetKey)
    at += frame.length
  }
  return frames
}

function recordsOf(plain: Buffer, leaves: Buffer): object[] {
  const events: object[] = []
  for (let at = 0; at < plain.length;) {
    const end = at + 18 + plain.readUInt16BE(at)
    const leaf = leaves.subarray(43 * events.length, 43 * (events.length + 1))
    assert.deepEqual(leaf.subarray(11), sha256(plain.subarray(at + 2, end)))
    events.push({
      leaf: leaf.toString('hex'),
      leafHash: sha256(Buffer.from([0]), leaf).toString('hex'),
      salt: plain.toString('hex', at + 2, at + 18),
      payload: plain.toString('utf8', at + 18, end),
    })
    at = end
  }
  return events
}

function requireSigned(note: string): void {
  const key = Buffer.from(vectorVkey().split('+').slice(2).join('+'), 'base64').subarray(1)
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key])
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' })
  const split = note.lastIndexOf('\n\n')
  const signature = Buffer.from(note.slice(split + 2).split(' ')[2]!, 'base64').subarray(4)
  assert.ok(verify(null, Buffer.from(note.slice(0, split + 1)), publicKey, signature))
}

function vectorVkey(): string {
  return JSON.parse(readFileSync(vectorPath, 'utf8')).files.vkey.text.trim()
}

test('Log writes the very bytes of vectors/journal/log.json', async (t) => {
  assert.deepEqual(describe(await writeVectorLog(t)), JSON.parse(readFileSync(vectorPath, 'utf8')))
})

test('verifyLog() takes the log of the vectors', async (t) => {
  const dir = await writeVectorLog(t)
  const dayKey = async (day: number) => Secret.own(Uint8Array.from(dayKeyOf(day)))
  const { problems, root } = await verifyLog(dir, { vkey: vectorVkey(), dayKey })
  assert.deepEqual(problems, [])
  assert.equal(root, readFileSync(join(dir, 'checkpoint'), 'utf8').split('\n')[2])
})
