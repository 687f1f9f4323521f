// The one way out: nothing is handed to an assistant without a durable intent in the log.
import { Fault } from '#base'
import { DurableIntent } from '#journal'

/**
 * Hands out what an assistant asked for. The intent is the proof that the log holds, on disk and signed, what is about
 * to leave; there is no other form of this call.
 * @throws Fault `journal-unwritable` if `intent` was not made by the log.
 */
export function release<Result>(result: Result, intent: DurableIntent): Result {
  if (!DurableIntent.is(intent)) throw new Fault('journal-unwritable', 'there is no durable intent')
  return result
}
