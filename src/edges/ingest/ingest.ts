// A filter between those who log and those who keep logs: what comes in goes on masked, or not at all.
import { Fault } from '#base'
import type { ScanOptions } from '#redaction'
import type { Writable } from 'node:stream'
import { Counter, type IngestCounts } from './counts.ts'
import { forwardingSink, OtlpForward, SyslogForward } from './forward.ts'
import { RecordMask } from './masking.ts'
import { OtlpServer, type OtlpLimits } from './otlp.ts'
import { LineSink } from './sink.ts'
import { SyslogServer, type Place, type SyslogLimits } from './syslog.ts'

/** Where a filter listens, and where it hands on. */
export interface IngestOptions {
  /** OTLP over HTTP, or null. Port 0 takes any that is free. */
  readonly otlp: Place | null
  /** Syslog over TCP and UDP, or null. */
  readonly syslog: Place | null
  /** Base URL of a collector of OTLP; without one, records become lines of JSON. */
  readonly otlpTo: URL | null
  /** A collector of syslog over TCP; without one, messages become lines of JSON. */
  readonly syslogTo: Place | null
  readonly lines: Writable
  /** Lets it listen where other machines can reach it. It asks nobody who they are. */
  readonly isOpenToNetwork: boolean
  readonly redaction: ScanOptions
}

/** A filter that runs. */
export interface Ingest {
  readonly otlpPort: number | null
  readonly syslogPort: number | null
  readonly counts: () => IngestCounts
  /** Stops receiving, then hands on what is left. */
  readonly close: () => Promise<void>
}

const syslogLimits: SyslogLimits = {
  message: 65_536,
  connections: 256,
  slow: 30_000,
  idle: 3_600_000,
  datagrams: 1024,
}
const otlpLimits: OtlpLimits = {
  body: 8 * 2 ** 20,
  connections: 128,
  slow: 30_000,
  underWay: 64 * 2 ** 20,
}
const patience = 10_000

/**
 * Starts the filter. It masks syslog messages (RFC 5424 and 3164; TCP framed by RFC 6587, and UDP) and requests of OTLP
 * over HTTP (logs and traces, JSON and protobuf). Whoever sends waits when whoever takes is slow; datagrams that cannot
 * wait are dropped. A record that is too large, cannot be read or at which the redactor fails is dropped and counted;
 * nothing of any record is ever written elsewhere.
 * @throws Fault `usage` for a place that others can reach, unless that is wanted; system errors of the ports.
 */
export async function openIngest(options: IngestOptions): Promise<Ingest> {
  for (const place of [options.otlp, options.syslog]) refuseNetwork(place, options)
  const counter = new Counter()
  const parts = { mask: new RecordMask(options.redaction), sink: sinkOf(options), counter }
  const otlp =
    options.otlp === null ? null : await OtlpServer.listen(options.otlp, { ...parts, limits: otlpLimits })
  const syslog =
    options.syslog === null
      ? null
      : await SyslogServer.listen(options.syslog, { ...parts, limits: syslogLimits })
  return {
    otlpPort: otlp?.port ?? null,
    syslogPort: syslog?.port ?? null,
    counts: () => counter.counts,
    async close() {
      await Promise.all([otlp?.close(), syslog?.close()])
      await parts.sink.close()
    },
  }
}

function sinkOf({ otlpTo, syslogTo, lines }: IngestOptions): ReturnType<typeof forwardingSink> {
  return forwardingSink({
    otlp: otlpTo === null ? null : new OtlpForward(otlpTo, patience),
    syslog: syslogTo === null ? null : new SyslogForward(syslogTo, patience),
    rest: new LineSink(lines),
  })
}

function refuseNetwork(place: Place | null, { isOpenToNetwork }: IngestOptions): void {
  if (place === null || isOpenToNetwork || isLoopback(place.host)) return
  throw new Fault('usage', 'other machines could reach that address, and nothing asks them who they are')
}

/** Addresses only: a name may lead anywhere. */
function isLoopback(host: string): boolean {
  return host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
}
