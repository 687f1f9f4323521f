// Many threads tell what one tells, in the same order, and a thread that dies is not passed over.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gaps, look, put, scratch, token } from './fixture.test.ts'

test('runJobs() gives with three threads what it gives with one', async (t) => {
  const folder = scratch(t)
  for (let index = 0; index < 60; index++) {
    put(
      folder,
      `${index % 7}/${index}`,
      `${'some plain words\n'.repeat((index % 9) * 2000)}key ${token(index)}\n`,
    )
  }
  put(folder, 'large', 'plain words\n'.repeat(800_000))
  const told: number[] = []
  const onProgress = ({ files }: { files: number }): number => told.push(files)
  const worker = new URL('./worker.ts', import.meta.url)
  const crew = { threads: 3, worker, worthAThread: 1 << 20, onProgress }
  const [one, three] = [await look(folder), await look(folder, { crew })]
  assert.equal(one.findings.length, 60)
  assert.deepEqual(three, one)
  assert.equal(Math.max(...told), 61)
})

test('runJobs() names the files of a thread that died', async (t) => {
  const folder = scratch(t, {
    'dies.mjs': `
    import { workerData } from 'node:worker_threads'
    if (Atomics.add(workerData.counters, 0, 1) < workerData.order.length) process.exit(1)`,
  })
  for (let index = 0; index < 30; index++) put(folder, `files/${index}`, 'plain words\n'.repeat(50_000))
  const worker = new URL(`file://${folder}/dies.mjs`)
  const crew = { threads: 2, worker, worthAThread: 1 << 20, onProgress: () => {} }
  const result = await look(folder, { crew, paths: ['files'] })
  assert.equal(result.files, 30)
  for (const gap of gaps(result)) assert.match(gap, /^files\/\d+ failed$/)
})
