// Every guard of the house, seen red: each wrong file of test/negative/ is laid where it does harm, in a copy of the tree,
// and the guard concerned must name it.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { trustedCoreLines } from '../floors.ts'

interface Wrong {
  /** Where the file is laid. */
  readonly at: string
  /** For each guard that must see it: what one line of its output holds. */
  readonly seen: Partial<Record<Guard, readonly string[]>>
}

const guards = {
  lint: ['oxlint', '--type-aware', '-f', 'json'],
  types: ['tsc', '--pretty', 'false'],
  format: ['oxfmt', '--check'],
  'dead code': ['knip'],
  reach: ['node', 'tools/reach.ts', '--check'],
  docs: ['node', 'tools/docs.ts'],
  lock: ['node', 'tools/lock.ts'],
  api: ['node', 'tools/api.ts', '--check'],
  wasm: ['node', 'tools/wasm.ts', '--check'],
} as const
type Guard = keyof typeof guards

const imports = 'no-restricted-imports'
const wrong: Record<string, Wrong> = {
  'forbidden-door.ts': inRoom('engines/policy', 'door', imports, 'policy may import #base,'),
  'forbidden-door-type.ts': inRoom('engines/policy', 'door-type', imports),
  'forbidden-node.ts': inRoom('engines/tlog', 'node', imports, 'tlog may import #base, node:crypto and'),
  'forbidden-npm.ts': inRoom('programs/keeper', 'npm', imports),
  'dynamic-import.ts': inRoom('programs/keeper', 'dynamic', imports),
  'parent-import.ts': inRoom('programs/reader', 'parent', imports),
  'hidden-parent-import.ts': inRoom('programs/reader', 'hidden-parent', imports),
  'any.ts': inRoom('programs/reader', 'any', 'no-explicit-any'),
  'cast.ts': inRoom('programs/reader', 'cast', 'no-unsafe-type-assertion'),
  'floating-promise.ts': inRoom('programs/reader', 'floating', 'no-floating-promises'),
  'misused-promise.ts': inRoom('programs/reader', 'misused', 'no-misused-promises'),
  'forgotten-case.ts': inRoom('programs/reader', 'forgotten', 'switch-exhaustiveness-check'),
  'thrown-text.ts': inRoom('programs/reader', 'thrown', 'only-throw-error'),
  'clock-in-engine.ts': inRoom('engines/policy', 'clock', 'no-restricted-globals', "'Date'"),
  'random-in-engine.ts': inRoom('engines/policy', 'random', 'no-restricted-properties', 'Math.random'),
  'network-without-import.ts': inRoom('programs/keeper', 'network', 'no-restricted-globals', "'fetch'"),
  'eval.ts': inRoom('programs/keeper', 'eval', 'no-eval'),
  'loose-equality.ts': inRoom('programs/keeper', 'loose', 'eqeqeq'),
  'five-parameters.ts': inRoom('programs/keeper', 'five', 'max-params'),
  'complex.ts': inRoom('programs/keeper', 'complex', 'eslint(complexity)'),
  'cycle-one.ts': inRoom('programs/keeper', 'cycle-one', 'no-cycle'),
  'cycle-two.ts': inRoom('programs/keeper', 'cycle-two', 'no-cycle'),
  'example-by-door.ts': { at: 'examples/door.ts', seen: { lint: ['examples/door.ts', imports] } },
  'enum.ts': { at: 'src/base/enum.ts', seen: { types: ['src/base/enum.ts', 'TS1294'] } },
  'past-the-door.ts': {
    at: 'src/programs/keeper/past.ts',
    seen: {
      types: ['src/programs/keeper/past.ts', 'TS2307'],
      lint: ['src/programs/keeper/past.ts', imports],
    },
  },
  'dead-export.ts': { at: 'src/base/dead.ts', seen: { 'dead code': ['nobodyCallsMe', 'src/base/dead.ts'] } },
  'unformatted.ts': { at: 'src/base/unformatted.ts', seen: { format: ['src/base/unformatted.ts'] } },
  'computed-import.ts': {
    at: 'src/programs/reader/main.ts',
    seen: { reach: ['src/programs/reader/main.ts', 'computed'] },
  },
  'hidden-require.ts': {
    at: 'src/programs/keeper/main.ts',
    seen: { reach: ['src/programs/keeper/main.ts', 'koffi'] },
  },
  'hidden-builtin.ts': {
    at: 'src/programs/console/main.ts',
    seen: { reach: ['src/programs/console/main.ts', 'getBuiltinModule'] },
  },
  'stale-reach': {
    at: 'docs/reach/reader.txt',
    seen: { reach: ['docs/reach/reader.txt', 'out of date'] },
  },
  'stale-api.d.ts': { at: 'docs/api/journal.d.ts', seen: { api: ['docs/api/journal.d.ts', 'out of date'] } },
  'stale-wasm.ts': {
    at: 'src/engines/known/known-wasm.ts',
    seen: { wasm: ['engines/known/known-wasm.ts is not what', 'tools/wasm/known.ts'] },
  },
  'undocumented.ts': {
    at: 'src/engines/redaction/undocumented.ts',
    seen: { docs: ['redaction/undocumented.ts', 'mystery', 'docstring'] },
  },
  'busy-door.ts': {
    at: 'src/engines/redaction/index.ts',
    seen: { docs: ['redaction/index.ts', 'more than explicit re-exports'] },
  },
  'dead-link.md': { at: 'docs/links.md', seen: { docs: ['docs/links.md', 'house-that-was-moved.md'] } },
  'broken-example.md': { at: 'docs/example.md', seen: { docs: ['docs/example.md:3', 'error TS'] } },
  'free-decision.md': { at: 'docs/decisions/0001-free.md', seen: { docs: ['0001-free.md', '## Price'] } },
  'drifting-lock.json': {
    at: 'package-lock.json',
    seen: { lock: ['eager', 'install script'] },
  },
}

/** Too long to keep: made here. */
const long: Record<string, Wrong & { readonly text: string }> = {
  'a function of 61 lines': {
    text: `// Long.\nexport function long(): void {\n${'  void 0\n'.repeat(61)}}\n`,
    ...inRoom('programs/keeper', 'long-function', 'max-lines-per-function'),
  },
  'a file of 401 lines': {
    text: '// Long.\n'.repeat(401),
    ...inRoom('programs/keeper', 'long-file', 'max-lines'),
  },
  'a trusted core above its budget': {
    text: '// Large.\n'.repeat(trustedCoreLines + 1),
    at: 'src/programs/broker/main.ts',
    seen: { reach: ['the trusted core has', `floors.ts allows ${trustedCoreLines}`] },
  },
  'a program without its main file': {
    text: '// Uses what is dead but for one export.\nimport "./dead.ts"\n',
    at: 'src/base/index.ts',
    seen: { reach: ['src/programs/cli/main.ts is missing'] },
  },
  'a file that is right': {
    text: "// Right.\nimport { read } from './cast.ts'\n\nexport const name = read('right')\n",
    at: 'src/programs/reader/right.ts',
    seen: {},
  },
}

/** What of this tree the copy has: the guards, and what they read. */
const kept = [
  'floors.ts',
  'src/programs/broker/rights.ts',
  'oxlint.config.ts',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'knip.json',
  '.oxfmtrc.json',
  'tools',
]
const negative = join(import.meta.dirname, 'negative')
const tree = mkdtempSync(join(tmpdir(), 'keyreeve-guards-'))
const outputs = new Map<Guard, string[]>()

before(async () => {
  layTree()
  await Promise.all(guardNames().map(async (guard) => outputs.set(guard, await linesOf(guard))))
})
after(() => rmSync(tree, { recursive: true }))

for (const [name, { seen }] of [...Object.entries(wrong), ...Object.entries(long)]) {
  for (const [guard, parts] of Object.entries(seen)) {
    test(`guard "${guard}" sees ${name}`, () => {
      const lines = outputs.get(guard as Guard) ?? []
      assert.ok(
        lines.some((line) => parts.every((part) => line.includes(part))),
        `nothing about ${parts.join(', ')} in:\n${lines.join('\n')}`,
      )
    })
  }
}

for (const part of ['mirror.example', 'hashless has no integrity']) {
  test(`guard "lock" sees ${part}`, () => {
    assert.ok(outputs.get('lock')?.some((line) => line.includes(part)))
  })
}

test('guards say nothing of a file that is right', () => {
  const said = [...outputs].filter(([guard]) => guard !== 'dead code').flatMap(([, lines]) => lines)
  assert.deepEqual(
    said.filter((line) => line.includes('reader/right.ts')),
    [],
  )
})

test('guards are tried with every file of test/negative', () => {
  const recorded = readdirSync(negative).map((file) => file.replace(/\.txt$/, ''))
  assert.deepEqual(recorded.toSorted(), Object.keys(wrong).toSorted())
})

function inRoom(room: string, name: string, ...parts: readonly string[]): Wrong {
  const at = `src/${room}/${name}.ts`
  return { at, seen: { lint: [at, ...parts] } }
}

function layTree(): void {
  for (const file of kept) cpSync(file, join(tree, file), { recursive: true })
  symlinkSync(resolve('node_modules'), join(tree, 'node_modules'))
  for (const [name, { at }] of Object.entries(wrong))
    lay(at, readFileSync(join(negative, `${name}.txt`), 'utf8'))
  for (const { at, text } of Object.values(long)) lay(at, text)
}

function lay(at: string, text: string): void {
  mkdirSync(dirname(join(tree, at)), { recursive: true })
  writeFileSync(join(tree, at), text)
}

function guardNames(): Guard[] {
  return Object.keys(guards) as Guard[]
}

async function linesOf(guard: Guard): Promise<string[]> {
  const [command, ...args] = guards[guard]
  const path = command === 'node' ? process.execPath : resolve('node_modules/.bin', command)
  const env = { ...process.env, PATH: `${resolve('node_modules/.bin')}:${process.env['PATH']}` }
  const result = await promisify(execFile)(path, args, { cwd: tree, env }).then(
    () => assert.fail(`${guard} found nothing wrong`),
    (failure: { stdout: string; stderr: string }) => failure,
  )
  return guard === 'lint' ? findings(result.stdout) : `${result.stdout}\n${result.stderr}`.split('\n')
}

/** One line for each finding of the linter; what it says when it cannot run stays as it is. */
function findings(json: string): string[] {
  if (!json.startsWith('{')) return [json]
  const { diagnostics } = JSON.parse(json) as { diagnostics: Record<string, string>[] }
  return diagnostics.map(({ filename, code, message, help }) => [filename, code, message, help].join(' '))
}
