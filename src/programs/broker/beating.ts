// Heartbeats in the log: a gap between them shows that nobody was writing.
import type { Clock, Milliseconds } from '#base'
import type { Log } from '#journal'

const hour: Milliseconds = 3_600_000

/** Writes a heartbeat every hour for as long as the log takes events. */
export function keepBeating(log: Pick<Log, 'append'>, clock: Clock): void {
  clock.after(hour, () => {
    log.append({ v: 1, kind: 'heartbeat' }).then(
      () => keepBeating(log, clock),
      () => {},
    )
  })
}
