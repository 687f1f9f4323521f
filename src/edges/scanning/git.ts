// Runs git on a repository that nobody checked: its configuration starts no program, and nothing is fetched.
import { errorCode, Fault } from '#base'
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { delimiter, isAbsolute, parse, resolve } from 'node:path'
import type { Readable, Writable } from 'node:stream'

/** Where git runs, and with which environment. Plain data: it goes to the workers. */
export interface GitPlace {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
}

/** What a repository's own configuration could make git start. */
const settings = [
  'core.fsmonitor=',
  'core.hooksPath=/dev/null',
  'core.attributesFile=/dev/null',
  'core.alternateRefsCommand=',
  'core.sshCommand=false',
  'core.untrackedCache=false',
  'diff.external=',
  'gc.auto=0',
  'log.showSignature=false',
  'maintenance.auto=false',
  'protocol.allow=never',
  'submodule.recurse=false',
]

/** Where git finds itself and the person's own settings, such as `safe.directory`. */
const personal = ['HOME', 'USERPROFILE', 'XDG_CONFIG_HOME', 'SYSTEMROOT', 'TMPDIR', 'TEMP']
/** What git tells its hooks: with `git commit -a`, what is staged lies in another index. */
const ofHooks = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
]

const mostOutput = 2 ** 28

/** @param env The caller's; next to nothing of it is passed on. @param cwd What relative paths in it start from. */
export function gitPlace(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): GitPlace {
  const kept = Object.fromEntries([
    ...personal.flatMap((name) => entry(name, env[name])),
    ...ofHooks.flatMap((name) => entry(name, env[name] && resolve(cwd, env[name]))),
  ])
  return { folder, env: { ...kept, ...quiet, PATH: absolutePath(env['PATH'] ?? '') } }
}

const quiet = {
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
}

/** Starts git. Whoever reads its output must see to its end: `ended`. */
export function startGit(
  { folder, env }: GitPlace,
  args: readonly string[],
): { child: ChildProcessByStdio<Writable, Readable, null>; ended: Promise<number> } {
  const all = [
    '-C',
    folder,
    '--no-pager',
    '--literal-pathspecs',
    ...settings.flatMap((each) => ['-c', each]),
    ...args,
  ]
  // Started elsewhere: Windows looks for programs in the folder that it starts them in.
  const child = spawn('git', all, {
    cwd: parse(process.execPath).root,
    env: { ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child.stdin.on('error', () => {})
  const ended = new Promise<number>((end) => {
    child.on('error', (error) => end(errorCode(error) === 'ENOENT' ? -1 : 1))
    child.on('close', (code) => end(code ?? 1))
  })
  return { child, ended }
}

/**
 * What git says, in chunks.
 * @throws Fault `git-failed` unless it ends well.
 */
export async function* gitOutput(place: GitPlace, args: readonly string[]): AsyncGenerator<Uint8Array> {
  const { child, ended } = startGit(place, args)
  child.stdin.end()
  try {
    for await (const chunk of child.stdout) yield chunk
    const code = await ended
    if (code !== 0) throw failure(code)
  } finally {
    child.kill()
  }
}

/** One answer without its line end. @throws Fault `git-failed` */
export async function gitText(place: GitPlace, args: readonly string[]): Promise<string> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of gitOutput(place, args)) {
    length += chunk.length
    if (length > mostOutput) throw new Fault('git-failed', 'git says more than anybody could stage')
    parts.push(chunk)
  }
  return Buffer.concat(parts).toString().replace(/\n$/, '')
}

/** Fields that end with NUL. */
export async function* gitFields(place: GitPlace, args: readonly string[]): AsyncGenerator<string> {
  let rest: Uint8Array = new Uint8Array(0)
  for await (const chunk of gitOutput(place, args)) {
    const bytes = Buffer.concat([rest, chunk])
    let at = 0
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, at)) {
      yield bytes.toString('utf8', at, end)
      at = end + 1
    }
    rest = bytes.subarray(at)
  }
}

function failure(code: number): Fault {
  return code === -1
    ? new Fault('git-failed', 'git is not installed')
    : new Fault('git-failed', `git ended with ${code}: no repository, not yours, or damaged`)
}

function entry(name: string, value: string | undefined): [name: string, value: string][] {
  return value === undefined || value === '' ? [] : [[name, value]]
}

/** A relative entry would find a `git` in the folder that is scanned. */
function absolutePath(path: string): string {
  return path.split(delimiter).filter(isAbsolute).join(delimiter)
}
