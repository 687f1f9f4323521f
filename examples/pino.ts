// pino in front of a redactor: what reaches the file or the terminal holds no secret.
import pino from 'pino'
import { redactor } from 'keyreeve/pino'

/** A logger that redacts each line before it is written. Give it `pino.destination(1)`, a transport, or a file. */
export function openLogger(destination: { write(line: string): unknown }): pino.Logger {
  return pino({ level: 'info' }, redactor(destination))
}

if (import.meta.main) {
  const log = openLogger(pino.destination({ dest: 1, sync: true }))
  log.info({ request: { headers: { authorization: 'Basic dXNlcjpwYXNzd29yZA==' } } }, 'password=hunter2')
  log.error(new Error('cannot connect to postgres://app:s3cr3t-value@db.example/app'))
}
