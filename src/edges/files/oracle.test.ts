// Compares the walk with the kernel's own openat2 on random hostile trees; `npm run bench -- paths` does a million.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, it } from 'node:test'
import { compareWithKernel, hasJudge } from '../../../tools/hostile.ts'

const wanted = 5000
const seed = 20_261_123
const base = mkdtempSync(`${tmpdir()}/keyreeve-oracle-`)
after(() => rmSync(base, { recursive: true }))

const skip = !hasJudge() && 'openat2 needs koffi'

it(`openBeneath() opens nothing that openat2 refuses, over ${wanted} random paths`, { skip }, (t) => {
  const counts = compareWithKernel(base, wanted, seed)
  assert.equal(counts.firstWrong, null)
  assert.deepEqual([counts.paths, counts.wrong], [wanted, 0])
  // A run that opens nothing, or meets no link or mount, would prove nothing.
  const { opened, links, mounts } = counts
  assert.ok(opened * 20 > wanted && links * 10 > wanted && mounts > 0, JSON.stringify(counts))
  t.diagnostic(JSON.stringify(counts))
})
