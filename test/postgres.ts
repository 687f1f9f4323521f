// Starts a PostgreSQL of its own for a test: Debian's, in a throwaway folder, on a socket and a free port of loopback.
import { execFile, spawn } from 'node:child_process'
import { chmodSync, chownSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'

const run = promisify(execFile)
const bin = globSync('/usr/lib/postgresql/*/bin').sort().at(-1)
/** The server refuses to run as root. */
const nobody = 65_534
const asRoot = process.getuid?.() === 0

/** Why there is no PostgreSQL here, or false. For `skip` of node:test; where CI=true the tests fail instead. */
export const noPostgres =
  bin === undefined && process.env['CI'] !== 'true' ? 'no PostgreSQL (package postgresql)' : false

export interface Postgres {
  /** `postgres://…` of an empty database. */
  readonly url: string
  readonly folder: string
  readonly port: number
  readonly pid: number
  /** Sends what the server is stopped by: `fast`, or `immediate`, which is a crash. */
  stop(how?: 'fast' | 'immediate'): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts one that syncs to disk, as in use. */
export async function startPostgres(settings: readonly string[] = []): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-postgres-'))
  if (asRoot) chownSync(folder, nobody, nobody)
  chmodSync(folder, 0o700)
  await asNobody('initdb', ['-D', folder, '-U', 'keyreeve', '-A', 'trust', '--no-sync', '-E', 'UTF8'])
  return await serve(folder, settings)
}

/** Starts the server over a folder that `initdb` or `pg_basebackup` made. */
export async function serve(folder: string, settings: readonly string[] = []): Promise<Postgres> {
  const port = await freePort()
  const all = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, ...settings]
  const server = spawn(...command('postgres', ['-D', folder, ...all.flatMap((one) => ['-c', one])]), {
    stdio: 'ignore',
  })
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  await ready(port)
  const stop = async (how: 'fast' | 'immediate' = 'fast'): Promise<void> => {
    server.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT')
    await ended
  }
  return {
    url: `postgres://keyreeve@127.0.0.1:${port}/postgres`,
    folder,
    port,
    pid: server.pid ?? 0,
    stop,
    async [Symbol.asyncDispose]() {
      await stop('immediate')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** From now on each commit is on the standby, and visible there, before it is acknowledged. */
export async function makeSynchronous({ url }: Postgres): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query("alter system set synchronous_standby_names = '*'")
  await client.query('alter system set synchronous_commit = remote_apply')
  await client.query('select pg_reload_conf()')
  await client.end()
}

/** Copies a primary and follows it by streaming replication. */
export async function startStandby({ port, folder }: Postgres): Promise<Standby> {
  const copy = `${folder}-standby`
  const from = ['-h', '127.0.0.1', '-p', `${port}`, '-U', 'keyreeve']
  await asNobody('pg_basebackup', [...from, '-D', copy, '-R', '-X', 'stream', '-c', 'fast', '--no-sync'])
  const standby = await serve(copy)
  return { ...standby, promote: () => asNobody('pg_ctl', ['promote', '-D', copy, '-t', '20']) }
}

export interface Standby extends Postgres {
  /** Makes it the primary. */
  promote(): Promise<void>
}

/** Runs one of PostgreSQL's commands as the user who owns its folders. */
export async function asNobody(name: string, args: readonly string[]): Promise<void> {
  const [file, all] = command(name, args)
  await run(file, all, { cwd: tmpdir() })
}

function command(name: string, args: readonly string[]): [string, string[]] {
  if (bin === undefined) throw new Error('PostgreSQL is not installed')
  const own = [join(bin, name), ...args]
  const away = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--', ...own]
  return asRoot ? ['setpriv', away] : [own[0]!, own.slice(1)]
}

async function ready(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (
      await run(join(bin ?? '', 'pg_isready'), ['-h', '127.0.0.1', '-p', `${port}`]).then(
        Boolean,
        () => false,
      )
    )
      return
    await new Promise((resume) => setTimeout(resume, 50))
  }
  throw new Error('PostgreSQL did not start')
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
