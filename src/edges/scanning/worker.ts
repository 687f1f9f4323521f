// Another thread of a scan: does jobs that it is handed, and says what came of each.
import { parentPort, workerData } from 'node:worker_threads'
import { workThrough, type Work } from './crew.ts'

const work: Work = workerData
await workThrough(work, (done) => parentPort?.postMessage(done, []))
