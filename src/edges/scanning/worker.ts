// Another thread of a scan: does jobs that it is handed, and says what came of them.
import { parentPort, workerData } from 'node:worker_threads'
import { workThrough, type Done, type Work } from './crew.ts'

/** A message costs as much as a small file. */
const together = 32
const work: Work = workerData
let done: Done[] = []
await workThrough(work, (one) => {
  if (done.push(one) >= together) tell()
})
tell()

function tell(): void {
  parentPort?.postMessage(done, [])
  done = []
}
