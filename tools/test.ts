// `npm test`: all tests in one run with one closing summary, on a throwaway session bus with an unlocked keychain, and
// with every folder of the person's own moved aside. Arguments that begin with a dash go to node, the others choose test
// files by the beginning of their path.
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { filesOf } from './tree.ts'

/** These share two processes, which is many times as fast as a process for each. */
const unitTests = ['src/**/*.test.ts', 'test/*.test.ts', 'test/pins/**/*.test.ts', 'examples/**/*.test.ts']
/** These start programs, change what belongs to the whole process, and get one each. */
const processTests = ['test/attacks/**/*.test.ts', 'test/journeys/**/*.test.ts']
/** On two cores: those that start programs wait half of the time. */
const atOnce = 3
/** Milliseconds after which a test counts as hanging. */
const longest = 120_000

const options = process.argv.slice(2).filter((text) => text.startsWith('-'))
const wanted = process.argv.slice(2).filter((text) => !text.startsWith('-'))
const units = chosen(unitTests)
const others = chosen(processTests)

if (units.length + others.length === 0) {
  console.error(`keyreeve: no test file begins with ${wanted.join(' or ')}`)
  process.exitCode = 2
} else {
  prepare()
  process.exitCode = await runTests()
}

function chosen(patterns: readonly string[]): string[] {
  return filesOf(...patterns).filter(
    (file) => wanted.length === 0 || wanted.some((start) => file.startsWith(start.replace(/^\.\//, ''))),
  )
}

function prepare(): void {
  for (const step of ['tools/system.ts', 'tools/build-web.ts'].filter((file) => existsSync(file))) {
    const { status } = spawnSync(process.execPath, [step], { stdio: ['ignore', 2, 2] })
    if (status !== 0) throw new Error(`${step} failed`)
  }
}

async function runTests(): Promise<number> {
  const away = mkdtempSync(join(tmpdir(), 'keyreeve-test-'))
  // Every program that a test starts is loaded from here, also one that runs as another user.
  const house = mkdtempSync(join(tmpdir(), 'keyreeve-house-'))
  chmodSync(house, 0o755)
  // Ctrl-C reaches the tests too; what they leave behind is removed once they have ended.
  process.on('SIGINT', () => {})
  try {
    if (others.length > 0) await (await import('./bundle.ts')).bundleSources(house)
    const [command, ...args] = [...onSessionBus(), ...nodeCommand()]
    const child = spawn(command ?? process.execPath, args, {
      stdio: 'inherit',
      env: surroundings(away, house),
    })
    return await new Promise((end) => child.on('close', (code) => end(code ?? 1)))
  } finally {
    for (const folder of [away, house]) rmSync(folder, { recursive: true, force: true })
  }
}

function nodeCommand(): string[] {
  const files = [
    ...(units.length > 0 ? ['test/all-units.ts'] : []),
    ...(units.length > 1 ? ['test/all-units-more.ts'] : []),
    ...others,
  ]
  const fixed = ['--test', `--test-concurrency=${atOnce}`, `--test-timeout=${longest}`]
  return [process.execPath, '--disable-warning=ExperimentalWarning', ...fixed, ...options, ...files]
}

/** Puts a session bus and a keychain, unlocked with an empty passphrase, around the command; nothing where there is none. */
function onSessionBus(): string[] {
  const found = ['dbus-run-session', 'gnome-keyring-daemon'].every(
    (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined,
  )
  const unlocked = String.raw`printf '\n' | gnome-keyring-daemon --unlock --components=secrets; exec "$@"`
  return found ? ['dbus-run-session', '--', 'sh', '-c', unlocked, 'sh'] : []
}

function surroundings(away: string, house: string): NodeJS.ProcessEnv {
  const { KEYREEVE_HOME: _home, NODE_OPTIONS: _options, ...kept } = process.env
  const folders = ['config', 'data', 'state', 'cache', 'runtime'].map(
    (name) => [name, join(away, name)] as const,
  )
  for (const [, folder] of folders) mkdirSync(folder, { mode: 0o700 })
  const { config, data, state, cache, runtime } = Object.fromEntries(folders)
  return {
    ...kept,
    XDG_CONFIG_HOME: config,
    XDG_DATA_HOME: data,
    XDG_STATE_HOME: state,
    XDG_CACHE_HOME: cache,
    XDG_RUNTIME_DIR: runtime,
    // Compiled once for all processes of this run: test files load the same libraries, and commands start hundreds of times.
    NODE_COMPILE_CACHE: join(house, 'compiled'),
    ...(others.length > 0 && { KEYREEVE_TEST_HOUSE: house }),
    KEYREEVE_UNIT_TESTS: units.join('\n'),
  }
}
