// Redacts bytes that come in pieces, as a stream of Node's.
import { GuardedRedactor } from '#redaction'
import { Transform } from 'node:stream'
import { tell, type LogOptions } from './line.ts'

/** Where the redactor fails, the line is dropped, and a marker says so. */
export function redactedBytes(options: LogOptions): Transform {
  const redactor = new GuardedRedactor(options)
  let told = 0
  const give = (parts: readonly Uint8Array[], to: Transform): void => {
    for (const part of parts) to.push(part)
    if (redactor.dropped > told) tell(options.onFault)
    told = redactor.dropped
  }
  return new Transform({
    transform(chunk: Uint8Array, _, done) {
      give(redactor.push(chunk), this)
      done()
    },
    flush(done) {
      give(redactor.finish(), this)
      done()
    },
  })
}
