// keyreeve redact --listen: a filter of logs that others send, between them and whoever keeps the logs.
import { errorCode, Fault, type ExitCode } from '#base'
import { openIngest, type Ingest, type IngestCounts, type Place } from '#ingest'
import { once } from 'node:events'
import type { Call } from './machine.ts'
import { redactOptions } from './redact-options.ts'

/**
 * Receives OTLP and syslog until it is interrupted, and hands on or prints what is masked.
 * @returns 1 if records were dropped because the redactor failed at them.
 * @throws Fault `usage`, `already-running` if the port is taken
 */
export async function listen(call: Call): Promise<ExitCode> {
  const { machine, options } = call
  const wish = machine.interrupted()
  const ingest = await opened(call)
  const say = (text: string): void => void machine.stderr.write(`${text}\n`)
  if (ingest.otlpPort !== null) say(`OTLP over HTTP on port ${ingest.otlpPort}`)
  if (ingest.syslogPort !== null) say(`syslog over TCP and UDP on port ${ingest.syslogPort}`)
  if (options['allowNetwork'] === true)
    say('other machines may be able to send: nobody is asked who they are')
  if (!wish.aborted) await once(wish, 'abort')
  await ingest.close()
  const counts = ingest.counts()
  machine.stderr.write(`${call.terminal.isJson ? JSON.stringify({ v: 1, ...counts }) : healthLine(counts)}\n`)
  return counts.dropped.failed > 0 ? 1 : 0
}

async function opened({ machine, options }: Call): Promise<Ingest> {
  try {
    return await openIngest({
      otlp: placeOf(options['listen'], '--listen'),
      syslog: placeOf(options['listenSyslog'], '--listen-syslog'),
      otlpTo: urlOf(options['forward']),
      syslogTo: placeOf(options['forwardSyslog'], '--forward-syslog'),
      lines: machine.stdout,
      isOpenToNetwork: options['allowNetwork'] === true,
      redaction: redactOptions({ machine, options }),
    })
  } catch (cause) {
    if (errorCode(cause) === 'EADDRINUSE') throw new Fault('already-running', 'the port is taken', { cause })
    throw cause
  }
}

function healthLine({ received, passed, dropped }: IngestCounts): string {
  const reasons = Object.entries(dropped).filter(([, count]) => count > 0)
  const lost = reasons.map(([reason, count]) => `${count} ${reason}`).join(', ')
  return `${received} received, ${passed} passed on${lost === '' ? '' : `, dropped: ${lost}`}`
}

/** `HOST:PORT`, `[::1]:PORT`, or a port alone on 127.0.0.1. @throws Fault `usage` */
function placeOf(text: Call['options'][string], flag: string): Place | null {
  if (text === undefined) return null
  const [, bracketed, plain, port = ''] =
    /^(?:(?:\[([\da-fA-F:.]+)\]|([^:[\]\s]+)):)?(\d{1,5})$/.exec(String(text)) ?? []
  if (port === '' || Number(port) > 65_535) throw new Fault('usage', `${flag} takes HOST:PORT`)
  return { host: bracketed ?? plain ?? '127.0.0.1', port: Number(port) }
}

/** @throws Fault `usage` */
function urlOf(text: Call['options'][string]): URL | null {
  if (text === undefined) return null
  const url = URL.parse(String(text))
  const isPlain =
    url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  if (!isPlain || !['http:', 'https:'].includes(url.protocol)) {
    throw new Fault('usage', '--forward takes an http or https URL without credentials and query')
  }
  return url
}
