// Speaks with a real reader process, started with the rights that the broker gives it.
import { base64url, Secret, utf8 } from '#base'
import { knownTable } from '#forms'
import { redact } from '#redaction'
import { Channel, type ReplyOf, type RequestOf } from '#wire'
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { Duplex } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { permissions } from '../../../floors.ts'
import { holdsOpen } from '../../../tools/trial.ts'

const base = mkdtempSync(`${tmpdir()}/keyreeve-reader-`)
const main = new URL('./main.ts', import.meta.url).pathname
/** Put together here, so that no scanner takes this file for a leak. */
const token = `ghp_${'A1b2C3d4'.repeat(5).slice(0, 36)}`
const password = randomBytes(24).toString('hex')
const key =
  ['-----BEGIN RSA PRIVATE', ' KEY-----\n'].join('') +
  keyLines(20) +
  ['-----END RSA PRIVATE', ' KEY-----\n'].join('')

let reader: ReturnType<typeof startReader>

const pseudonymKey = base64url(new Uint8Array(32).fill(5))

describe('reader', () => {
  before(async () => {
    reader = startReader()
    await assert.rejects(read({ path: `${base}/x` }), { code: 'locked' })
    const secrets = [{ name: 'db', secret: Secret.own(utf8(password)) }]
    const { table } = knownTable(secrets, (length) => Uint8Array.from(randomBytes(length)))
    await reader.channel.ask('reader.table', { table, pseudonymKey })
  })
  after(() => {
    reader.channel.close()
    rmSync(base, { recursive: true })
  })

  it('reader.read gives masked text, its hash, and who the file is', async () => {
    const path = write('app.log', `start\ntoken ${token} used\ndb=${password}\nend\n`)
    const { released, identity, folder, classes } = await read({ path })
    assert.match(released.text, /^start\ntoken \[github-token:[0-9a-f]{4}\] used\ndb=\[secret:db\]\nend\n$/)
    assert.equal(released.sha256, createHash('sha256').update(released.text).digest('hex'))
    assert.deepEqual(
      [released.path, released.lines, released.totalLines, released.size],
      [path, null, 4, statSync(path).size],
    )
    assert.deepEqual(
      released.redactions.map(({ count }) => count),
      [1, 1],
    )
    assert.deepEqual([identity.inode, folder.inode], [String(statSync(path).ino), String(statSync(base).ino)])
    assert.deepEqual(classes, ['credentials'])
  })

  it('reader.read gives the pseudonyms of the device, the same at every start', async () => {
    const { released } = await read({ path: write('device.log', `${token}\n`) })
    assert.equal(released.text, redact(`${token}\n`, { key: new Uint8Array(32).fill(5) }).text)
  })

  it('reader.read masks a key of which only the middle was asked, and moves no line', async () => {
    const path = write('notes.md', `one\ntwo\n${key}after\nlast\n`)
    const middle = await read({ path, lines: [[10, 12]] })
    assert.match(middle.released.text, /^\[private-key:[0-9a-f]{4}\]\n\n\n$/)
    assert.deepEqual(middle.released.redactions, [{ detector: 'private-key', count: 1 }])
    assert.ok(middle.classes.includes('holds-private-key'))
    const { released } = await read({ path })
    const lines = released.text.split('\n')
    assert.deepEqual(
      [lines[0], lines[1], lines[24], lines[25], lines.length],
      ['one', 'two', 'after', 'last', 27],
    )
  })

  it('reader.read masks a secret that the asked lines cut in two', async () => {
    const path = write('cut.txt', `a\n${key}b\n`)
    const { released } = await read({
      path,
      lines: [
        [1, 3],
        [22, 24],
      ],
    })
    assert.match(released.text, /^a\n\[private-key:[0-9a-f]{4}\]\n\n\[private-key:[0-9a-f]{4}\]\n\nb\n$/)
  })

  it('reader.read gives the structure of a file, masked, with line numbers', async () => {
    const path = write('outline.md', `# Title ${token}\ntext\n## Part\n`)
    const { released } = await read({ path, mode: 'outline' })
    assert.match(released.text, /^1: # Title \[github-token:[0-9a-f]{4}\]\n3: ## Part\n$/)
  })

  it('reader.read gives the hash of a file that is no text', async () => {
    const bytes = randomBytes(100_000)
    const path = write('image', bytes)
    const { released } = await read({ path, mode: 'hash' })
    assert.equal(released.text, createHash('sha256').update(bytes).digest('hex'))
    assert.deepEqual([released.encoding, released.size], ['binary', bytes.length])
    await assert.rejects(read({ path }), { code: 'file-not-text' })
  })

  it('reader.read opens beneath the granted folder only, and only while it is that folder', async () => {
    mkdirSync(`${base}/granted`)
    const path = write('granted/file', 'granted\n')
    const { identity } = await reader.channel.ask('reader.identify', { path: `${base}/granted` })
    const root = { path: `${base}/granted`, identity }
    assert.equal((await read({ path, root })).released.text, 'granted\n')
    await assert.rejects(read({ path: `${base}/app.log`, root }), { code: 'path-outside-root' })
    await assert.rejects(read({ path, root: { ...root, path: base } }), { code: 'path-outside-root' })
  })

  it('reader.read refuses hostile paths, and quotes nothing of them or of the file', async () => {
    symlinkSync('/etc', `${base}/etc`)
    const cases = [
      [`${base}/etc/passwd`, 'path-symlink'],
      [`${base}/granted/../app.log`, 'path-invalid'],
      ['/proc/self/environ', 'path-special'],
      ['/dev/zero', 'path-special'],
      ['relative', 'path-invalid'],
      [`${base}/missing`, 'path-not-found'],
      [base, 'path-not-file'],
    ] as const
    for (const [path, code] of cases) {
      await assert.rejects(
        read({ path }),
        (fault: Error & { code: string }) => fault.code === code && !fault.message.includes('/'),
      )
    }
    await assert.rejects(read({ path: `${base}/app.log`, lines: [[9, 9]] }), { code: 'lines-invalid' })
  })

  it('reader.list gives names with their secrets masked', async () => {
    mkdirSync(`${base}/list`)
    for (const name of ['a.txt', `b ${token}`, 'c.md']) write(`list/${name}`, 'x')
    const { listing, identity } = await list({ path: `${base}/list` })
    assert.deepEqual(
      listing.entries.map(({ name }) => name.replace(/:[0-9a-f]{4}\]/, ']')),
      ['a.txt', 'b [github-token]', 'c.md'],
    )
    assert.equal(identity.inode, String(statSync(`${base}/list`).ino))
    assert.deepEqual((await list({ path: `${base}/list/`, glob: '*.md' })).listing.entries.length, 1)
  })

  it('reader.identify tells files from folders without reading them', async () => {
    const folder = await reader.channel.ask('reader.identify', { path: base })
    const file = await reader.channel.ask('reader.identify', { path: `${base}/image` })
    assert.deepEqual([folder.kind, folder.path, file.kind], ['folder', base, 'file'])
    await assert.rejects(reader.channel.ask('reader.identify', { path: `${base}/etc` }), {
      code: 'path-symlink',
    })
  })

  it('reader has neither network nor writes nor programs of its own', async () => {
    const socket = `${base}/sock`
    const server = createServer().listen(socket)
    const probe = `
    import { createSocket } from 'node:dgram'; import { lookup } from 'node:dns/promises'; import { writeFileSync, openSync, symlinkSync, rmSync } from 'node:fs'
    import { connect, createServer } from 'node:net'; import { spawnSync } from 'node:child_process'; import { Worker } from 'node:worker_threads'
    const tried = (act) => new Promise((done, failed) => act(done, failed)).then(() => 'allowed', (thrown) => thrown.code)
    const emitter = (make) => tried((done, failed) => { const it = make(done); it.on('error', failed); it.on('connect', done); it.on('listening', done) })
    const call = (act) => tried((done) => { act(); done() })
    console.log(JSON.stringify({
      tcp: await emitter(() => connect(9, '127.0.0.1')), unix: await emitter(() => connect(${JSON.stringify(socket)})), listen: await emitter(() => createServer().listen(0)),
      udp: await emitter((done) => { const it = createSocket('udp4'); it.send('x', 9, '127.0.0.1', (failed) => failed ? it.emit('error', failed) : done()); return it }),
      dns: await tried((done, failed) => lookup('localhost').then(done, failed)), fetch: await tried((done, failed) => fetch('http://127.0.0.1:8080').then(done, (thrown) => failed(thrown.cause ?? thrown))),
      write: await call(() => writeFileSync(${JSON.stringify(`${base}/written`)}, 'x')), create: await call(() => openSync(${JSON.stringify(`${base}/created`)}, 'w')),
      append: await call(() => openSync(${JSON.stringify(`${base}/app.log`)}, 'a')), remove: await call(() => rmSync(${JSON.stringify(`${base}/app.log`)})), link: await call(() => symlinkSync('/', ${JSON.stringify(`${base}/linked`)})),
      spawn: await call(() => { const { error } = spawnSync('true'); if (error) throw error }), worker: await call(() => new Worker('', { eval: true })), addon: await call(() => process.dlopen({ exports: {} }, '/nowhere.node')),
    }))`
    const probed = startReader(['--import', `data:text/javascript,${encodeURIComponent(probe)}`])
    const output: string = await new Promise((resolve) =>
      probed.child.stdout?.once('data', (bytes: Buffer) => resolve(bytes.toString())),
    )
    probed.channel.close()
    server.close()
    const codes: Record<string, string> = JSON.parse(output)
    assert.deepEqual(
      [Object.keys(codes).length, ...new Set(Object.values(codes))],
      [14, 'ERR_ACCESS_DENIED', 'ERR_DLOPEN_DISABLED'],
      output,
    )
    for (const name of ['written', 'created', 'linked']) assert.ok(!existsSync(`${base}/${name}`))
  })

  it('reader ends when the broker goes away', async () => {
    const alone = startReader()
    const ended = new Promise((resolve) => alone.child.once('exit', resolve))
    alone.channel.close()
    assert.equal(await ended, 0)
  })

  it('reader.grep gives lines with numbers, their surroundings, and gaps', async () => {
    const path = write('grep.txt', Array.from({ length: 40 }, (_, at) => `line ${at + 1}\r\n`).join(''))
    const { released } = await grep({ path, pattern: 'line (3|20)$', context: 1 })
    assert.equal(released.text, '2-line 2\n3:line 3\n4-line 4\n--\n19-line 19\n20:line 20\n21-line 21\n')
    assert.deepEqual(
      [released.mode, released.matches, released.totalLines, released.next],
      ['grep', 2, 40, undefined],
    )
    assert.equal(released.sha256, createHash('sha256').update(released.text).digest('hex'))
  })

  it('reader.grep looks for the pattern in the masked text only, and shows only that', async () => {
    const path = write('probe.env', `# settings\nTOKEN=${token}\nDB=${password}\n${key}after\n`)
    for (const pattern of [
      token.slice(4, 12),
      password.slice(0, 6),
      key.slice(60, 70).replaceAll('+', '\\+'),
    ]) {
      assert.equal((await grep({ path, pattern })).released.matches, 0, pattern)
    }
    const { released, classes } = await grep({ path, pattern: 'TOKEN|DB|after', context: 1 })
    for (const secret of [token, password, key.slice(60, 120)]) assert.ok(!released.text.includes(secret))
    assert.match(released.text, /^1-# settings\n2:TOKEN=\[github-token:[0-9a-f]{4}\]\n3:DB=\[secret:db\]\n/)
    assert.match(released.text, /\n26:after\n$/)
    assert.deepEqual(
      released.redactions.map(({ count }) => count),
      [1, 1, 1],
    )
    assert.ok(classes.includes('credentials'))
  })

  it('reader.grep goes through large files in memory that they cannot fill, and says where to go on', async () => {
    const path = write('large.log', `${'0123456789 nothing here to see\n'.repeat(200_000)}needle\n`)
    const { released } = await grep({ path, pattern: 'needle' })
    assert.deepEqual([released.text, released.totalLines], ['200001:needle\n', 200_001])
    const many = await grep({ path, pattern: 'nothing' })
    assert.deepEqual([many.released.matches, many.released.totalLines], [500, null])
    assert.match(many.released.next ?? '', /from 501$/)
    const rest = await grep({ path, pattern: '.', from: 200_001 })
    assert.equal(rest.released.text, '200001:needle\n')
  })

  it('reader.grep refuses by codes', async () => {
    const path = write('few.txt', 'a\nb\n')
    await assert.rejects(grep({ path, pattern: '(' }), { code: 'pattern-invalid' })
    await assert.rejects(grep({ path, pattern: 'a', from: 9 }), { code: 'lines-invalid' })
    await assert.rejects(grep({ path: write('bin', Uint8Array.of(1, 0, 2)), pattern: 'a' }), {
      code: 'file-not-text',
    })
  })

  it('reader.grep reads UTF-16', async () => {
    const path = write('wide.txt', Buffer.from('\ufeffone é\ntwo\n', 'utf16le'))
    assert.equal((await grep({ path, pattern: 'é$' })).released.text, '1:one é\n')
  })

  it('reader.search finds names, and masks secrets in them', async () => {
    mkdirSync(`${base}/found/deep`, { recursive: true })
    write(`found/deep/${token}.txt`, '')
    const asked = { path: `${base}/found`, root: null, pattern: '*.txt', after: null, withIgnored: false }
    const { found, names } = await reader.channel.ask('reader.search', asked)
    assert.match(found.entries[0]?.name ?? '', /^deep\/\[github-token:[0-9a-f]{4}\]\.txt$/)
    assert.deepEqual(names, [`deep/${token}.txt`])
  })

  it('reader.read and grep end when the request is taken back', async () => {
    const path = write('endless', '')
    truncateSync(path, 3 * 2 ** 30)
    const lines = write('endless.log', 'a line of it\n'.repeat(4_000_000))
    const asks = [
      (signal: AbortSignal) =>
        reader.channel.ask('reader.read', { path, root: null, lines: null, mode: 'hash' }, { signal }),
      (signal: AbortSignal) =>
        reader.channel.ask(
          'reader.grep',
          { path: lines, root: null, pattern: 'none', context: 0, from: 1 },
          { signal },
        ),
    ]
    for (const ask of asks) {
      const wish = new AbortController()
      const answer = ask(wish.signal)
      while (!holds(path) && !holds(lines)) await identify(base)
      wish.abort()
      await assert.rejects(answer, { code: 'connection-closed' })
      // Whole, each takes longer than so many other requests.
      for (let turn = 0; turn < 20 && (holds(path) || holds(lines)); turn++) await identify(base)
      assert.deepEqual([holds(path), holds(lines)], [false, false])
    }
  })

  it('reader.read and grep know a key by its beginning, whatever it is called', async () => {
    const path = write('holiday.txt', key)
    assert.ok((await read({ path, mode: 'hash' })).classes.includes('private-key'))
    assert.ok((await grep({ path, pattern: 'x' })).classes.includes('private-key'))
  })
})

function startReader(flags: readonly string[] = []): { child: ChildProcess; channel: Channel } {
  const child = spawn(process.execPath, [...permissions.reader, ...flags, main], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    env: { NODE_OPTIONS: '' },
  })
  const stream = child.stdio[3]
  assert.ok(stream instanceof Duplex)
  const clock = { now: () => Date.now(), monotonic: () => performance.now(), after: later }
  return {
    child,
    channel: new Channel({
      stream,
      self: 'broker',
      peer: 'reader',
      handlers: {},
      clock,
      phase: () => 'ready',
    }),
  }
}

function later(delay: number, act: () => void): () => void {
  const timer = setTimeout(act, delay).unref()
  return () => clearTimeout(timer)
}

function read(
  request: Partial<RequestOf<'reader.read'>> & { path: string },
): Promise<ReplyOf<'reader.read'>> {
  return reader.channel.ask('reader.read', { root: null, lines: null, mode: 'text', ...request })
}

function list(
  request: Partial<RequestOf<'reader.list'>> & { path: string },
): Promise<ReplyOf<'reader.list'>> {
  return reader.channel.ask('reader.list', { root: null, glob: null, withIgnored: false, ...request })
}

function grep(
  request: Partial<RequestOf<'reader.grep'>> & { path: string; pattern: string },
): Promise<ReplyOf<'reader.grep'>> {
  return reader.channel.ask('reader.grep', { root: null, context: 0, from: 1, ...request })
}

function identify(path: string): Promise<ReplyOf<'reader.identify'>> {
  return reader.channel.ask('reader.identify', { path })
}

function holds(path: string): boolean {
  return holdsOpen(reader.child.pid!, path)
}

function write(name: string, content: string | Uint8Array): string {
  writeFileSync(`${base}/${name}`, content)
  return `${base}/${name}`
}

function keyLines(count: number): string {
  return Array.from({ length: count }, () => `${randomBytes(48).toString('base64')}\n`).join('')
}
