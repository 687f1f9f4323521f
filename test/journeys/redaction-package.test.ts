// The package `@keyreeve/redaction` as it is published: in a browser, in other Nodes, and within its size.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { chromium } from 'playwright-core'
import * as door from '../../src/api/lib/package.ts'
import { redact } from '../../src/engines/redaction/index.ts'
import { Fault } from '../../src/base/index.ts'
import { bundleFront } from '../../tools/front.ts'
import { packageRedaction } from '../../tools/package-redaction.ts'
import { importsOf } from '../../tools/tree.ts'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
)
const skip =
  executablePath === undefined && process.env['CI'] !== 'true' ? 'there is no Chromium here' : false
const nodes = [process.execPath, '/usr/bin/node', '/usr/local/bin/node'].filter(isModern)
const mostBytes = 120_000

const texts = [
  `token=ghp_${'A1b2'.repeat(9)} and 日本 jane@example.com`,
  'password: "correct horse" 4111 1111 1111 1111',
  JSON.stringify({ apiKey: `sk-${'a1B2'.repeat(12)}`, lines: ['AKIA', 'AB23'.repeat(4)].join('') }),
  ...casesOf('vectors/redaction'),
]

/** What each environment is asked to do; it gets `redact` and the texts, and gives the redacted ones. */
const work = 'texts.map((text) => redact(text, { key: new Uint8Array(32), pii: true }).text)'
const expected = texts.map((text) => redact(text, { key: new Uint8Array(32), pii: true }).text)

function casesOf(folder: string): string[] {
  type Part = string | { repeat: string; times: number }
  return readdirSync(folder)
    .filter((name) => /^(?:ok|ng)\./.test(name))
    .map((name): { parts: Part[] } => JSON.parse(readFileSync(join(folder, name, 'input.json'), 'utf8')))
    .map(({ parts }) =>
      parts.map((part) => (typeof part === 'string' ? part : part.repeat.repeat(part.times))).join(''),
    )
}

function isModern(path: string): boolean {
  if (!existsSync(path)) return false
  return Number(execFileSync(path, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' })) >= 20
}

describe('@keyreeve/redaction', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-package-test-'))
  const home = join(folder, 'node_modules/@keyreeve/redaction')
  before(() => packageRedaction(home))
  after(() => rmSync(folder, { recursive: true }))

  test('is for a browser one file of at most 120 kB, compressed, that imports nothing', () => {
    const code = readFileSync(join(home, 'index.js'))
    assert.ok(
      gzipSync(code, { level: 9 }).length <= mostBytes,
      `${gzipSync(code, { level: 9 }).length} bytes`,
    )
    assert.deepEqual(importsOf(join(home, 'index.js')), [])
    assert.doesNotMatch(code.toString(), /["'`]node:/)
    assert.deepEqual(readdirSync(home).toSorted(), [
      'LICENSE',
      'README.md',
      'index.js',
      'node',
      'package.json',
      'types',
    ])
    assert.deepEqual(readdirSync(join(home, 'node')).toSorted(), ['index.cjs', 'whole.cjs'])
  })

  test('has a manifest without dependencies, whose every path is there', () => {
    const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
    assert.equal(manifest.name, '@keyreeve/redaction')
    assert.equal(manifest.dependencies, undefined)
    assert.equal(manifest.sideEffects, false)
    const { default: code, node, types } = manifest.exports['.']
    const declared = Object.values(manifest.imports).map((door) => (door as { types: string }).types)
    for (const path of [code, node, types, ...declared]) assert.ok(existsSync(join(home, path)), path)
  })

  test('has types that hold without those of Node', () => {
    const lines = [
      "import { redact, redactStream, scan, type Finding, type PiiKind } from '@keyreeve/redaction'",
      "const kinds: readonly PiiKind[] = ['email', 'national-id']",
      "export const found: readonly Finding[] = redact('x', { pii: kinds }).findings",
      "export const all: [TransformStream<Uint8Array, Uint8Array>, Finding[]] = [redactStream(), scan('x')]",
    ]
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    writeFileSync(join(folder, 'use.ts'), lines.join('\n'))
    const options = ['--noEmit', '--strict', '--target', 'esnext', '--lib', 'esnext,dom', '--types', '']
    execFileSync(
      resolve('node_modules/.bin/tsc'),
      [...options, '--module', 'nodenext', '--ignoreConfig', join(folder, 'use.ts')],
      { cwd: folder },
    )
  })

  for (const node of nodes) {
    test(`finds in ${node} what the sources find`, () => {
      const lines = [
        "import { redact } from '@keyreeve/redaction'",
        "import { readFileSync, writeFileSync } from 'node:fs'",
        "const texts = JSON.parse(readFileSync('texts.json', 'utf8'))",
        `writeFileSync('out.json', JSON.stringify(${work}))`,
      ]
      writeFileSync(join(folder, 'texts.json'), JSON.stringify(texts))
      writeFileSync(join(folder, 'use.mjs'), lines.join('\n'))
      execFileSync(node, ['use.mjs'], { cwd: folder })
      assert.deepEqual(JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8')), expected)
    })
  }

  test('loads in Node the whole when a line may hold something, and not before', () => {
    const lines = [
      "import { createRequire } from 'node:module'",
      "import * as front from '@keyreeve/redaction'",
      'const require = createRequire(import.meta.url)',
      "const isWhole = () => Object.keys(require.cache).some((file) => file.endsWith('whole.cjs'))",
      'const { redact, scan, StreamRedactor } = front',
      "const seen = [scan('nothing to find').length, redact('nothing').text, isWhole()]",
      "seen.push(scan('password: hunter2xyz').length, isWhole())",
      'class Mine extends StreamRedactor {}',
      'const mine = new Mine()',
      "seen.push(mine instanceof StreamRedactor, Buffer.concat([...mine.push(Buffer.from('x ')), ...mine.finish()]).toString())",
      'console.log(JSON.stringify([seen, Object.keys(front).filter((name) => !/default|exports/.test(name))]))',
    ]
    writeFileSync(join(folder, 'front.mjs'), lines.join('\n'))
    const out = execFileSync(process.execPath, ['front.mjs'], { cwd: folder, encoding: 'utf8' })
    const names = Object.keys(door).toSorted()
    assert.deepEqual(JSON.parse(out), [[0, 'nothing', false, 1, true, true, 'x '], names])
  })

  test('bundleFront() leaves a door out that it is told to, so that a Fault is the same everywhere', async () => {
    const to = join(folder, 'front')
    mkdirSync(to)
    await bundleFront('src/engines/redaction/index.ts', to, ['#base'])
    writeFileSync(join(to, 'package.json'), '{"type":"module","imports":{"#base":"./base.js"}}')
    writeFileSync(join(to, 'base.js'), `export * from '${pathToFileURL(resolve('src/base/index.ts')).href}'`)
    const { parseRules } = await import(join(to, 'index.cjs'))
    assert.throws(() => parseRules({ rules: [{ id: 'nope' }] }), Fault)
  })

  test(
    'finds in a browser what the sources find, also where a policy forbids WebAssembly',
    { skip },
    async () => {
      const browser = await chromium.launch({
        executablePath: executablePath ?? 'chromium',
        args: ['--headless', '--no-sandbox', '--disable-gpu'],
      })
      try {
        for (const policy of ["script-src 'self' 'wasm-unsafe-eval'", "script-src 'self'"]) {
          const page = await browser.newPage()
          await page.route('http://package.test/**', (route) => {
            const isCode = route.request().url().endsWith('.js')
            return route.fulfill({
              contentType: isCode ? 'text/javascript' : 'text/html',
              headers: { 'content-security-policy': policy },
              body: isCode ? readFileSync(join(home, 'index.js'), 'utf8') : '<!doctype html>',
            })
          })
          await page.goto('http://package.test/')
          // The policy stands against evaluated code, too, but not against what the debugger runs.
          const script = `import('/index.js').then(({ redact }) => { const texts = ${JSON.stringify(texts)}; return ${work} })`
          assert.deepEqual(await page.evaluate(script), expected)
          await page.close()
        }
      } finally {
        await browser.close()
      }
    },
  )
})
