// winston with a redactor right before the format that makes the text.
import winston from 'winston'
import { redactor } from 'keyreeve/winston'

/** A logger for one transport: `new winston.transports.Console()`, a file, a stream. */
export function openLogger(transport: winston.transport): winston.Logger {
  const { combine, errors, json, splat, timestamp } = winston.format
  return winston.createLogger({
    format: combine(errors({ stack: true }), splat(), timestamp(), redactor(), json()),
    transports: [transport],
  })
}

if (import.meta.main) {
  const log = openLogger(new winston.transports.Console())
  log.info('signed in', { user: 'bob', password: 'hunter2', cookies: ['sid=1'] })
  log.error(new Error('cannot connect to postgres://app:s3cr3t-value@db.example/app'))
}
