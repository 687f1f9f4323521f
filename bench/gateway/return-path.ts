// How fast an answer is looked through for 100 live secrets in all encodings, beside the least that could be done with it.
import { Secret, utf8 } from '#base'
import { knownTable } from '#forms'
import { parseKnownSecrets } from '#known'
import { AnswerScrub, LiveSecrets } from '#scrub'
import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { Figures } from '../bench.ts'
import { Dice, mixed } from '../corpus.ts'

const seed = 20_261_125
const size = 32 * 2 ** 20
const chunkBytes = 65_536
const live = 100
/** Of so many turns the best counts: others use the machine, too. */
const turns = 7

/** Millions of bytes for each second of processor time. */
export async function returnPathFigures(): Promise<{ readonly ours: Figures; readonly limits: Figures }> {
  const { bytes } = mixed(size, seed, { secretsPer20kB: 0 })
  const secrets = liveSecrets()
  const needle = Buffer.from(new Dice(seed).text('base64url', 40))
  const copy = Buffer.alloc(bytes.length)
  const events = Buffer.from(eventsOf(bytes.subarray(0, 2 ** 20)))
  const zipped = gzipSync(bytes)
  return {
    ours: {
      returnPathMBps: await best(bytes.length, () => through(secrets, bytes, {})),
      returnPathOfGzipMBps: await best(bytes.length, () =>
        through(secrets, zipped, { contentEncoding: 'gzip' }),
      ),
      returnPathOfEventsMBps: await best(events.length, () =>
        through(secrets, events, { contentType: 'text/event-stream' }),
      ),
    },
    limits: {
      copyMBps: await best(bytes.length, () => copy.set(bytes)),
      indexOfOneSecretMBps: await best(bytes.length, () => bytes.indexOf(needle)),
    },
  }
}

function liveSecrets(): LiveSecrets {
  const dice = new Dice(seed)
  const secrets = Array.from({ length: live }, (_, index) => ({
    name: `secret-${index}`,
    secret: Secret.own(utf8(dice.text('base64url', 20 + ((index * 7) % 45)))),
  }))
  return new LiveSecrets(
    parseKnownSecrets(knownTable(secrets, (length) => Uint8Array.from(randomBytes(length))).table),
  )
}

interface Form {
  readonly contentEncoding?: string
  readonly contentType?: string
}

/** Through the whole way back, as the network brings it. */
async function through(secrets: LiveSecrets, body: Buffer, form: Form): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let goOn = resolve
  const scrub = new AnswerScrub({
    ...form,
    secrets,
    told: () => {},
    outlet: { write: () => true, ready: () => goOn(), end: resolve, fail: reject },
  })
  for (let at = 0; at < body.length; at += chunkBytes) {
    const { promise: isReady, resolve } = Promise.withResolvers<void>()
    goOn = resolve
    if (!scrub.push(body.subarray(at, at + chunkBytes))) await isReady
  }
  scrub.end()
  await promise
}

/** A model that says a text, four characters at a time. */
function eventsOf(text: Buffer): string {
  return text
    .toString('latin1')
    .replaceAll(
      /[^]{1,4}/g,
      (content) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`,
    )
}

async function best(bytes: number, act: () => unknown): Promise<number> {
  const speeds: number[] = []
  for (let turn = 0; turn < turns; turn++) {
    const before = process.cpuUsage()
    await act()
    const { user, system } = process.cpuUsage(before)
    speeds.push(bytes / (user + system))
  }
  return Math.max(...speeds)
}
