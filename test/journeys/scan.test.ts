// `keyreeve scan` and `keyreeve transcripts scan` as people and pipelines run them: exit codes, shapes, and no secret told.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { commandOf } from '../../tools/trial.ts'

const root = new URL('../..', import.meta.url).pathname
const [command, ...first] = commandOf()
const token = (end: string): string => `ghp_${'A1b2C3d4E5f6G7h8J9k0L1m2N3p4Q5r6S7'}${end}`

let folder: string
let home: string

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly talk: string
}

before(() => {
  home = mkdtempSync(join(tmpdir(), 'keyreeve-scan-home-'))
  folder = mkdtempSync(join(tmpdir(), 'keyreeve-scan-'))
  put('clean/a.txt', 'nothing here\n')
  put('dirty/a.txt', `first\nkey ${token('t8')}\n`)
  put('dirty/pw.env', 'DB_PASSWORD=hunter2secret\n')
})

after(() => {
  for (const each of [folder, home]) rmSync(each, { recursive: true, force: true })
})

function put(name: string, content: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), content)
}

const env = (): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: home,
  KEYREEVE_HOME: home,
  NO_COLOR: '1',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.org',
})

function run(cwd: string, file: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Ran {
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd: join(folder, cwd),
    env: { ...env(), ...more },
    encoding: 'utf8',
  })
  assert.doesNotMatch(stdout + stderr, /A1b2C3d4|hunter2/)
  return { code: status, out: stdout, talk: stderr }
}

const keyreeve = (cwd: string, ...args: readonly string[]): Ran => run(cwd, command, [...first, ...args])

describe('scan', () => {
  test('ends with 0 where nothing is, and says how much it looked at', () => {
    assert.deepEqual(keyreeve('clean', 'scan', '.'), {
      code: 0,
      out: '',
      talk: '0 findings in 1 file (1 kB)\n',
    })
  })

  test('ends with 10 and a line for each finding', () => {
    const { code, out, talk } = keyreeve('.', 'scan', 'dirty')
    assert.equal(code, 10)
    assert.match(
      out,
      /^dirty\/a\.txt:2:5 github-token \w+ [0-9a-f]{16}\ndirty\/pw\.env:1:13 password \w+ [0-9a-f]{16}\n$/,
    )
    assert.equal(talk, '2 findings in 2 files (1 kB)\n')
  })

  test('--json gives a line for each finding, then a summary', () => {
    const { code, out, talk } = keyreeve('.', 'scan', '--json', 'dirty', 'clean')
    assert.deepEqual([code, talk], [10, ''])
    const [first, second, summary, ...rest] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual(Object.keys(first), [
      'v',
      'path',
      'line',
      'column',
      'detector',
      'confidence',
      'fingerprint',
    ])
    assert.deepEqual([first.v, first.path, first.line, first.column], [1, 'dirty/a.txt', 2, 5])
    assert.equal(second.detector, 'password')
    assert.deepEqual(summary, {
      v: 1,
      summary: true,
      files: 3,
      bytes: 90,
      findings: 2,
      baselined: 0,
      incomplete: [],
      stale: [],
    })
    assert.deepEqual(rest, [])
  })

  test('ends with 6 for what is not there and 2 for what makes no sense', () => {
    assert.equal(keyreeve('.', 'scan', 'none').code, 6)
    for (const args of [
      ['--staged', '--history'],
      ['--threshold', 'x'],
      ['--threads', 'x'],
      ['--write-baseline'],
      ['--nothing'],
    ]) {
      assert.equal(keyreeve('.', 'scan', ...args).code, 2, args.join(' '))
    }
    assert.equal(keyreeve('clean', 'scan', '--staged').code, 1)
  })

  test('ends with 1 where something could not be looked into', () => {
    put('broken/a.zip', 'PK\u0003\u0004 and no more')
    const { code, talk } = keyreeve('.', 'scan', 'broken')
    assert.equal(code, 1)
    assert.match(talk, /^incomplete: broken\/a\.zip is damaged$/m)
  })

  test('--sarif and --github tell the same findings', () => {
    const { out } = keyreeve('.', 'scan', 'dirty', '--sarif', 'out.sarif', '--github')
    assert.match(out, /^::error file=dirty\/a\.txt,line=2,endLine=2,col=5,title=github-token::/m)
    const sarif = JSON.parse(readFileSync(join(folder, 'out.sarif'), 'utf8'))
    assert.equal(sarif.runs[0].results.length, 2)
    assert.doesNotMatch(JSON.stringify(sarif), /A1b2C3d4|hunter2/)
  })

  test('a baseline lets stand what it lists, and names what is no more', () => {
    put('base/a', `${token('01')}\n${token('02')}\n`)
    assert.equal(keyreeve('base', 'scan', '--baseline', 'b.json').code, 6)
    assert.equal(keyreeve('base', 'scan', '--baseline', 'b.json', '--write-baseline').code, 0)
    assert.equal(keyreeve('base', 'scan', '--baseline', 'b.json').code, 0)
    put('base/a', `${token('01')}\n${token('03')}\n`)
    const { code, out, talk } = keyreeve('base', 'scan', '--baseline', 'b.json')
    assert.equal(code, 10)
    assert.match(out, /^a:2:1 github-token/)
    assert.match(talk, /^baseline: github-token in a is no more$/m)
    put('base/b.json', '{}')
    assert.equal(keyreeve('base', 'scan', '--baseline', 'b.json').code, 2)
  })

  test('the sample hook refuses a commit with a secret, also one of what was not added', () => {
    mkdirSync(join(folder, 'repo'))
    const git = (...args: readonly string[]): Ran =>
      run('repo', 'git', args, { KEYREEVE: `${root}bin/keyreeve` })
    git('init', '-q')
    copyFileSync(`${root}examples/git-hook/pre-commit`, join(folder, 'repo/.git/hooks/pre-commit'))
    chmodSync(join(folder, 'repo/.git/hooks/pre-commit'), 0o755)
    put('repo/a', 'clean\n')
    git('add', 'a')
    assert.equal(git('commit', '-q', '-m', 'one').code, 0)
    put('repo/a', `clean\nkey ${token('t8')}\n`)
    const refused = git('commit', '-q', '-a', '-m', 'two')
    assert.notEqual(refused.code, 0)
    assert.match(refused.out + refused.talk, /a:2:5 github-token/)
    assert.equal(git('commit', '-q', '-a', '-m', 'two', '--no-verify').code, 0)
    const { code, out } = keyreeve('repo', 'scan', '--history', '--json')
    assert.equal(code, 10)
    assert.match(JSON.parse(out.split('\n')[0] ?? '').commit, /^[0-9a-f]{40}$/)
    put('repo/a', `clean\nkey ${token('t8')}\nmore\n`)
    assert.equal(git('commit', '-q', '-a', '-m', 'three').code, 0)
  })

  test('two threads print what one prints', () => {
    put('many/big', 'plain words\n'.repeat(1_000_000))
    for (let index = 10; index < 40; index++)
      put(`many/${index}`, `${'plain words\n'.repeat(index * 10)}${token(String(index))}\n`)
    const one = keyreeve('many', 'scan', '--threads', '1')
    assert.equal(one.out.split('\n').length, 31)
    assert.deepEqual(keyreeve('many', 'scan', '--threads', '2'), one)
  })
})

describe('transcripts scan', () => {
  test('says which secrets lie in which transcript, and since when', () => {
    const file = join(home, '.claude/projects/x/s.jsonl')
    mkdirSync(dirname(file), { recursive: true })
    const message = { message: { content: `the key is ${token('t8')}` }, timestamp: '2020-01-01T00:00:00Z' }
    writeFileSync(file, `{}\n${JSON.stringify(message)}\n`)
    const { code, out } = keyreeve('.', 'transcripts', 'scan', '--json')
    assert.equal(code, 10)
    const [report, summary] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual([report.assistant, report.kinds], ['claude-code', { 'github-token': 1 }])
    const [place] = report.places
    assert.deepEqual([place.line, place.at, place.detector], [2, 'message.content', 'github-token'])
    assert.ok(place.ageDays > 2000)
    assert.equal(summary.secrets, 1)
    assert.match(keyreeve('.', 'transcripts', 'scan').out, /^ {2}line 2 message\.content: github-token /m)
    rmSync(join(home, '.claude'), { recursive: true })
    assert.equal(keyreeve('.', 'transcripts', 'scan').code, 0)
    assert.equal(existsSync(file), false)
  })
})
