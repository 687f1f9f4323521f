// Tests of verification: a log that is whole, and every way of tampering, each with its code and its event.
import { checkpointText, emptyRoot, noteSigner } from '#tlog'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import {
  fakeDayKey,
  fakeSigningKey,
  frameOffsets,
  heartbeat,
  intent,
  openTestLog,
  origin,
  segmentFiles,
  temporaryFolder,
} from '../journal/fixture.test.ts'
import { verifyLog, type VerifyOptions } from './index.ts'

/**
 * 600 events in three segments: 0 to 299 (frames of 100), 300 to 302 (frames of one), 303 to 599 (one frame). The last
 * start was killed, so its segment ends with zeroes, and event 600 in it is not published.
 */
let whole: string
const cleanups: (() => unknown)[] = []

before(async () => {
  const t = { after: (act: () => unknown) => cleanups.push(act) } as unknown as TestContext
  const dir = temporaryFolder(t)
  for (const sizes of [[100, 100, 100], [1, 1, 1], [297]]) {
    const log = await openTestLog(t, dir)
    for (const size of sizes)
      await Promise.all(Array.from({ length: size }, (_, at) => log.append(intent(`/${at}`))))
    if (log.size < 600) await log.close()
    else {
      await log.publish()
      await log.append(heartbeat)
      whole = temporaryFolder(t)
      cpSync(dir, whole, { recursive: true, filter: (path) => !path.includes('lock-') })
      await log.close()
    }
  }
})

after(() => {
  for (const act of cleanups) act()
})

function copy(t: TestContext): string {
  const dir = temporaryFolder(t)
  cpSync(whole, dir, { recursive: true })
  return dir
}

async function found(dir: string, options?: VerifyOptions): Promise<string[]> {
  const { ok, problems } = await verifyLog(dir, options)
  assert.equal(ok, problems.length === 0)
  return problems.map(({ code, index }) => (index === undefined ? code : `${code} ${index}`))
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path)
  bytes[at]! ^= 1
  writeFileSync(path, bytes)
}

/** @param seed Of the fake key that signs. */
function signedCheckpoint(size: number, root: Uint8Array, seed?: number): string {
  const signer = noteSigner(origin, fakeSigningKey(seed))
  return signer?.sign(checkpointText({ origin, size, root, extensions: [] })) ?? assert.fail('no signer')
}

/** Offset of the frame with this number in a segment. */
function frameOf(segment: string, frame: number): number {
  return frameOffsets(segment)[frame]!
}

test('verifyLog() finds nothing wrong with a log that is whole, with and without keys', async (t) => {
  const dir = copy(t)
  const { root, ...rest } = await verifyLog(dir)
  assert.deepEqual(rest, { ok: true, origin, size: 601, publishedThrough: 600, passkeys: null, problems: [] })
  assert.equal(root.length, 44)
  assert.deepEqual(await found(dir, { dayKey: fakeDayKey }), [])
  const vkey = readFileSync(join(dir, 'vkey'), 'utf8').trim()
  assert.deepEqual(await found(dir, { vkey }), [])
})

test('verifyLog() finds nothing wrong with a log that is written meanwhile', async (t) => {
  const dir = temporaryFolder(t)
  const log = await openTestLog(t, dir)
  const state = { isDone: false }
  const writing = (async () => {
    for (let round = 0; !state.isDone; round++) {
      await Promise.all(Array.from({ length: 20 }, () => log.append(heartbeat)))
      if (round % 5 === 0) await log.publish()
    }
  })()
  for (let round = 0; round < 10; round++) assert.deepEqual(await found(dir), [])
  state.isDone = true
  await writing
})

interface Tampering {
  readonly how: string
  readonly act: (dir: string) => void
  readonly finds: readonly string[]
  readonly dayKey?: VerifyOptions['dayKey']
}

const segment = (number: number) => (dir: string) => segmentFiles(dir)[number]!
const [first, second, third] = [segment(0), segment(1), segment(2)]

const tamperings: readonly Tampering[] = [
  {
    how: 'a bit of a published entry',
    act: (dir) => flip(join(dir, 'tile/entries/001'), 45 * 10 + 30),
    finds: ['entry-mismatch 266'],
  },
  {
    how: 'a bit of a tile of leaf hashes',
    act: (dir) => flip(join(dir, 'tile/0/000'), 32 * 77),
    finds: ['entry-mismatch 77'],
  },
  {
    how: 'a bit of a tile of the second level',
    act: (dir) => flip(join(dir, 'tile/1/000.p/2'), 32),
    finds: ['tile-mismatch 256'],
  },
  {
    how: 'a tile that is gone',
    act: (dir) => rmSync(join(dir, 'tile/0/001')),
    finds: ['tile-missing 256'],
  },
  {
    how: 'a bundle that is gone',
    act: (dir) => rmSync(join(dir, 'tile/entries/000')),
    finds: ['bundle-missing 0'],
  },
  {
    how: 'a bundle that is cut',
    act: (dir) => {
      const path = join(dir, 'tile/entries/000')
      writeFileSync(path, readFileSync(path).subarray(0, -1))
    },
    finds: ['bundle-malformed 0'],
  },
  {
    how: 'a swap of two bundles',
    act: (dir) => {
      renameSync(join(dir, 'tile/entries/000'), join(dir, 'tile/entries/x'))
      renameSync(join(dir, 'tile/entries/001'), join(dir, 'tile/entries/000'))
      renameSync(join(dir, 'tile/entries/x'), join(dir, 'tile/entries/001'))
    },
    finds: ['entry-mismatch 0', 'entry-mismatch 1'],
  },
  {
    how: 'another size in the checkpoint',
    act: (dir) => {
      const path = join(dir, 'checkpoint')
      writeFileSync(path, readFileSync(path, 'utf8').replace('\n600\n', '\n300\n'))
    },
    finds: ['checkpoint-invalid'],
  },
  {
    how: 'a checkpoint that is signed with another key',
    act: (dir) => {
      writeFileSync(join(dir, 'checkpoint'), signedCheckpoint(0, emptyRoot(), 9))
    },
    finds: ['checkpoint-invalid'],
  },
  {
    how: 'a checkpoint that is gone',
    act: (dir) => rmSync(join(dir, 'checkpoint')),
    finds: ['checkpoint-missing'],
  },
  {
    how: 'another root, signed with the real key: a fork of the published tree',
    act: (dir) => {
      writeFileSync(join(dir, 'checkpoint'), signedCheckpoint(600, Buffer.alloc(32)))
    },
    finds: ['root-mismatch'],
  },
  {
    how: 'a key that is gone',
    act: (dir) => rmSync(join(dir, 'vkey')),
    finds: ['vkey-missing'],
  },
  {
    how: 'a bit of sealed payload, without any key',
    act: (dir) => flip(first(dir), frameOf(first(dir), 1) + 64 + 4300 + 5),
    finds: ['frame-altered 100'],
  },
  {
    how: 'a bit of sealed payload, with the key of the day',
    act: (dir) => flip(first(dir), frameOf(first(dir), 1) + 64 + 4300 + 5),
    finds: ['frame-altered 100', 'payload-unreadable 100'],
    dayKey: fakeDayKey,
  },
  {
    how: 'a bit of a leaf in a frame',
    act: (dir) => flip(first(dir), frameOf(first(dir), 0) + 64 + 43 * 20 + 15),
    finds: ['leaf-mismatch 20', 'frame-altered 0'],
  },
  {
    how: 'a bit of a ratchet MAC',
    act: (dir) => flip(second(dir), frameOf(second(dir), 1) - 250),
    finds: ['frame-altered 300'],
  },
  {
    how: 'a bit of the signature in a frame in the middle',
    act: (dir) => flip(second(dir), frameOf(second(dir), 1) - 20),
    finds: ['frame-signature 300'],
  },
  {
    how: 'a bit of the signature in the last frame of a segment',
    act: (dir) => flip(second(dir), frameOf(second(dir), 3) - 20),
    finds: ['frame-signature 302'],
  },
  {
    how: 'a frame that is left out',
    act: (dir) => {
      const path = second(dir)
      const [a, b, c] = frameOffsets(path)
      const bytes = readFileSync(path)
      writeFileSync(path, Buffer.concat([bytes.subarray(0, b), bytes.subarray(c)]))
      assert.ok(a)
    },
    finds: ['frame-order 301'],
  },
  {
    how: 'two frames in the other order',
    act: (dir) => {
      const path = second(dir)
      const [a, b, c] = frameOffsets(path)
      const bytes = readFileSync(path)
      const swapped = [bytes.subarray(0, a), bytes.subarray(b, c), bytes.subarray(a, b), bytes.subarray(c)]
      writeFileSync(path, Buffer.concat(swapped))
    },
    finds: ['frame-order 300'],
  },
  {
    how: 'a frame that is repeated',
    act: (dir) => {
      const path = second(dir)
      const [a, b] = frameOffsets(path)
      const bytes = readFileSync(path)
      writeFileSync(path, Buffer.concat([bytes.subarray(0, b), bytes.subarray(a)]))
    },
    finds: ['frame-order 301'],
  },
  {
    how: 'the last frame of an older segment, cut off',
    act: (dir) => {
      const path = second(dir)
      writeFileSync(path, readFileSync(path).subarray(0, frameOffsets(path)[2]))
    },
    finds: ['segment-missing 302'],
  },
  {
    how: 'half of the last frame of an older segment, cut off',
    act: (dir) => {
      const path = second(dir)
      writeFileSync(path, readFileSync(path).subarray(0, frameOffsets(path)[3]! - 200))
    },
    finds: ['frame-altered 302'],
  },
  {
    how: 'a segment that is gone from the middle',
    act: (dir) => rmSync(second(dir)),
    finds: ['segment-missing 300'],
  },
  {
    how: 'the newest segment, gone',
    act: (dir) => rmSync(third(dir)),
    finds: ['segment-missing 303'],
  },
  {
    how: 'a bit of the header of a segment: its number',
    act: (dir) => flip(second(dir), 15),
    finds: ['segment-invalid', 'segment-missing 300'],
  },
  {
    how: 'a bit of the header of a segment: its session',
    act: (dir) => flip(second(dir), 45),
    finds: ['frame-chain 300'],
  },
  {
    how: 'a segment under the name of another day',
    act: (dir) => {
      const moved = join(dir, 'sealed/1', '00000001.seg')
      mkdirSync(dirname(moved))
      renameSync(second(dir), moved)
    },
    finds: ['segment-invalid', 'segment-missing 300'],
  },
  {
    how: 'a segment that is longer than one can be',
    act: (dir) => truncateSync(second(dir), 16 * 1024 * 1024 + 1),
    finds: ['segment-invalid', 'segment-missing 300'],
  },
  {
    how: 'a folder that is named like a segment',
    act: (dir) => mkdirSync(join(dir, 'sealed/1/00000009.seg'), { recursive: true }),
    finds: ['segment-invalid'],
  },
  {
    how: 'a pipe, without waiting at it',
    act: (dir) => {
      rmSync(join(dir, 'tile/0/001'))
      execFileSync('mkfifo', [join(dir, 'tile/0/001')])
    },
    finds: ['tile-missing 256'],
  },
  {
    how: 'half a frame at the end of the newest segment',
    act: (dir) => {
      const path = third(dir)
      const bytes = readFileSync(path)
      bytes.fill(0, frameOffsets(path)[1]! + 100)
      writeFileSync(path, bytes)
    },
    finds: ['frame-torn 600'],
  },
  {
    how: 'a bit of a frame that was published in the newest segment',
    act: (dir) => flip(third(dir), frameOf(third(dir), 0) + 1),
    finds: ['frame-altered 303'],
  },
  {
    how: 'two segments of one session, from another copy',
    act: (dir) => {
      const bytes = readFileSync(third(dir))
      readFileSync(first(dir)).copy(bytes, 40, 40, 56)
      writeFileSync(third(dir), bytes)
    },
    finds: ['session-reused 303', 'frame-chain 303'],
  },
]

for (const { how, act, finds, dayKey } of tamperings) {
  test(`verifyLog() finds ${how}${dayKey === undefined ? '' : ', key in hand'}`, async (t) => {
    const dir = copy(t)
    act(dir)
    const all = await found(dir, dayKey === undefined ? {} : { dayKey })
    assert.deepEqual(all.slice(0, finds.length), finds)
  })
}

test('verifyLog() finds a log that was written anew under another key, given the real one', async (t) => {
  const dir = temporaryFolder(t)
  const log = await openTestLog(t, dir, { keys: { signingKey: fakeSigningKey(9) } })
  await log.append(heartbeat)
  await log.close()
  assert.deepEqual(await found(dir), [])
  const vkey = readFileSync(join(whole, 'vkey'), 'utf8').trim()
  assert.deepEqual(await found(dir, { vkey }), ['checkpoint-invalid'])
  assert.deepEqual(await found(dir, { vkey: 'nonsense' }), ['vkey-invalid'])
})
