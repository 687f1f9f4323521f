// Sentry with a redactor: events, breadcrumbs, spans and logs leave redacted, dumps of memory not at all.
import * as sentry from '@sentry/node'
import { redactor } from 'keyreeve/sentry'

/** Options for `Sentry.init`. */
export function sentryOptions(dsn: string): sentry.NodeOptions {
  return { dsn, tracesSampleRate: 0.1, ...redactor({ keys: ['iban'] }) }
}

if (import.meta.main) {
  sentry.init(sentryOptions(process.env['SENTRY_DSN'] ?? 'https://key@sentry.invalid/1'))
  sentry.captureException(new Error('cannot connect to postgres://app:s3cr3t-value@db.example/app'))
  await sentry.close(2000)
}
