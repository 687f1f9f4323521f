// Redacts the records of a log, before anything serialises them.
import type { Fault } from '#base'
import { RecordRedactor, type RecordOptions } from '#redaction'
import { types } from 'node:util'
import { tell, type LogOptions } from './line.ts'

/** What the adapters take that see a record before it is text. */
export interface RecordLogOptions extends LogOptions, Pick<RecordOptions, 'keys' | 'limits'> {}

/** Proxies are copied: they could show one thing to us and another to the sink. */
export function recordRedactor(options: RecordLogOptions): RecordRedactor {
  const onFault = (fault: Fault): void => tell(options.onFault, fault)
  return new RecordRedactor({ ...options, onFault, isUnsteady: types.isProxy })
}
