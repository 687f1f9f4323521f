import { base64url, ManualClock, Secret } from '#base'
import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openLog, openProof, proveEvent, verifyLog } from 'keyreeve/journal'

test('keyreeve/journal writes a log, verifies it, and proves an event to whoever has its key', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'keyreeve-lib-'))
  t.after(() => rmSync(dir, { recursive: true }))
  const { privateKey } = generateKeyPairSync('ed25519')
  const log = await openLog({
    dir,
    keys: {
      origin: 'log.example',
      signingKey: Secret.own(privateKey.export({ type: 'pkcs8', format: 'der' })),
      session: base64url(randomBytes(16)),
      ratchet: Secret.own(randomBytes(32)),
      dayKey: async () => Secret.own(new Uint8Array(32)),
    },
    clock: new ManualClock(),
    random: (length) => Uint8Array.from(randomBytes(length)),
  })
  assert.equal(await log.append({ v: 1, kind: 'heartbeat' }), 0)
  const { vkey } = log
  await log.close()
  const { ok, size } = await verifyLog(dir, { vkey })
  assert.deepEqual([ok, size], [true, 1])
  const leaf = readFileSync(join(dir, 'tile/entries/000.p/1')).subarray(2)
  assert.equal(openProof(await proveEvent(dir, 0), leaf, vkey)?.checkpoint.size, 1)
})
